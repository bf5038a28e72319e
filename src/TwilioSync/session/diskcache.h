#pragma once

#include "TwilioSync/cache/cachedobject.h"
#include "TwilioSync/cache/cachethread.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qset.h>

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

namespace Twilio {

class ObjectMirror;
class SyncCache;

/*!
    \brief The client's side of its cache: one file for each account, service and identity, or a cache of the
   application's.

    What happens in one turn of the event loop is one transaction, in a thread of its own; while one is being
   written, more wait for the next. A disk that fails is told of once; the client goes on without.

    \code
    entities -- ObjectMirror: what changed --> [ this turn ] --> CacheThread --> CacheStorage
    load() <------------------------------------------------------- behind all that
    \endcode
*/
class DiskCache : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DiskCache)

public:
    explicit DiskCache(QObject *parent = nullptr);
    //! For tests in virtual time: no thread, what is to be done in it is done at once. Before anything else.
    void stayInThread() { m_thread.reset(); }
    //! Waits until all that has happened is written.
    ~DiskCache() override;

    //! Where files are; empty = there are none. It takes the place of an own cache.
    void setFolder(const QString &folder);
    [[nodiscard]] QString folder() const { return m_folder; }
    //! A cache of the application's, which outlives this, in place of files; none = there is none.
    void setOwnCache(SyncCache *cache);
    [[nodiscard]] SyncCache *ownCache() const { return m_ownCache; }
    //! True if there is a place to keep things in.
    [[nodiscard]] bool hasPlace() const { return m_ownCache || !m_folder.isEmpty(); }
    //! Bytes that a file may take up; 0 = any number.
    void setMaximumSize(qint64 bytes);
    [[nodiscard]] qint64 maximumSize() const { return m_maximumSize; }
    void setCipher(const CacheCipher &cipher);
    //! Whether writes are kept as well, until they have ended. Those there are, of processes before this one,
    //! are told of when the file has been opened.
    void setKeepsWrites(bool keeps);
    [[nodiscard]] bool wantsToKeepWrites() const { return m_wantsWrites; }
    //! True while they are.
    [[nodiscard]] bool keepsWrites() const { return m_isOpen && m_wantsWrites; }
    //! True once those there are have been told of.
    [[nodiscard]] bool hasReadWrites() const { return m_hasReadWrites; }
    //! Keeps \a write as it is now, and calls \a kept once it is on the disk, or cannot be kept any more.
    void keepWrite(CacheWrite write, std::function<void()> kept);
    void dropWrite(qint64 id);
    //! Whose data it is from now on; none = nobody's: nothing is kept. What is open stays out of the file of
    //! another owner.
    void setOwner(const std::optional<CacheOwner> &owner);
    [[nodiscard]] const std::optional<CacheOwner> &owner() const { return m_owner; }

    //! True while it is not known yet whose file it is to be.
    [[nodiscard]] bool awaitsOwner() const { return hasPlace() && !m_owner; }
    //! True while there is a file, or one is being opened.
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    //! How many items are read at once.
    struct Pieces
    {
        //! What an object is opened with: more than a view shows at once.
        int first = 200;
        //! What a turn of the event loop takes in: a fraction of a frame.
        int later = 1000;
        //! For tests: how long each of the later ones takes at least.
        std::chrono::milliseconds pause { 0 };
    };
    //! For tests: of what is opened from now on.
    void setPieces(const Pieces &pieces) { m_pieces = pieces; }
    [[nodiscard]] const Pieces &pieces() const { return m_pieces; }
    //! What is kept of the object \a id, a SID or unique name, but of its items only the first in \a order;
    //! none if nothing is. Never calls \a done from within.
    void load(ObjectKind kind, const QString &id, Qt::SortOrder order,
              std::function<void(std::optional<CachedObject> found)> done);
    //! Items of the object \a sid, in the order asked for; none if it is not kept any more, by this owner's
    //! cache. Never calls \a done from within.
    void readItems(const QByteArray &sid, const CacheRead &read,
                   std::function<void(std::optional<std::vector<ItemPtr>> items)> done);
    //! No more of them are asked for.
    void endReading(const QByteArray &sid);
    //! Has \a act called behind all that is to be read when a file is opened.
    void whenOpened(std::function<void()> act);
    //! Forgets everything but the writes; what is open is kept again from its next opening on.
    void clear(Callback<Nothing> done);
    //! Bytes, as of the last transaction.
    [[nodiscard]] qint64 size() const { return m_size; }

    // For mirrors.
    //! Counts the files, and their clearings: who began with another is of no concern any more.
    [[nodiscard]] quint64 generation() const { return m_generation; }
    void began(const QByteArray &sid) { ++m_followed[sid]; }
    void ended(ObjectMirror *mirror, const QByteArray &sid);
    void touched(ObjectMirror *mirror);
    void add(CacheChange change);

protected:
    //! Does what a reply is to.
    void customEvent(QEvent *event) override;

Q_SIGNALS:
    //! There is a file from now on: load() may find something.
    void opened();
    //! Once for each file.
    void failed(const Twilio::SyncError &error);
    void sizeChanged();
    void writesFound(const Twilio::KeptOutbox &kept);

private:
    class Worker;
    //! Done in the thread.
    using Task = std::function<void(Worker &worker)>;

    void reopen();
    void forgetMirrors();
    void scheduleFlush();
    void flush();
    void post(Task task);
    //! From the thread: has \a act done here, in a turn of its own.
    void reply(std::function<void()> act);
    void fail(int file, const SyncError &error, bool isOver);
    void written(quint64 generation, qint64 size, const std::vector<std::function<void()>> &kept);
    void readWrites();

    QString m_folder;
    SyncCache *m_ownCache = nullptr;
    qint64 m_maximumSize = 0;
    Pieces m_pieces;
    CacheCipher m_cipher;
    std::optional<CacheOwner> m_owner;
    bool m_isOpen = false;
    quint64 m_generation = 0;
    //! Counts what was opened; errors of one before are of no concern.
    int m_file = 0;
    qint64 m_size = 0;
    QSet<ObjectMirror *> m_dirty;
    //! Of mirrors that have ended.
    std::vector<CacheChange> m_last;
    bool m_wantsWrites = false;
    bool m_hasReadWrites = false;
    //! In the order in which it happened, and whom to tell.
    std::vector<CacheWrite> m_writes;
    std::vector<std::function<void()>> m_kept;
    //! SIDs of what is open, and how often: those are not dropped for want of room.
    QHash<QByteArray, int> m_followed;
    bool m_flushScheduled = false;
    //! A transaction is under way.
    bool m_isWriting = false;
    //! One for each event that is under way.
    std::mutex m_replyMutex;
    std::deque<std::function<void()>> m_replies;
    std::shared_ptr<Worker> m_worker;
    std::unique_ptr<CacheThread> m_thread;
};

} // namespace Twilio
