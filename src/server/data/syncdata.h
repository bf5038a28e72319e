#pragma once

#include "server/data/clock.h"
#include "server/data/replay.h"
#include "server/data/types.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qobject.h>

#include <memory>
#include <optional>

namespace Twilio::Server {

class Storage;
class SyncDataPrivate;

/*!
    \brief Documents, lists, maps and streams of all service instances, and the REST calls on them.

    Every service SID is a space of its own, made when it is first named. Lives in one thread; nothing here
    touches a socket. Protocol: protocol.md, sections 6, 7, 11.2 and 12.

    Order of a call: handle() applies it and emits changed() for each event; commit() makes everything so far
    durable; only then may the reply and after it the events leave the server.
*/
class SyncData : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncData)

public:
    explicit SyncData(QObject *parent = nullptr);
    ~SyncData() override;

    //! Answers every path but /v4/Subscriptions. Never fails otherwise than with an error reply.
    [[nodiscard]] RestReply handle(const RestRequest &request, const Caller &caller);

    /*!
        \brief What a subscriber of \a object that stands at \a cursor has missed, at most \a limit events.

        No cursor: nothing. A document has only its latest state.
    */
    [[nodiscard]] Replay replay(const QString &serviceSid, const ObjectRef &object,
                                std::optional<qint64> cursor, qsizetype limit) const;
    //! The object called \a objectSid in whatever service.
    [[nodiscard]] std::optional<ObjectRef> find(const QByteArray &objectSid) const;

    //! Makes all changes so far durable, in one transaction. After an error the server must stop: what is in
    //! memory is ahead of the file. In memory nothing happens.
    [[nodiscard]] SyncResult<Nothing> commit();
    //! Removes everything of every service, without events.
    void clear();

    //! Objects of all services and kinds.
    [[nodiscard]] qsizetype objectCount() const;
    //! Items of all lists and maps.
    [[nodiscard]] qsizetype itemCount() const;

    //! Loads \a storage and keeps everything in it from now on. Only before the first call; the error names
    //! the file and the reason.
    [[nodiscard]] SyncResult<Nothing> setStorage(std::unique_ptr<Storage> storage);

    //! Replaces the clock; deadlines that are due by it fall at once.
    void setClock(Clock clock);
    //! Events kept per list or map, at least 1; 0 = all of them, the default. Older cursors are answered with
    //! an interrupted replay.
    void setLogLimit(qsizetype events);

    //! For tests: a list or map of \a serviceSid; the object's sid, or 409 / 400 if the name does not do.
    [[nodiscard]] SyncResult<QByteArray> createCollection(const QString &serviceSid, ObjectKind kind,
                                                          const std::optional<QString> &uniqueName,
                                                          const QString &identity);
    //! For tests: appends \a data (a compact JSON object) to a list, or stores it under \a key in a map.
    [[nodiscard]] SyncResult<Nothing> putItem(const QByteArray &objectSid, const QString &key,
                                              const QByteArray &data, const QString &identity);
    //! For tests: replaces the data of the item behind the one that this function changed last, from the
    //! front again after the end. 404 if there is no item.
    [[nodiscard]] SyncResult<Nothing> updateNextItem(const QByteArray &objectSid, const QByteArray &data);
    //! Items of one list or map; 0 for anything else.
    [[nodiscard]] qsizetype itemCount(const QByteArray &objectSid) const;
    //! Newest event id of one object, none for streams and unknown ones.
    [[nodiscard]] std::optional<qint64> lastEventId(const QByteArray &objectSid) const;

Q_SIGNALS:
    //! Synchronously inside handle(), putItem(), updateNextItem() and expiry, in order.
    void changed(const QString &serviceSid, const Twilio::Server::ObjectRef &object,
                 const Twilio::Server::Event &event);
    //! A deadline made events while no call was running: commit and deliver them.
    void expiredOutsideCall();

private:
    const std::unique_ptr<SyncDataPrivate> d;
};

} // namespace Twilio::Server
