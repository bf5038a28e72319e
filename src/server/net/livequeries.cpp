#include "server/net/livequeries.h"

#include "server/dialects/v3/queries.h"
#include "server/net/eventwriter.h"
#include "server/net/hub.h"
#include "server/net/session.h"
#include "server/operations/errors.h"

namespace Twilio::Server {

SyncResult<LiveQueries::Established> LiveQueries::follow(Session *session, const SubscriptionEntry &entry,
                                                         EventForm form)
{
    auto found = m_hub.insights().find(session->caller(), entry.indexName, entry.expression);
    leave(session, entry.objectSid); // whether or not it may go on
    if (const SyncError *error = errorOf(found))
        return *error;
    if (m_places.value(session).size() >= maxQueries)
        return Errors::rateLimited();
    auto &result = std::get<QueryResult>(found);
    Established established;
    established.lastEventId = result.map->lastEventId;
    const bool isAnother = entry.objectSid != result.id;
    // What it has is of another map, whose revisions say nothing about these: it forgets them first.
    if (isAnother)
        established.events << V3::emptyQueryEvent(entry.objectSid, -1);
    if (isAnother || entry.cursor != established.lastEventId)
        established.events << V3::queryEvent(entry.objectSid, result);

    QSet<QString> keys;
    for (const auto &it : result.items)
        keys.insert(it->first.key);
    const QByteArray mapSid = result.map->sid;
    const auto place =
            m_followed[mapSid]
                    .try_emplace(entry.expression, Followed { std::move(result.query), std::move(keys), {} })
                    .first;
    place->second.readers.append({ session, entry.objectSid, form });
    m_places[session].insert(entry.objectSid, { mapSid, entry.expression });
    return established;
}

bool LiveQueries::leave(Session *session, const QByteArray &id)
{
    const auto places = m_places.find(session);
    if (places == m_places.end() || !places->contains(id))
        return false;
    const Place place = places->take(id);
    if (places->isEmpty())
        m_places.remove(session);
    const auto onMap = m_followed.find(place.mapSid);
    const auto followed = onMap->find(place.expression);
    followed->second.readers.removeIf(
            [&](const Reader &reader) { return reader.session == session && reader.id == id; });
    if (followed->second.readers.isEmpty())
        onMap->erase(followed);
    if (onMap->empty())
        m_followed.remove(place.mapSid);
    return true;
}

QList<std::pair<QByteArray, EventForm>> LiveQueries::revoke(Session *session, const QByteArray &sid)
{
    QList<std::pair<QByteArray, EventForm>> ended;
    const auto places = m_places.value(session); // a copy: they leave
    for (auto place = places.cbegin(); place != places.cend(); ++place) {
        if (sid != place.key() && sid != place->mapSid)
            continue;
        const QList<Reader> readers = m_followed.value(place->mapSid).at(place->expression).readers;
        for (const Reader &reader : readers)
            if (reader.session == session && reader.id == place.key())
                ended.append({ reader.id, reader.form });
        leave(session, place.key());
    }
    return ended;
}

void LiveQueries::drop(Session *session)
{
    const auto ids = m_places.value(session).keys();
    for (const QByteArray &id : ids)
        leave(session, id);
}

void LiveQueries::deliver(const Change &change, EventWriter *writer)
{
    const auto onMap = m_followed.find(change.object.sid);
    if (onMap == m_followed.end())
        return;
    const EventRecord &record = change.record;
    const QString &key = record.item.key;
    // All state first: who reads too slowly drops out while it is told.
    QList<QList<Reader>> updated;
    QList<QList<Reader>> removed;
    for (auto &[expression, followed] : *onMap) {
        const bool isThere = !change.removesObject() && record.type != EventType::ItemRemoved;
        if (isThere && followed.query.matches(key, record.data)) {
            followed.found.insert(key);
            updated << followed.readers;
        } else if (change.removesObject() || followed.found.remove(key)) {
            removed << followed.readers;
        }
    }
    if (change.removesObject()) {
        for (const QList<Reader> &readers : std::as_const(removed))
            for (const Reader &reader : readers)
                leave(reader.session, reader.id);
    }
    for (const QList<Reader> &readers : std::as_const(updated))
        tell(readers, change, true, writer);
    for (const QList<Reader> &readers : std::as_const(removed))
        tell(readers, change, false, writer);
}

void LiveQueries::tell(const QList<Reader> &readers, const Change &change, bool isWanted, EventWriter *writer)
{
    if (writer)
        writer->countDeliveries(readers.size());
    const auto frameFor = [&](const Reader &reader) {
        if (change.removesObject())
            return queryFrame("live_query_updated", V3::emptyQueryEvent(reader.id, change.record.id), {},
                              reader.form);
        return queryFrame(isWanted ? "live_query_item_updated" : "live_query_item_removed",
                          V3::queryItemEvent(reader.id, change.record, isWanted), {}, reader.form);
    };
    // One text for all that know it by one id, which is nearly all.
    std::map<std::pair<QByteArray, EventForm>, QByteArray> frames;
    for (const Reader &reader : readers) {
        QByteArray &frame = frames[{ reader.id, reader.form }];
        if (frame.isEmpty())
            frame = frameFor(reader);
        m_hub.sendEvent(reader.session, frame, writer);
    }
}

void LiveQueries::restrict(const QList<QByteArray> &mapSids)
{
    for (const QByteArray &sid : mapSids) {
        QList<Reader> lost;
        for (const auto &[expression, followed] : m_followed.value(sid))
            for (const Reader &reader : followed.readers)
                if (!m_hub.operations().mayRead(reader.session->caller(), sid))
                    lost << reader;
        for (const Reader &reader : std::as_const(lost))
            leave(reader.session, reader.id);
    }
}

} // namespace Twilio::Server
