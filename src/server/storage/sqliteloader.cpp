#include "server/storage/sqliteloader.h"

#include "server/data/kinds.h"
#include "server/storage/sqlitefile.h"
#include "TwilioSync/protocol/json.h"

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
    Loader(SqliteConnection &connection, const QString &file) : m_connection(connection), m_file(file) { }

    SyncResult<LoadedObjects> load();

private:
    using ReadRow = bool (Loader::*)(const QSqlQuery &row);

    SyncResult<Nothing> readTable(const QString &sql, ReadRow read, const QString &table);
    bool readObject(const QSqlQuery &row);
    bool readItem(const QSqlQuery &row);
    bool readEvent(const QSqlQuery &row);
    [[nodiscard]] SyncObject *owner(const QSqlQuery &row) const;
    [[nodiscard]] bool logsAreComplete() const;
    QString shared(const QString &text) { return *m_strings.insert(text); }

    SqliteConnection &m_connection;
    const QString m_file;
    LoadedObjects m_objects;
    std::unordered_map<qint64, SyncObject *> m_bySerial;
    QSet<QString> m_strings; // few identities make many items
};

SyncResult<LoadedObjects> Loader::load()
{
    const struct
    {
        QString sql;
        ReadRow read;
        QString table;
    } tables[] = {
        { u"SELECT serial, kind, sid, service, unique_name, creator, created, updated, expires, "
          u"last_event_id, "
          "data, context_event_id, next_index FROM objects ORDER BY serial"_s,
          &Loader::readObject, u"objects"_s },
        { u"SELECT object, item_index, item_key, data, creator, created, updated, expires, last_event_id "
          "FROM items ORDER BY object, item_index, item_key"_s,
          &Loader::readItem, u"items"_s },
        { u"SELECT object, id, change, time, expires, item_index, item_key, data FROM events "
          "ORDER BY object, id"_s,
          &Loader::readEvent, u"events"_s },
    };
    for (const auto &[sql, read, table] : tables) {
        if (auto result = readTable(sql, read, table); errorOf(result))
            return *errorOf(result);
    }
    if (!logsAreComplete())
        return damagedError(m_file, u"gap in an event log"_s);
    return std::move(m_objects);
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
    m_bySerial[object->serial] = object.get();
    m_objects.push_back(std::move(object));
    return true;
}

SyncObject *Loader::owner(const QSqlQuery &row) const
{
    const auto it = m_bySerial.find(row.value(0).toLongLong());
    return it != m_bySerial.end() && hasItems(it->second->kind) ? it->second : nullptr;
}

bool Loader::readItem(const QSqlQuery &row)
{
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
    if (!isJsonObject(record.data) || (!object->log.empty() && record.id != object->log.back().id + 1))
        return false;
    // The newest event of an item has the item's value: hold it once.
    const auto item = object->items.find(record.item);
    if (item != object->items.end() && item->second.lastEventId == record.id
        && item->second.data == record.data) {
        record.data = item->second.data;
        record.item = item->first;
    }
    object->log.push_back(std::move(record));
    return true;
}

bool Loader::logsAreComplete() const
{
    return std::all_of(m_objects.begin(), m_objects.end(), [](const auto &object) {
        return object->log.empty() ? !hasItems(object->kind) || object->lastEventId == -1
                                   : object->log.back().id == object->lastEventId;
    });
}

} // namespace

SyncResult<LoadedObjects> loadObjects(SqliteConnection &connection, const QString &file)
{
    return Loader(connection, file).load();
}

} // namespace Twilio::Server
