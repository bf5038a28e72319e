#pragma once

#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/rootstate.h"

#include <QtCore/qset.h>

#include <deque>

namespace Twilio {

/*!
    \brief Follows a stream.
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
    \brief One stream: nothing is kept but the names of the last messages.

    They have no event ids: the echo of an own message, and a repeated delivery, are known by their SID.
*/
class StreamStore
{
    Q_DISABLE_COPY_MOVE(StreamStore)

public:
    //! Half a minute at the documented 30 messages a second.
    static constexpr std::size_t messagesRemembered = 1000;

    StreamStore() = default;

    RootState root;
    Observers<StreamObserver> observers;

    //! A message has come, or has been published by us if \a isLocal. False if it is known already.
    bool receive(const QByteArray &sid, const SyncValue &value, bool isLocal);
    //! So far.
    [[nodiscard]] qint64 messageCount() const { return m_count; }

private:
    qint64 m_count = 0;
    QSet<QByteArray> m_seen;
    std::deque<QByteArray> m_seenInOrder;
};

} // namespace Twilio
