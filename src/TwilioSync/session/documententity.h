#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/session/entity.h"
#include "TwilioSync/session/writequeue.h"

#include <memory>

namespace Twilio {

/*!
    \brief A handle of a document, as the document sees it.
*/
class DocumentObserver
{
public:
    //! Once for each change of the contents; both are the texts of JSON objects.
    virtual void contentsChanged(const QByteArray &now, const QByteArray &before, bool isLocal) = 0;

protected:
    ~DocumentObserver() = default;
};

/*!
    \brief A document: its contents, and the calls that write them.

    A state counts only if its event id is larger than that of the one there is (protocol.md 8.3).
*/
class DocumentEntity : public Entity
{
public:
    explicit DocumentEntity(ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_root; }
    //! Raw JSON.
    [[nodiscard]] QByteArray contents() const { return m_contents; }

    void set(const SyncValue &value, std::optional<qint64> ttl, Callback<SyncValue> done);
    void mutate(const Mutator &mutator, std::optional<qint64> ttl, Callback<SyncValue> done);

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;
    void adopt(const Protocol::RootResource &resource) override { apply(resource, false); }
    void refresh(const Protocol::RootResource &resource) override { apply(resource, false); }

    Observers<DocumentObserver> observers;

private:
    struct Mutation;

    [[nodiscard]] std::shared_ptr<DocumentEntity> self();
    //! Takes over a state of the document; without contents, those there are stay.
    void apply(const Protocol::RootResource &state, bool isLocal);
    void write(const SyncValue &value, std::optional<qint64> ttl, const QByteArray &ifMatch,
               Callback<SyncValue> done);
    void mutateOn(const std::shared_ptr<Mutation> &mutation, const QByteArray &contents,
                  const QByteArray &revision);

    RootState m_root;
    QByteArray m_contents;
    const std::shared_ptr<WriteQueue<SyncValue>> m_queue;
};

} // namespace Twilio
