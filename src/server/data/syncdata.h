#pragma once

#include "server/data/change.h"
#include "server/data/clock.h"
#include "server/data/replay.h"
#include "server/data/storage.h"
#include "server/data/types.h"
#include "server/serverglobal.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qobject.h>

#include <memory>
#include <optional>

namespace Twilio::Server {

class ObjectStore;
class SyncDataPrivate;

/*!
    \brief Documents, lists, maps and streams of all service instances: what they are, when they expire and
    when they are safe.

    Every service SID is a space of its own, made when it is first named. Lives in one thread; nothing here
    touches a socket. Calls come by Operations.

    Order of a call: it is applied, and changed() told for each event. What speaks of the state after it takes
    the ticket() and leaves the server once isDurable() of it: the reply, then the events.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT SyncData : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncData)

public:
    explicit SyncData(QObject *parent = nullptr);
    ~SyncData() override;

    //! The objects themselves. \sa Operations
    [[nodiscard]] ObjectStore &store();

    /*!
        \brief What a subscriber of \a object that stands at \a cursor has missed, at most \a limit events.

        No cursor: nothing. A document has only its latest state. None if there is no such object.
    */
    [[nodiscard]] std::optional<Replay> replay(const QString &serviceSid, const ObjectRef &object,
                                               std::optional<qint64> cursor, qsizetype limit) const;
    //! The object called \a objectSid in whatever service.
    [[nodiscard]] std::optional<ObjectRef> find(const QByteArray &objectSid) const;

    //! The newest change of state, whether or not it made an event.
    [[nodiscard]] CommitTicket ticket() const;
    //! True if everything up to \a ticket will be there after a restart. In memory it always is.
    [[nodiscard]] bool isDurable(CommitTicket ticket) const;
    //! Begins to make everything so far durable; committed() or commitFailed() follows if there was anything.
    //! Happens by itself behind the turn of the event loop that changed something.
    void commit();
    //! Removes everything of every service, without events.
    void clear();

    //! Objects of all services and kinds.
    [[nodiscard]] qsizetype objectCount() const;
    //! Items of all lists and maps.
    [[nodiscard]] qsizetype itemCount() const;

    //! Loads \a storage and keeps everything in it from now on. Only before the first call.
    void setStorage(std::unique_ptr<Storage> storage);
    //! Random; names this data among all others. Stays with the file, and is another one after clear().
    [[nodiscard]] QByteArray storageId() const;

    //! Replaces the clock; deadlines that are due by it fall at once.
    void setClock(Clock clock);
    //! How much of what nobody needs a log keeps.
    void setHistory(const History &history);

    //! Items of one list or map; 0 for anything else.
    [[nodiscard]] qsizetype itemCount(const QByteArray &objectSid) const;
    //! Newest event id of one object, none for streams and unknown ones.
    [[nodiscard]] std::optional<qint64> lastEventId(const QByteArray &objectSid) const;

Q_SIGNALS:
    //! Synchronously inside calls and expiry, in order.
    void changed(const Twilio::Server::Change &change);
    //! The same, of a new object: no client is told.
    void created(const Twilio::Server::Change &change);
    //! Somebody may have lost the right to read these objects.
    void restricted(const QList<QByteArray> &objectSids);
    //! More is durable than before.
    void committed();
    //! What is in memory is ahead of the file for good: nothing that speaks of it may leave. Told once.
    void commitFailed(const Twilio::SyncError &error);

private:
    const std::unique_ptr<SyncDataPrivate> d;
};

} // namespace Twilio::Server
