#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/session/entity.h"

#include <QtCore/qset.h>

#include <deque>
#include <memory>

namespace Twilio {

/*!
    \brief A handle of a stream, as the stream sees it.
*/
class StreamObserver
{
public:
    //! Once for each message.
    virtual void messageArrived(const QByteArray &sid, const SyncValue &value, bool isLocal) = 0;

protected:
    ~StreamObserver() = default;
};

/*!
    \brief A stream: messages go out and come in, nothing is kept but the names of the last few.
*/
class StreamEntity : public Entity
{
public:
    explicit StreamEntity(ClientSession *session);

    [[nodiscard]] RootState &root() override { return m_root; }
    //! Streams have no event ids.
    [[nodiscard]] std::optional<qint64> replayCursor() const override { return std::nullopt; }

    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;

    Observers<StreamObserver> observers;

protected:
    // WriteHost
    //! Messages so far, as there are no ids.
    [[nodiscard]] qint64 newestEvent() const override { return m_messages; }
    [[nodiscard]] SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                   const RestReply &reply) override;
    [[nodiscard]] QByteArray urlOf(const Write &write) const override;

private:
    void arrived(const QByteArray &sid, const SyncValue &value, bool isLocal);

    RootState m_root;
    qint64 m_messages = 0;
    //! The echo of an own message, and a repeated delivery, are no news.
    QSet<QByteArray> m_seen;
    std::deque<QByteArray> m_seenInOrder;
};

} // namespace Twilio
