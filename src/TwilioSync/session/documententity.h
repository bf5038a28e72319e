#pragma once

#include "TwilioSync/session/entity.h"
#include "TwilioSync/store/documentstore.h"

#include <memory>

namespace Twilio {

/*!
    \brief A document: its store, and the calls that write its contents.
*/
class DocumentEntity : public Entity
{
public:
    explicit DocumentEntity(ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_store.root; }
    [[nodiscard]] DocumentStore &store() { return m_store; }
    [[nodiscard]] qsizetype memory() const override { return m_store.contents().size(); }

    //! Raw JSON: the store's with what writes that have not ended make of it.
    [[nodiscard]] QByteArray pendingContents() const;
    //! Its contents: as known while they are up to date, else from the service.
    void readContents(const Callback<QByteArray> &done, const CancelToken &cancelled);

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;
    void adopt(const Protocol::RootResource &resource) override;
    void compareWith(const Protocol::RootResource &state) override;
    void refresh(const Protocol::RootResource &resource) override { apply(resource, false); }
    [[nodiscard]] CachedRoot stateForCache() const override;

protected:
    // WriteHost
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    [[nodiscard]] std::optional<TargetState> known(const Write &write) const override;
    void read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled) override;

private:
    [[nodiscard]] std::shared_ptr<DocumentEntity> self();
    void apply(const Protocol::RootResource &state, bool isLocal);

    DocumentStore m_store;
};

} // namespace Twilio
