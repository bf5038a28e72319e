#pragma once

#include "server/data/webhookoutbox.h"
#include "server/serverglobal.h"
#include "TwilioSync/core/patience.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

#include <deque>

namespace Twilio::Server {

/*!
    \brief When each webhook of an outbox is sent, and sent again: those of one lane one after the other, a
    few lanes at a time.

    One that nobody takes holds up its lane, with waits that double, until its attempts are used up: then it
    is given up, with a warning. Knows no network.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT DeliveryQueue : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DeliveryQueue)

public:
    enum class Outcome : quint8 {
        Taken,
        //! Nobody was there, or he was busy.
        TryAgain,
        //! Another attempt would be in vain.
        Refused,
    };
    using Done = std::function<void(Outcome)>;
    //! Tries once; tells how it ended, later and once.
    using Send = std::function<void(const Webhook &webhook, const Done &done)>;

    struct Pace
    {
        Patience::Rule patience { std::chrono::seconds(1), std::chrono::seconds(60), false, 10 };
        int atATime = 6;
    };

    //! \a outbox outlives it.
    DeliveryQueue(WebhookOutbox &outbox, Send send, const Pace &pace);
    ~DeliveryQueue() override;

    //! Sends \a serial of the outbox when it is its turn.
    void add(qint64 serial);

private:
    struct Lane
    {
        explicit Lane(const Patience::Rule &rule) : patience(rule) { }

        std::deque<qint64> serials;
        Patience patience;
        //! It is its turn, or it waits for one.
        bool isBusy = false;
    };

    void queueUp(const QByteArray &name, Lane &lane);
    void startSome();
    //! False if nothing is left of the lane.
    bool start(const QByteArray &name);
    void finish(const QByteArray &name, qint64 serial, Outcome outcome);

    WebhookOutbox &m_outbox;
    const Send m_send;
    const Pace m_pace;
    std::map<QByteArray, Lane> m_lanes;
    //! Those that may send now, in turn.
    std::deque<QByteArray> m_ready;
    int m_underWay = 0;
};

} // namespace Twilio::Server
