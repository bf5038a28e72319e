#include "server/storage/sqliteloader.h"

#include "server/data/kinds.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qset.h>
#include <QtSql/qsqlerror.h>

#include <algorithm>
#include <unordered_map>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

bool isJsonObject(const QByteArray &text) { return text.startsWith('{') && Protocol::isValidJson(text); }

class Loader
{
public:
    Loader(SqliteConnection &connection, const QString &file, int version)
        : m_connection(connection)
        , m_file(file)
        , m_version(version)
    { }

    SyncResult<Stored> load();

private:
    using ReadRow = bool (Loader::*)(const QSqlQuery &row);

    SyncResult<Nothing> readTable(const QString &sql, ReadRow read, const QString &table);
    bool readObject(const QSqlQuery &row);
    bool readPermission(const QSqlQuery &row);
    bool readItem(const QSqlQuery &row);
    bool readEvent(const QSqlQuery &row);
    bool readService(const QSqlQuery &row);
    bool readWebhook(const QSqlQuery &row);
    bool readRemovedObject(const QSqlQuery &row);
    bool readServer(const QSqlQuery &row);
    [[nodiscard]] SyncObject *owner(const QSqlQuery &row) const;
    [[nodiscard]] bool logsAreComplete() const;
    QString shared(const QString &text) { return *m_strings.insert(text); }

    SqliteConnection &m_connection;
    const QString m_file;
    const int m_version;
    Stored m_stored;
    std::unordered_map<qint64, SyncObject *> m_bySerial;
    QSet<qint64> m_removed;
    QSet<QString> m_strings; // few identities make many items
};

SyncResult<Stored> Loader::load()
{
    const struct
    {
        QString sql;
        ReadRow read;
        QString table;
        int sinceVersion = 1;
    } tables[] = {
        { u"SELECT storage_id FROM server"_s, &Loader::readServer, u"server"_s, 2 },
        { u"SELECT sid, created, updated, %1, %2 FROM services ORDER BY sid"_s.arg(
                  m_version < 3 ? u"'', 0"_s : u"friendly_name, acl_enabled"_s,
                  m_version < 4 ? u"'', 0, 0, 0, 5000"_s
                                : u"webhook_url, webhooks_from_rest, reachability_webhooks, "
                                  "reachability_debouncing, debouncing_window"_s),
          &Loader::readService, u"services"_s, 2 },
        { u"SELECT serial FROM removed_objects"_s, &Loader::readRemovedObject, u"removed_objects"_s, 2 },
        { u"SELECT serial, kind, sid, service, unique_name, creator, created, updated, expires, "
          u"last_event_id, "
          "data, context_event_id, next_index FROM objects ORDER BY serial"_s,
          &Loader::readObject, u"objects"_s },
        { u"SELECT object, identity, may_read, may_write, may_manage FROM permissions "
          "ORDER BY object, identity"_s,
          &Loader::readPermission, u"permissions"_s, 3 },
        { u"SELECT serial, id, lane, url, form FROM webhooks ORDER BY serial"_s, &Loader::readWebhook,
          u"webhooks"_s, 4 },
        { u"SELECT object, item_index, item_key, data, creator, created, updated, expires, last_event_id "
          "FROM items ORDER BY object, item_index, item_key"_s,
          &Loader::readItem, u"items"_s },
        { u"SELECT object, id, change, time, expires, item_index, item_key, data FROM events "
          "ORDER BY object, id"_s,
          &Loader::readEvent, u"events"_s },
    };
    for (const auto &[sql, read, table, since] : tables) {
        if (m_version < since)
            continue;
        if (auto result = readTable(sql, read, table); errorOf(result))
            return *errorOf(result);
    }
    if (!logsAreComplete())
        return damagedError(m_file, u"gap in an event log"_s);
    for (const auto &object : m_stored.objects)
        object->log.finishRestoring();
    return std::move(m_stored);
}

SyncResult<Nothing> Loader::readTable(const QString &sql, ReadRow read, const QString &table)
{
    auto result = m_connection.rows(sql);
    if (const SyncError *error = errorOf(result))
        return *error;
    auto &query = std::get<QSqlQuery>(result);
    for (qint64 row = 1; query.next(); ++row) {
        if (!(this->*read)(query))
            return damagedError(m_file, u"row %1 of %2"_s.arg(row).arg(table));
    }
    if (query.lastError().isValid())
        return m_connection.errorFrom(query.lastError());
    return Nothing();
}

bool Loader::readObject(const QSqlQuery &row)
{
    auto object = std::make_unique<SyncObject>();
    object->serial = row.value(0).toLongLong();
    const int kind = row.value(1).toInt();
    const QString sid = row.value(2).toString();
    if (kind < int(ObjectKind::Document) || kind > int(ObjectKind::Stream) || !looksLikeSid(sid))
        return false;
    object->kind = ObjectKind(kind);
    object->sid = sid.toLatin1();
    object->service = shared(row.value(3).toString());
    if (!row.value(4).isNull())
        object->uniqueName = row.value(4).toString();
    object->creator = shared(row.value(5).toString());
    object->created = row.value(6).toLongLong();
    object->updated = row.value(7).toLongLong();
    object->expires = row.value(8).toLongLong();
    object->lastEventId = row.value(9).toLongLong();
    object->data = row.value(10).toByteArray();
    object->contextEventId = row.value(11).toLongLong();
    object->nextIndex = row.value(12).toLongLong();
    if (!isJsonObject(object->data) || object->lastEventId < -1 || object->nextIndex < 0)
        return false;
    m_stored.nextSerial = std::max(m_stored.nextSerial, object->serial + 1);
    m_bySerial[object->serial] = object.get();
    m_stored.objects.push_back(std::move(object));
    return true;
}

SyncObject *Loader::owner(const QSqlQuery &row) const
{
    const auto it = m_bySerial.find(row.value(0).toLongLong());
    return it != m_bySerial.end() && hasItems(it->second->kind) ? it->second : nullptr;
}

bool Loader::readServer(const QSqlQuery &row)
{
    m_stored.id = row.value(0).toByteArray();
    return !m_stored.id.isEmpty();
}

bool Loader::readService(const QSqlQuery &row)
{
    m_stored.services.push_back({ row.value(0).toString(),
                                  row.value(1).toLongLong(),
                                  row.value(2).toLongLong(),
                                  row.value(3).toString(),
                                  row.value(4).toBool(),
                                  { row.value(5).toString(), row.value(6).toBool(), row.value(7).toBool(),
                                    row.value(8).toBool(), row.value(9).toLongLong() } });
    return true;
}

bool Loader::readWebhook(const QSqlQuery &row)
{
    m_stored.webhooks.push_back({ row.value(0).toLongLong(), row.value(1).toByteArray(),
                                  row.value(2).toByteArray(), row.value(3).toString(),
                                  row.value(4).toByteArray() });
    return !m_stored.webhooks.back().id.isEmpty();
}

bool Loader::readRemovedObject(const QSqlQuery &row)
{
    const qint64 serial = row.value(0).toLongLong();
    m_removed.insert(serial);
    m_stored.nextSerial = std::max(m_stored.nextSerial, serial + 1);
    return true;
}

bool Loader::readPermission(const QSqlQuery &row)
{
    const auto object = m_bySerial.find(row.value(0).toLongLong());
    if (object == m_bySerial.end())
        return false;
    object->second->permissions[shared(row.value(1).toString())] = { row.value(2).toBool(),
                                                                     row.value(3).toBool(),
                                                                     row.value(4).toBool() };
    return true;
}

bool Loader::readItem(const QSqlQuery &row)
{
    if (m_removed.contains(row.value(0).toLongLong()))
        return true;
    SyncObject *const object = owner(row);
    if (!object)
        return false;
    ItemId id { row.value(1).toLongLong(), row.value(2).toString() };
    const bool isList = object->kind == ObjectKind::List;
    if (isList ? id.index < 0 || id.index >= object->nextIndex : id.key.isEmpty())
        return false;
    Item item;
    item.data = row.value(3).toByteArray();
    item.creator = shared(row.value(4).toString());
    item.created = row.value(5).toLongLong();
    item.updated = row.value(6).toLongLong();
    item.expires = row.value(7).toLongLong();
    item.lastEventId = row.value(8).toLongLong();
    if (!isJsonObject(item.data) || item.lastEventId < 0 || item.lastEventId > object->lastEventId)
        return false;
    object->items.emplace_hint(object->items.end(), std::move(id), std::move(item));
    return true;
}

bool Loader::readEvent(const QSqlQuery &row)
{
    if (m_removed.contains(row.value(0).toLongLong()))
        return true;
    SyncObject *const object = owner(row);
    const int type = row.value(2).toInt();
    if (!object || type < int(EventType::ItemAdded) || type > int(EventType::ContextUpdated))
        return false;
    EventRecord record;
    record.id = row.value(1).toLongLong();
    record.type = EventType(type);
    record.time = row.value(3).toLongLong();
    record.expires = row.value(4).toLongLong();
    record.item = { row.value(5).toLongLong(), row.value(6).toString() };
    record.data = row.value(7).toByteArray();
    // Long after its removal nothing is known of an item but its name.
    const bool hasData = record.type != EventType::ItemRemoved || !record.data.isEmpty();
    if ((hasData && !isJsonObject(record.data)) || record.id < 0 || record.id > object->lastEventId)
        return false;
    // The newest event of an item has the item's value: hold it once.
    const auto item = object->items.find(record.item);
    if (item != object->items.end() && item->second.lastEventId == record.id
        && item->second.data == record.data) {
        record.data = item->second.data;
        record.item = item->first;
    }
    object->log.restore(std::move(record));
    return true;
}

// The newest event of everything that is there must be there; what is superseded may be forgotten.
bool Loader::logsAreComplete() const
{
    const bool isCut = m_version < 2; // at the beginning; migrating mends that
    return std::all_of(m_stored.objects.begin(), m_stored.objects.end(), [&](const auto &object) {
        if (!hasItems(object->kind))
            return true;
        const EventLog::Records &records = object->log.records();
        const qint64 newest = records.empty() ? -1 : records.rbegin()->first;
        if (newest != object->lastEventId)
            return false;
        const qint64 oldest = isCut && !records.empty() ? records.begin()->first : 0;
        const auto isThere = [&](qint64 id, const ItemId &item) {
            const auto it = records.find(id);
            return id < oldest
                    || (it != records.end() && it->second.type != EventType::ItemRemoved
                        && it->second.item == item);
        };
        return (object->contextEventId < 0 || isThere(object->contextEventId, ItemId()))
                && std::all_of(object->items.begin(), object->items.end(), [&](const auto &entry) {
                       return isThere(entry.second.lastEventId, entry.first);
                   });
    });
}

} // namespace

SyncResult<Stored> loadAll(SqliteConnection &connection, const QString &file, int version)
{
    return Loader(connection, file, version).load();
}

} // namespace Twilio::Server
