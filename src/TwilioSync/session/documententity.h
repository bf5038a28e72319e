#pragma once

#include "TwilioSync/session/entity.h"

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
    [[nodiscard]] qsizetype memory() const override { return m_contents.size(); }

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;
    void adopt(const Protocol::RootResource &resource) override;
    void refresh(const Protocol::RootResource &resource) override { apply(resource, false); }

    Observers<DocumentObserver> observers;

protected:
    // WriteHost
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    [[nodiscard]] std::optional<TargetState> known(const Write &write) const override;
    void read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled) override;

private:
    [[nodiscard]] std::shared_ptr<DocumentEntity> self();
    //! Takes over a state of the document; without contents, those there are stay.
    void apply(const Protocol::RootResource &state, bool isLocal);
    RootState m_root;
    QByteArray m_contents;
};

} // namespace Twilio
