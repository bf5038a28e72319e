#include "writer.h"

#include <TwilioSync/SyncException>

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

// In step with mixed.mjs.
constexpr quint32 listCounters = 2; // items 0 and 1
constexpr quint32 listNotes = 4; // the next ones
constexpr quint32 pushedKept = 30;
constexpr quint32 mapCounters = 2; // c0 and c1
constexpr quint32 mapNotes = 16; // k0-k15, which come and go

const QString us = u"qt"_s;
const QString them = u"sdk"_s;

SyncValue oneMore(const SyncValue &current)
{
    QVariantMap value = current;
    value[u"n"_s] = value.value(u"n"_s).toInt() + 1;
    return value;
}

QString lastWord(const QString &who) { return u"done-"_s + who; }

QJsonValue parsed(const QByteArray &json) { return QJsonDocument::fromJson(json).object(); }

QJsonArray rowsOf(const SyncCollection &model)
{
    QJsonArray rows;
    for (int row = 0; row < model.rowCount(); ++row) {
        const QModelIndex index = model.index(row);
        rows.append(QJsonArray { QJsonValue::fromVariant(model.data(index, SyncCollection::ItemKeyRole)),
                                 QJsonValue::fromVariant(model.data(index, SyncCollection::ValueRole)) });
    }
    return rows;
}

} // namespace

Writer::Writer(SyncClient *client, const QString &name, quint32 seed) : m_random(seed)
{
    const auto open = [&](auto &object, const QString &kind) {
        using Object = std::remove_reference_t<decltype(object)>;
        connect(&object, &Object::statusChanged, this, &Writer::look);
        connect(&object, &Object::subscriptionStateChanged, this, &Writer::look);
        object.setMode(SyncClient::OpenMode::OpenExisting);
        object.setUniqueName(name + u'-' + kind);
        object.setClient(client);
    };
    const auto openAll = [&](auto &collection, const QString &kind) {
        using Collection = std::remove_reference_t<decltype(collection)>;
        connect(&collection, &Collection::completeChanged, this, &Writer::look);
        connect(&collection, &Collection::itemAdded, this, &Writer::look);
        collection.setLoadAll(true);
        open(collection, kind);
    };
    open(m_counter, u"counter"_s);
    open(m_notes, u"notes"_s);
    connect(&m_counter, &SyncDocument::updated, this, &Writer::look);
    connect(&m_notes, &SyncDocument::updated, this, &Writer::look);
    openAll(m_list, u"list"_s);
    openAll(m_map, u"map"_s);
}

void Writer::look()
{
    if (!m_isReady) {
        for (const SyncHandle *handle :
             std::initializer_list<const SyncHandle *> { &m_counter, &m_notes, &m_list, &m_map }) {
            if (handle->status() != Sync::Status::Ready
                || handle->subscriptionState() != Sync::SubscriptionState::Established)
                return;
        }
        if (!m_list.isComplete() || !m_map.isComplete())
            return;
        m_isReady = true;
        Q_EMIT ready();
        return;
    }
    if (m_underWay > 0 || m_stage == Stage::Writing)
        return;
    // Only when nobody writes any more does a last word in a document stay.
    if (m_stage == Stage::Done && isInList(us) && isInList(them))
        confirm();
    else if (m_stage == Stage::Confirmed && isConfirmed(us) && isConfirmed(them))
        Q_EMIT converged();
}

bool Writer::isInList(const QString &who) const
{
    for (int row = m_list.count() - 1; row >= 0; --row) {
        if (m_list.valueAt(row).toMap().value(u"done"_s) == who)
            return true;
    }
    return false;
}

bool Writer::isConfirmed(const QString &who) const
{
    return m_counter.value().contains(lastWord(who)) && m_notes.value().contains(lastWord(who))
            && m_map.rowOf(lastWord(who)) >= 0;
}

void Writer::start(int operations, int atOnce)
{
    m_left = operations;
    while (m_left > 0 && m_underWay < atOnce)
        next();
}

void Writer::next()
{
    --m_left;
    ++m_serial;
    const quint32 kind = random(100);
    if (kind < 12)
        writeToDocuments(kind);
    else if (kind < 55)
        writeToList(kind - 12);
    else
        writeToMap(kind - 55);
}

void Writer::writeToDocuments(quint32 kind)
{
    if (kind < 5)
        follow(m_counter.mutate(&oneMore), "document mutate", Kind::Mutation);
    else if (kind < 7)
        follow(m_counter.update({ { us + u"-note"_s, m_serial } }), "document update");
    else if (kind < 10)
        follow(m_notes.set({ { u"by"_s, us }, { u"at"_s, m_serial } }), "document set");
    else
        follow(m_notes.update({ { us, m_serial } }), "document update");
}

void Writer::writeToList(quint32 kind)
{
    const qint64 counter = random(listCounters);
    const qint64 note = listCounters + random(listNotes);
    if (kind < 11) {
        follow(m_list.mutate(counter, &oneMore), "list mutate", Kind::Mutation);
    } else if (kind < 15) {
        follow(m_list.update(counter, { { us, m_serial } }), "list update");
    } else if (kind < 22) {
        follow(m_list.set(note, { { u"by"_s, us }, { u"at"_s, m_serial } }), "list set");
    } else if (kind < 27) {
        follow(m_list.update(note, { { us, m_serial } }), "list update");
    } else {
        const int row =
                int(listCounters + listNotes) + int(random(2 * pushedKept)); // in balance at that many
        if (row >= m_list.count() || m_list.valueAt(row).toMap().contains(u"done"_s))
            follow(m_list.push({ { u"by"_s, us }, { u"at"_s, m_serial } }), "list push");
        else
            follow(m_list.remove(m_list.data(m_list.index(row), SyncList::ItemIndexRole).toLongLong()),
                   "list remove");
    }
}

void Writer::writeToMap(quint32 kind)
{
    const QString counter = u"c%1"_s.arg(random(mapCounters));
    const QString note = u"k%1"_s.arg(random(mapNotes));
    if (kind < 12)
        follow(m_map.mutate(counter, &oneMore), "map mutate", Kind::Mutation);
    else if (kind < 16)
        follow(m_map.update(counter, { { us, m_serial } }), "map update");
    else if (kind < 28)
        follow(m_map.set(note, { { u"by"_s, us }, { u"at"_s, m_serial } }), "map set");
    else if (kind < 36)
        follow(m_map.update(note, { { us, m_serial } }), "map update");
    else
        follow(m_map.remove(note), "map remove");
}

void Writer::finish()
{
    m_stage = Stage::Done;
    follow(m_list.push({ { u"done"_s, us } }), "list push");
}

void Writer::confirm()
{
    m_stage = Stage::Confirmed;
    follow(m_counter.update({ { lastWord(us), true } }), "document update");
    follow(m_notes.update({ { lastWord(us), true } }), "document update");
    follow(m_map.set(lastWord(us), { { u"done"_s, us } }), "map set");
}

template <typename T>
void Writer::follow(const QFuture<T> &call, const char *what, Kind kind)
{
    ++m_underWay;
    QFuture<T>(call).then(this, [this, what, kind](QFuture<T> ended) {
        --m_underWay;
        try {
            ended.waitForFinished();
            if (kind == Kind::Mutation)
                ++m_mutated;
        } catch (const SyncException &exception) {
            const int code = exception.error().code();
            // The item was gone, or was about to go when this came to its turn.
            const bool isSuperseded = exception.error().message().startsWith(u"superseded"_s);
            if (code == 54151 || code == 54201 || isSuperseded)
                ++m_missed;
            else
                m_failures << QString::fromLatin1(what) + u": "_s + exception.error().message();
        }
        if (m_left > 0)
            next();
        else if (m_underWay == 0 && m_stage == Stage::Writing)
            finish();
        else
            look();
    });
}

QJsonObject Writer::report() const
{
    return { { u"counter"_s, parsed(m_counter.json()) },
             { u"notes"_s, parsed(m_notes.json()) },
             { u"list"_s, rowsOf(m_list) },
             { u"map"_s, rowsOf(m_map) },
             { u"mutated"_s, m_mutated },
             { u"missed"_s, m_missed },
             { u"failures"_s, QJsonArray::fromStringList(m_failures) } };
}
