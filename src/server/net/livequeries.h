#pragma once

#include "server/data/change.h"
#include "server/net/serverframes.h"
#include "server/operations/insights.h"

#include <QtCore/qhash.h>
#include <QtCore/qlist.h>
#include <QtCore/qset.h>

#include <map>
#include <optional>
#include <vector>

namespace Twilio::Server {

class EventWriter;
class Hub;
class Session;
struct SubscriptionEntry;

/*!
    \brief The live queries of all sessions: what each wants, what it has found so far, and who follows it.

    An event of a map is looked at once for each expression, however many follow it, and becomes one text.
    Protocol: protocol.md, 8.2 and 9.
*/
class LiveQueries
{
    Q_DISABLE_COPY_MOVE(LiveQueries)

public:
    //! Of one session; each is looked at with each event of its map.
    static constexpr qsizetype maxQueries = 1000;

    explicit LiveQueries(Hub &hub) : m_hub(hub) { }

    //! What a new follower has to be told: events, each one text for \c live_query_updated.
    struct Established
    {
        QList<QByteArray> events = {};
        qint64 lastEventId = -1;
    };
    //! Has \a session follow the query of \a entry under the id that it knows it by. Whoever is not at the
    //! newest event, or knows the query by another id, of a map before this one, is told all of the result.
    [[nodiscard]] SyncResult<Established> follow(Session *session, const SubscriptionEntry &entry,
                                                 EventForm form);
    //! False if \a session followed no such query.
    bool leave(Session *session, const QByteArray &id);
    //! As leave(); \a sid may also be that of a map, whose queries then end. The ids and forms of those
    //! ended.
    [[nodiscard]] QList<std::pair<QByteArray, EventForm>> revoke(Session *session, const QByteArray &sid);
    //! Ends all that \a session follows.
    void drop(Session *session);
    //! Tells whom \a change concerns. The end of a map is the end of its queries.
    void deliver(const Change &change, EventWriter *writer);
    //! Ends what nobody may read any more.
    void restrict(const QList<QByteArray> &mapSids);

private:
    struct Reader
    {
        Session *session;
        //! As it knows the query.
        QByteArray id;
        EventForm form;
    };
    struct Followed
    {
        Query query;
        //! Keys of what it has found.
        QSet<QString> found;
        QList<Reader> readers;
    };
    using ByExpression = std::map<QString, Followed>;
    //! Where the query is that a session knows by an id.
    struct Place
    {
        QByteArray mapSid;
        QString expression;
    };

    void tell(const QList<Reader> &readers, const Change &change, bool isWanted, EventWriter *writer);

    Hub &m_hub;
    //! By the SIDs of their maps.
    QHash<QByteArray, ByExpression> m_followed;
    QHash<Session *, QHash<QByteArray, Place>> m_places;
};

} // namespace Twilio::Server
