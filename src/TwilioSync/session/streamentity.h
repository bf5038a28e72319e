#pragma once

#include "TwilioSync/session/entity.h"
#include "TwilioSync/store/streamstore.h"

namespace Twilio {

/*!
    \brief A stream: its store, and the calls that publish messages.
*/
class StreamEntity : public Entity
{
public:
    explicit StreamEntity(ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_store.root; }
    [[nodiscard]] StreamStore &store() { return m_store; }
    //! Streams have no event ids.
    [[nodiscard]] std::optional<qint64> replayCursor() const override { return std::nullopt; }

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;

protected:
    //! Not of what has no cursor.
    void compareWith(const Protocol::RootResource &) override { endComparison(); }
    // WriteHost
    //! Messages so far, as there are no ids.
    [[nodiscard]] qint64 newestEvent() const override { return m_store.messageCount(); }
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    [[nodiscard]] QByteArray urlOf(const Write &write) const override;

private:
    void arrived(const QByteArray &sid, const SyncValue &value, bool isLocal);

    StreamStore m_store;
};

} // namespace Twilio
