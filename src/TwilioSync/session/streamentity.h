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

    //! Gives the message's SID.
    void publish(const SyncValue &value, Callback<QByteArray> done);
    void handleEvent(Protocol::EventType type, const Protocol::Event &event, bool isStrict) override;

    Observers<StreamObserver> observers;

private:
    void arrived(const QByteArray &sid, const SyncValue &value, bool isLocal);

    RootState m_root;
    //! The echo of an own message, and a repeated delivery, are no news.
    QSet<QByteArray> m_seen;
    std::deque<QByteArray> m_seenInOrder;
};

} // namespace Twilio
