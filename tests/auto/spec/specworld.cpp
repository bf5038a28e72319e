#include "specworld.h"

#include "server/net/token.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocuments.h"
#include "TwilioSync/api/synclists.h"
#include "TwilioSync/api/syncmaps.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/session/collectionentity.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetaobject.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

template <typename Enum>
QString wordOf(Enum value)
{
    return QString::fromLatin1(QMetaEnum::fromType<Enum>().valueToKey(int(value))).toLower();
}

QStringList linesOf(const QJsonValue &value) { return value.toVariant().toStringList(); }

//! How many words of \a step are no expectations.
int wordsThatAct(const QJsonObject &step)
{
    const QStringList words = step.keys();
    return int(std::count_if(words.cbegin(), words.cend(), [](const QString &word) {
        for (const auto expected : { "other"_L1, "model"_L1, "rows"_L1, "events"_L1, "sent"_L1, "done"_L1,
                                     "failed"_L1, "outbox"_L1, "state"_L1 }) {
            if (word == expected)
                return false;
        }
        return true;
    }));
}

} // namespace

SpecWorld::SpecWorld(const QJsonObject &spec, Disk disk, Place place, const DiskCache::Pieces &pieces)
    : m_spec(spec)
    , m_disk(disk)
    , m_place(place)
    , m_pieces(pieces)
    , m_service(spec)
{
    if (m_place == Place::OwnCache)
        m_drive.standFor(&m_cache);
}

SpecWorld::~SpecWorld() = default;

bool SpecWorld::open()
{
    if (!m_service.listen())
        return false;
    m_service.setQuiet([this](qsizetype held) {
        const auto writes =
                m_client ? ClientPrivate::of(m_client.get())->session->writes() : std::vector<Write>();
        return held >= std::count_if(writes.cbegin(), writes.cend(), [](const Write &write) {
                   return write.state == WriteState::Sending || write.isUnsaved;
               });
    });
    connectClient();
    return eventually(
            [&] {
                const auto isOpen = [&](const SpecHandle &handle) {
                    const auto *const rows = handle.collection();
                    const bool isLoaded = !rows || rows->isComplete() || rows->maximumCount() > 0
                            || m_spec.contains("later"_L1);
                    const bool isEmpty = m_spec.value("items"_L1).toArray().isEmpty();
                    return handle.handle().subscriptionState() == Sync::SubscriptionState::Established
                            && isLoaded && (isEmpty || !rows || rows->count() > 0);
                };
                return isOpen(*m_handle) && (!m_other || isOpen(*m_other)) && m_client->isOnline();
            },
            wireTimeout);
}

void SpecWorld::connectClient()
{
    using namespace std::chrono_literals;
    m_client = scriptedClient(m_service.server());
    ClientPrivate::of(m_client.get())
            ->session->setWriteOptions({ .initialDelay = 1ms, .delayCap = 50ms, .answerTimeout = 1ms });
    m_client->setPaceWrites(false);
    ClientPrivate::of(m_client.get())->session->diskCache().setPieces(m_pieces);
    m_drive.watch(*m_client);
    Server::TokenClaims claims; // the file of the cache is that of its identity
    claims.identity = m_identity;
    claims.expiresAtMs = QDateTime::currentMSecsSinceEpoch() + 3'600'000;
    m_client->setToken(Server::makeToken(claims, "secret", QDateTime::currentMSecsSinceEpoch()));
    if (m_disk != Disk::Nothing && m_place == Place::OwnCache)
        m_client->setCache(&m_cache);
    else if (m_disk != Disk::Nothing)
        m_client->setCachePath(m_folder.path());
    m_client->setPersistentWrites(m_disk == Disk::Writes);
    QObject::connect(m_client.get(), &SyncClient::cacheError, m_client.get(),
                     [this] { m_told << u"cache error"_s; });
    QObject::connect(m_client.get(), &SyncClient::writeFailed, m_client.get(),
                     [this](const SyncWrite &write, const SyncError &error) {
                         QStringList words { write.operation() };
                         if (const QVariant item = write.itemKey(); item.isValid())
                             words << item.toString();
                         m_failed << words.join(u' ') + u": "_s + SpecCalls::textOf(error);
                     });
    const QString kind = m_spec.value("kind"_L1).toString(u"list"_s);
    m_handle = std::make_unique<SpecHandle>(kind, m_spec, m_client.get());
    if (m_spec.contains("other"_L1))
        m_other = std::make_unique<SpecHandle>(kind, m_spec.value("other"_L1).toObject(), m_client.get());
}

void SpecWorld::restart(bool isOffline)
{
    m_service.dropCalls();
    m_other.reset();
    m_handle.reset();
    m_client.reset();
    m_service.resume();
    collect();
    connectClient();
    if (isOffline)
        m_client->goOffline();
}

void SpecWorld::collect()
{
    m_done << m_calls.takeEnded();
    m_service.collect();
}

QStringList SpecWorld::takeEvents() { return m_handle->takeEvents() + std::exchange(m_told, {}); }

int SpecWorld::call(const QJsonObject &step, SpecHandle &handle)
{
    int acted = 0;
    for (const auto operation :
         { "push"_L1, "set"_L1, "update"_L1, "erase"_L1, "count"_L1, "leave"_L1, "throw"_L1, "remove"_L1,
           "ttl"_L1, "publish"_L1, "objectTtl"_L1, "removeObject"_L1 }) {
        if (step.contains(operation) && handle.call(operation, step.value(operation), m_calls))
            ++acted;
    }
    return acted;
}

bool SpecWorld::callByName(const QJsonArray &call)
{
    const QString operation = call.first().toString();
    const QString what = u"by name: "_s + operation;
    const QString id = u"things"_s;
    const SyncValue value = SyncValue::fromJson(specText(call.last()));
    const bool isMap = m_spec.value("kind"_L1) == "map"_L1;
    const qint64 index = call.at(1).toInteger();
    const QString key = call.at(1).toString();
    SyncLists &lists = *m_client->lists();
    SyncMaps &maps = *m_client->maps();
    if (operation == "push"_L1)
        m_calls.add(what, lists.push(id, value));
    else if (operation == "set"_L1 && isMap)
        m_calls.add(what, maps.setItem(id, key, value));
    else if (operation == "set"_L1)
        m_calls.add(what, lists.setItem(id, index, value));
    else if (operation == "remove"_L1 && isMap)
        m_calls.add(what, maps.removeItem(id, key));
    else if (operation == "remove"_L1)
        m_calls.add(what, lists.removeItem(id, index));
    else if (operation == "update"_L1)
        m_calls.add(what, m_client->documents()->update(id, value));
    else
        return false;
    return true;
}

// Right away: it is told in the turn of the write.
void SpecWorld::happenAtOnce(const QJsonArray &news)
{
    const QByteArray json = specText(news.at(1));
    ItemFields fields {
        .index = news.at(0).toInteger(), .json = json, .revision = "1", .lastEventId = news.last().toInteger()
    };
    auto &session = *ClientPrivate::of(m_client.get())->session;
    const EntityPtr entity = session.cache().find(m_service.sid());
    CollectionStore &store = static_cast<CollectionEntity &>(*entity).store();
    store.receive({ .kind = ItemEvent::Kind::Updated, .item = fields });
    store.flush();
}

int SpecWorld::actOfService(const QJsonObject &step)
{
    int acted = 0;
    const auto each = [&](QLatin1StringView name, const auto &act) {
        if (!step.contains(name))
            return;
        act(step.value(name));
        ++acted;
    };
    for (const auto kind : { "added"_L1, "updated"_L1, "removed"_L1 })
        each(kind, [&](const QJsonValue &event) { m_service.tell(kind, QJsonArray { event }); });
    for (const auto &[run, kind] : { std::pair("run"_L1, u"added"_s), std::pair("changed"_L1, u"updated"_s),
                                     std::pair("gone"_L1, u"removed"_s) })
        each(run, [&, kind = kind](const QJsonValue &events) { m_service.tell(kind, events.toArray()); });
    each("meanwhile"_L1, [&](const QJsonValue &value) { // [kind, key, value, id], and nobody is told
        const QJsonArray events = value.toArray();
        for (const auto &event : events) {
            QJsonArray rest = event.toArray();
            const QString kind = rest.takeAt(0).toString();
            m_service.happen(kind, rest);
        }
    });
    each("message"_L1, [&](const QJsonValue &message) { m_service.tellMessage(message.toArray()); });
    each("objectGoes"_L1, [&](const QJsonValue &how) { m_service.remove(how == "told"_L1); });
    each("leftOut"_L1, [&](const QJsonValue &ids) { m_service.leaveOut(ids.toArray()); });
    each("forgets"_L1, [&](const QJsonValue &how) { m_service.forget(how.toString()); });
    each("storage"_L1, [&](const QJsonValue &id) { m_service.setStorage(id.toString()); });
    each("anotherTime"_L1, [&](const QJsonValue &items) { m_service.goTo(items.toArray()); });
    each("answer"_L1, [&](const QJsonValue &how) { m_service.answer(how.toObject()); });
    each("loseAnswer"_L1, [&](const QJsonValue &how) { m_service.loseAnswer(how.toObject()); });
    each("cut"_L1, [&](const QJsonValue &) { m_service.cut(); });
    if (step.contains("cut"_L1) || step.contains("loseAnswer"_L1))
        waitFor([&] { return m_client->connectionState() != SyncClient::ConnectionState::Connected; });
    each("back"_L1, [&](const QJsonValue &) {
        m_service.resume();
        waitFor([&] { return m_client->connectionState() == SyncClient::ConnectionState::Connected; });
    });
    return acted;
}

int SpecWorld::actOfClient(const QJsonObject &step)
{
    int acted = 0;
    const auto each = [&](QLatin1StringView name, const auto &act) {
        if (step.contains(name) && act(step.value(name)))
            ++acted;
    };
    SyncOutbox *const outbox = m_client->outbox();
    each("cancel"_L1, [&](const QJsonValue &row) {
        const QModelIndex write = outbox->index(row.toInt());
        return outbox->cancel(write.data(SyncOutbox::WriteIdRole).toLongLong());
    });
    each("cancelAll"_L1, [&](const QJsonValue &) {
        outbox->cancelAll(QString::fromLatin1(m_service.sid()));
        return true;
    });
    each("optimistic"_L1, [&](const QJsonValue &on) {
        m_handle->handle().setOptimistic(on.toBool());
        return true;
    });
    each("maximum"_L1, [&](const QJsonValue &rows) {
        m_handle->collection()->setMaximumCount(rows.toInt());
        return true;
    });
    each("fetch"_L1, [&](const QJsonValue &) {
        m_handle->collection()->fetchMore({});
        return true;
    });
    each("tick"_L1, [&](const QJsonValue &row) {
        SyncCollection &rows = *m_handle->collection();
        rows.setValueRoles({ u"done"_s });
        return rows.setData(rows.index(row.toInt()), true, rows.roleNames().key("done"));
    });
    each("disk"_L1, [&](const QJsonValue &how) {
        const auto failing = SpecDisk::failing(how.toString());
        m_drive.fail(failing.value_or(SpecDisk::Failing::Nothing));
        return failing.has_value();
    });
    each("offline"_L1, [&](const QJsonValue &) {
        m_service.dropCalls();
        m_client->goOffline();
        return true;
    });
    each("online"_L1, [&](const QJsonValue &) {
        m_client->goOnline();
        return true;
    });
    each("byName"_L1, [&](const QJsonValue &call) { return callByName(call.toArray()); });
    each("clearCache"_L1, [&](const QJsonValue &) {
        m_calls.add(u"clearCache"_s, m_client->clearCache());
        return true;
    });
    each("identity"_L1, [&](const QJsonValue &name) {
        m_identity = name.toString();
        return step.contains("restart"_L1); // the next one's
    });
    each("restart"_L1, [&](const QJsonValue &how) {
        restart(how == "offline"_L1);
        return true;
    });
    return acted;
}

bool SpecWorld::act(const QJsonObject &step)
{
    const QJsonObject others = step.value("other"_L1).toObject();
    int acted = call(step, *m_handle) + (m_other ? call(others, *m_other) : 0);
    if (step.contains("event"_L1)) {
        happenAtOnce(step.value("event"_L1).toArray());
        ++acted;
    }
    if (step.contains("together"_L1)) {
        const QJsonArray together = step.value("together"_L1).toArray();
        acted += std::all_of(together.begin(), together.end(),
                             [this](const QJsonValue &part) { return act(part.toObject()); });
    }
    acted += actOfService(step);
    acted += actOfClient(step);
    const int words = wordsThatAct(step) + wordsThatAct(others);
    return words > 0 && acted == words;
}

QStringList SpecWorld::outbox() const
{
    QStringList lines;
    const SyncOutbox *const outbox = m_client->outbox();
    for (int row = 0; row < outbox->rowCount(); ++row) {
        const QModelIndex index = outbox->index(row);
        const QVariant item = index.data(SyncOutbox::ItemKeyRole);
        QStringList words { index.data(SyncOutbox::OperationRole).toString() };
        if (item.isValid())
            words << item.toString();
        words << wordOf(index.data(SyncOutbox::StateRole).value<SyncOutbox::State>())
              << index.data(SyncOutbox::AttemptsRole).toString();
        lines << words.join(u' ');
    }
    return lines;
}

QString SpecWorld::state() const
{
    const SyncHandle &handle = m_handle->handle();
    QStringList words { wordOf(handle.status()), m_client->isOnline() ? u"online"_s : u"offline"_s };
    if (handle.isFromCache())
        words << u"from cache"_s;
    if (const int writes = m_client->pendingWrites(); writes > 0)
        words << u"%1 pending"_s.arg(writes);
    if (const auto *rows = m_handle->collection(); rows && !rows->isComplete())
        words << u"incomplete"_s;
    return words.join(u", "_s);
}

bool SpecWorld::isAtRest() const
{
    const auto writes = ClientPrivate::of(m_client.get())->session->writes();
    if (std::any_of(writes.cbegin(), writes.cend(),
                    [](const Write &write) { return write.isUnsaved || write.state == WriteState::Reading; }))
        return false;
    const bool isConnected = m_client->connectionState() == SyncClient::ConnectionState::Connected;
    const auto rests = [isConnected](const SpecHandle &handle) {
        const QStringList shown = handle.rows();
        if (std::any_of(shown.cbegin(), shown.cend(),
                        [](const QString &row) { return row.endsWith(" unsaved"_L1); }))
            return false;
        const Sync::Status status = handle.handle().status();
        if (status == Sync::Status::Opening)
            return !isConnected;
        return status != Sync::Status::Ready || !isConnected
                || handle.handle().subscriptionState() == Sync::SubscriptionState::Established;
    };
    return rests(*m_handle) && (!m_other || rests(*m_other));
}

bool SpecWorld::isExpectedNow(const QJsonObject &step)
{
    // How often a row waits for the disk is left open.
    const auto changes = [](const QStringList &lines) {
        return std::count_if(lines.cbegin(), lines.cend(),
                             [](const QString &line) { return !line.endsWith("[pending]"_L1); });
    };
    const auto has = [&changes](const SpecHandle &handle, const QJsonObject &expected) {
        return changes(handle.model()) >= changes(linesOf(expected.value("model"_L1)))
                && handle.events().size() >= linesOf(expected.value("events"_L1)).size()
                && (!expected.contains("rows"_L1) || handle.rows() == linesOf(expected.value("rows"_L1)));
    };
    QJsonObject own = step; // of which the client tells some
    QStringList events = linesOf(step.value("events"_L1));
    const auto cacheErrors = events.removeAll(u"cache error"_s);
    own["events"_L1] = QJsonArray::fromStringList(events);
    return m_service.sentCount() >= linesOf(step.value("sent"_L1)).size()
            && m_done.size() >= linesOf(step.value("done"_L1)).size()
            && m_failed.size() >= linesOf(step.value("failed"_L1)).size() && m_told.size() >= cacheErrors
            && has(*m_handle, own) && (!m_other || has(*m_other, step.value("other"_L1).toObject()))
            && (!step.contains("state"_L1) || state() == step.value("state"_L1).toString())
            && (!step.contains("outbox"_L1) || outbox() == linesOf(step.value("outbox"_L1))) && isAtRest();
}

// Twice: what is written may bring more to be written.
void SpecWorld::settleDisk() const
{
    for (int turn = 0; turn < 2; ++turn) {
        QCoreApplication::processEvents();
        const auto isDone = std::make_shared<bool>(false); // it may come after the wait is over
        ClientPrivate::of(m_client.get())->session->diskCache().whenOpened([isDone] { *isDone = true; });
        waitFor([&] { return *isDone; });
    }
}

void SpecWorld::settle(const QJsonObject &step)
{
    waitFor([&] {
        collect();
        return isExpectedNow(step);
    });
    if (m_disk != Disk::Nothing)
        settleDisk();
    for (int turn = 0; turn < 2; ++turn) {
        if (m_client->connectionState() == SyncClient::ConnectionState::Connected)
            QVERIFY(m_service.server().roundTrip());
        for (int i = 0; i < 5; ++i)
            QCoreApplication::processEvents();
        collect();
    }
}
