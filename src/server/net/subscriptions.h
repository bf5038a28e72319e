#pragma once

#include "server/net/serverframes.h"
#include "server/net/subscriptioncall.h"
#include "server/serverglobal.h"

#include <QtCore/qhash.h>
#include <QtCore/qqueue.h>

namespace Twilio::Server {

class Hub;
class Session;

/*!
    \brief What one session is subscribed to, and what it has missed and is still to be sent.

    Replays are made no faster than the client reads them. A subscription is live once its replay is complete:
    one that is interrupted is none until the client comes back for the rest, or it would miss the middle.
    Protocol: protocol.md, section 9.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Subscriptions
{
    Q_DISABLE_COPY_MOVE(Subscriptions)

public:
    struct Subscription
    {
        ObjectKind kind = ObjectKind::Document;
        EventForm form = EventForm::List;
    };

    //! Both outlive it.
    Subscriptions(Hub &hub, Session &session);

    //! By the SIDs of their objects.
    [[nodiscard]] const QHash<QByteArray, Subscription> &all() const { return m_all; }
    //! How the live events of \a objectSid are wanted.
    [[nodiscard]] EventForm formOf(const QByteArray &objectSid) const;

    //! For the hub, which keeps the other side. False if there was no such subscription yet.
    bool add(const ObjectRef &object, EventForm form);
    //! For the hub. False if there was none.
    bool take(const QByteArray &objectSid);

    //! Does what \a call asks for; its reply has been sent.
    void apply(const SubscriptionCall &call);
    //! Goes on with what waited until the client had read.
    void goOn();
    //! Forgets what was to be established.
    void forgetQueued() { m_establishing.clear(); }
    //! Ends the subscription to \a sid, an object or a live query, and those to queries over that map, from
    //! the server's side. How many there were.
    qsizetype revoke(const QByteArray &sid);

private:
    //! One call whose entries are being established, one after another.
    struct Establishing
    {
        QByteArray correlationId;
        EventForm form;
        QQueue<SubscriptionEntry> entries;
    };
    //! Outcomes that may share a frame.
    struct Outcomes
    {
        QList<QByteArray> established;
        QList<QByteArray> failed;
    };

    void establish(const SubscriptionEntry &entry, const Establishing &call, Outcomes &outcomes);
    void establishQuery(const SubscriptionEntry &entry, const Establishing &call, Outcomes &outcomes);
    void cancel(const SubscriptionCall &call);
    void forgetQueued(const QByteArray &objectSid);
    void sendReplay(const QList<V3::Event> &events, const Establishing &call);
    void sendOutcomes(QByteArrayView type, const QList<QByteArray> &outcomes, const QByteArray &correlationId,
                      EventForm form);

    Hub &m_hub;
    Session &m_session;
    QHash<QByteArray, Subscription> m_all;
    QQueue<Establishing> m_establishing;
};

} // namespace Twilio::Server
