#include "TwilioSync/session/diskcache.h"

#include "TwilioSync/cache/cachedatabase.h"
#include "TwilioSync/cache/keyvaluecache.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/session/objectmirror.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtimer.h>

#include <utility>

namespace Twilio {

//! What the thread has: the storage. Without one nothing is found, and nothing is kept.
class DiskCache::Worker
{
public:
    using Opened = SyncResult<std::unique_ptr<CacheStorage>>;
    //! What was there was damaged, and has been set aside, if \a damage is not null then.
    using Open = std::function<Opened(SyncError *damage)>;
    //! The error, and whether there is no storage from now on.
    using Failed = std::function<void(const SyncError &error, bool isOver)>;

    void open(Open open, Failed failed)
    {
        m_storage.reset();
        m_open = std::move(open);
        m_failed = std::move(failed);
        openStorage();
    }
    void close() { m_storage.reset(); }
    [[nodiscard]] CacheStorage *storage() const { return m_storage.get(); }

    //! The value of \a result; none if it is an error, which ends the work with this storage.
    template <typename T>
    std::optional<T> checked(SyncResult<T> result)
    {
        if (const SyncError *error = errorOf(result)) {
            failed(*error);
            return std::nullopt;
        }
        return std::get<0>(std::move(result));
    }

private:
    void openStorage()
    {
        SyncError damage;
        auto opened = m_open(&damage);
        const SyncError *const error = errorOf(opened);
        if (!error)
            m_storage = std::get<0>(std::move(opened));
        if (error || !damage.isNull())
            m_failed(error ? *error : damage, error);
    }
    // What is damaged is of no use to anybody: another is begun.
    void failed(const SyncError &error)
    {
        const bool isAside = m_storage->setAsideIfDamaged();
        m_storage.reset();
        m_failed(error, !isAside);
        if (isAside)
            openStorage();
    }

    std::unique_ptr<CacheStorage> m_storage;
    Open m_open;
    Failed m_failed;
};

namespace {

//! The same as storage.
template <typename T>
SyncResult<std::unique_ptr<CacheStorage>> asStorage(SyncResult<std::unique_ptr<T>> opened)
{
    if (const SyncError *error = errorOf(opened))
        return *error;
    return std::unique_ptr<CacheStorage>(std::get<0>(std::move(opened)));
}

} // namespace

DiskCache::DiskCache(QObject *parent)
    : QObject(parent)
    , m_worker(std::make_shared<Worker>())
    , m_thread(std::make_unique<CacheThread>())
{ }

DiskCache::~DiskCache()
{
    if (m_isOpen) {
        flush();
        post([](Worker &worker) { worker.close(); }); // where it was opened
    }
    m_thread.reset();
}

void DiskCache::setFolder(const QString &folder)
{
    if (m_folder == folder)
        return;
    m_folder = folder;
    if (!folder.isEmpty())
        m_ownCache = nullptr;
    reopen();
}

void DiskCache::setOwnCache(SyncCache *cache)
{
    if (m_ownCache == cache)
        return;
    m_ownCache = cache;
    if (cache)
        m_folder.clear();
    reopen();
}

void DiskCache::setCipher(const CacheCipher &cipher)
{
    m_cipher = cipher;
    reopen();
}

void DiskCache::setOwner(const std::optional<CacheOwner> &owner)
{
    if (std::exchange(m_owner, owner) != owner)
        reopen();
}

void DiskCache::setKeepsWrites(bool keeps)
{
    if (std::exchange(m_wantsWrites, keeps) != keeps && keeps && m_isOpen)
        readWrites();
}

void DiskCache::setMaximumSize(qint64 bytes)
{
    m_maximumSize = bytes;
    scheduleFlush();
}

void DiskCache::reopen()
{
    if (m_isOpen)
        flush();
    forgetMirrors();
    const bool wasOpen = std::exchange(m_isOpen, m_owner && hasPlace());
    if (!m_isOpen) {
        if (wasOpen)
            post([](Worker &worker) { worker.close(); });
        return;
    }
    const auto failed = [this, file = ++m_file](const SyncError &error, bool isOver) {
        reply([this, file, error, isOver] { fail(file, error, isOver); });
    };
    const auto open = [folder = m_folder, cache = m_ownCache, owner = *m_owner,
                       cipher = m_cipher](SyncError *damage) {
        return cache ? asStorage(KeyValueCache::open(*cache, owner, cipher))
                     : asStorage(CacheDatabase::open(folder, owner, cipher, damage));
    };
    post([open, failed](Worker &worker) { worker.open(open, failed); });
    if (m_wantsWrites)
        readWrites();
    Q_EMIT opened();
}

void DiskCache::readWrites()
{
    m_hasReadWrites = false;
    post([this, file = m_file, first = CacheRead { .most = m_pieces.first }](Worker &worker) {
        KeptOutbox kept;
        if (CacheStorage *const storage = worker.storage())
            kept = worker.checked(storage->loadWrites(first)).value_or(KeptOutbox());
        reply([this, file, kept = std::move(kept)] {
            if (file != m_file)
                return;
            m_hasReadWrites = true;
            Q_EMIT writesFound(kept);
        });
    });
}

void DiskCache::whenOpened(std::function<void()> act)
{
    post([this, act = std::move(act)](Worker &) { reply(act); });
}

void DiskCache::keepWrite(CacheWrite write, std::function<void()> kept)
{
    m_writes.push_back(std::move(write));
    m_kept.push_back(std::move(kept));
    scheduleFlush();
}

void DiskCache::dropWrite(qint64 id)
{
    m_writes.push_back({ .id = id });
    scheduleFlush();
}

void DiskCache::forgetMirrors()
{
    ++m_generation;
    m_dirty.clear();
    m_last.clear();
}

void DiskCache::post(Task task)
{
    if (m_thread)
        m_thread->add([worker = m_worker, task = std::move(task)] { task(*worker); });
    else
        task(*m_worker);
}

void DiskCache::reply(std::function<void()> act)
{
    {
        const std::lock_guard lock(m_replyMutex);
        m_replies.push_back(std::move(act));
    }
    QCoreApplication::postEvent(this, new QEvent(QEvent::User));
}

void DiskCache::customEvent(QEvent *)
{
    std::function<void()> act;
    {
        const std::lock_guard lock(m_replyMutex);
        act = std::move(m_replies.front());
        m_replies.pop_front();
    }
    act();
}

void DiskCache::fail(int file, const SyncError &error, bool isOver)
{
    if (file != m_file)
        return;
    qCWarning(lcStore) << "cache:" << error;
    forgetMirrors();
    m_isOpen = !isOver;
    m_writes.clear();
    for (const auto &kept : std::exchange(m_kept, {}))
        reply(kept); // they go on without
    Q_EMIT failed(error);
}

void DiskCache::load(ObjectKind kind, const QString &id, Qt::SortOrder order,
                     std::function<void(std::optional<CachedObject> found)> done)
{
    flush();
    post([this, kind, id, read = CacheRead { .order = order, .most = m_pieces.first },
          done = std::move(done)](Worker &worker) {
        std::optional<CachedObject> found;
        if (CacheStorage *const storage = worker.storage())
            found = worker.checked(storage->load(kind, id, read)).value_or(std::nullopt);
        reply([done, found = std::move(found)] { done(found); });
    });
}

void DiskCache::readItems(const QByteArray &sid, const CacheRead &read,
                          std::function<void(std::optional<std::vector<ItemPtr>> items)> done)
{
    post([this, sid, read, generation = m_generation, done = std::move(done)](Worker &worker) {
        std::optional<std::vector<ItemPtr>> items;
        if (CacheStorage *const storage = worker.storage())
            items = worker.checked(storage->readItems(sid, read)).value_or(std::nullopt);
        reply([this, generation, done, items = std::move(items)]() mutable {
            auto tell = [this, generation, done, items = std::move(items)]() mutable {
                done(generation == m_generation ? std::move(items) : std::nullopt);
            };
            if (m_pieces.pause > m_pieces.pause.zero())
                QTimer::singleShot(m_pieces.pause, this, std::move(tell));
            else
                tell();
        });
    });
}

void DiskCache::endReading(const QByteArray &sid)
{
    post([sid](Worker &worker) {
        if (CacheStorage *const storage = worker.storage())
            storage->endReading(sid);
    });
}

void DiskCache::clear(Callback<Nothing> done)
{
    forgetMirrors();
    post([this, done = std::move(done)](Worker &worker) {
        CacheStorage *const storage = worker.storage();
        SyncResult<Nothing> result = storage ? storage->clear() : SyncResult<Nothing>(Nothing());
        if (storage && !errorOf(result))
            result = storage->shrink(0, {});
        reply([done, result] { done(result); });
    });
    scheduleFlush();
}

void DiskCache::ended(ObjectMirror *mirror, const QByteArray &sid)
{
    m_dirty.remove(mirror);
    if (--m_followed[sid] == 0)
        m_followed.remove(sid);
}

void DiskCache::touched(ObjectMirror *mirror)
{
    if (!m_isOpen)
        return;
    m_dirty.insert(mirror);
    scheduleFlush();
}

void DiskCache::add(CacheChange change)
{
    if (!m_isOpen)
        return;
    m_last.push_back(std::move(change));
    scheduleFlush();
}

void DiskCache::scheduleFlush()
{
    if (!m_isOpen || m_isWriting || std::exchange(m_flushScheduled, true))
        return;
    reply([this] {
        m_flushScheduled = false;
        if (!m_isWriting)
            flush();
    });
}

void DiskCache::flush()
{
    std::vector<CacheChange> changes = std::exchange(m_last, {});
    const QSet<ObjectMirror *> dirty = std::exchange(m_dirty, {});
    for (ObjectMirror *const mirror : dirty) {
        auto change = mirror->collect();
        if (!change)
            continue; // it comes again
        qCDebug(lcStore) << "keeping" << change->root.resource.sid << "up to event"
                         << change->root.resource.lastEventId.value_or(-1) << "with" << change->items.size()
                         << "changes of items" << (change->isNew ? "anew" : "");
        changes.push_back(std::move(*change));
    }
    m_isWriting = true;
    post([this, generation = m_generation, most = m_maximumSize,
          writes = std::make_shared<std::vector<CacheWrite>>(std::exchange(m_writes, {})),
          kept = std::exchange(m_kept, {}),
          open = QSet<QByteArray>(m_followed.keyBegin(), m_followed.keyEnd()),
          changes = std::make_shared<std::vector<CacheChange>>(std::move(changes))](Worker &worker) {
        CacheStorage *const storage = worker.storage();
        std::optional<qint64> size;
        const bool isNothing = changes->empty() && writes->empty();
        if (storage && (isNothing || worker.checked(storage->write(*changes, *writes)))) {
            size = worker.checked(storage->size());
            if (size && most > 0 && *size > most && worker.checked(storage->shrink(most / 2, open)))
                size = worker.checked(storage->size());
        }
        reply([this, generation, size, kept] { written(generation, size.value_or(0), kept); });
    });
}

void DiskCache::written(quint64 generation, qint64 size, const std::vector<std::function<void()>> &kept)
{
    m_isWriting = false;
    for (const auto &tell : kept)
        tell();
    if (!m_last.empty() || !m_writes.empty() || !m_dirty.isEmpty())
        scheduleFlush();
    if (generation == m_generation && std::exchange(m_size, size) != size)
        Q_EMIT sizeChanged();
}

} // namespace Twilio
