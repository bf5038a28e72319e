#include "ourwriter.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr int mostUnderWay = 8;
constexpr int pauseMs = 100;
// The more there is, the longer each check of a model takes.
constexpr qsizetype mostItems = 15;

End endOf(const SyncError &error) { return error.isOutcomeUnknown() ? End::Unknown : End::Refused; }

QString textOf(const SyncError &error)
{
    return u"%1 (%2, %3)"_s.arg(error.message()).arg(error.status()).arg(error.code());
}

SyncValue counted(const SyncValue &value, const QString &id)
{
    QVariantMap map = value.toVariantMap();
    map[u"count"_s] = map.value(u"count"_s).toInt() + 1;
    map[u"id"_s] = id;
    return map;
}

} // namespace

OurWriter::OurWriter(int number, OurClient &client, Ledger &ledger, std::uint64_t seed,
                     std::function<qint64()> now)
    : m_number(number)
    , m_client(client)
    , m_ledger(ledger)
    , m_random(seed)
    , m_now(std::move(now))
{
    m_timer.setInterval(pauseMs);
    connect(&m_timer, &QTimer::timeout, this, &OurWriter::write);
}

QString OurWriter::nextId() { return u"w%1-%2"_s.arg(m_number).arg(++m_serial); }

int OurWriter::begin(Deed deed, Target target, const QString &key, const QString &id)
{
    ++m_underWay;
    return m_ledger.add({ .writer = m_number,
                          .deed = deed,
                          .target = target,
                          .key = key,
                          .id = id,
                          .startedAt = m_now() });
}

void OurWriter::end(int place, End end, const QString &error)
{
    --m_underWay;
    Call &call = m_ledger.at(place);
    call.end = end;
    call.endedAt = m_now();
    call.error = error;
}

template <typename T, typename Then>
void OurWriter::await(int place, const QFuture<T> &future, Then then)
{
    QFuture<T>(future)
            .then(this,
                  [this, place, then](const T &value) {
                      end(place, End::Acknowledged);
                      then(value);
                  })
            .onFailed(this, [this, place](const SyncException &exception) {
                end(place, endOf(exception.error()), textOf(exception.error()));
            });
}

void OurWriter::await(int place, const QFuture<void> &future)
{
    QFuture<void>(future)
            .then(this, [this, place] { end(place, End::Acknowledged); })
            .onFailed(this, [this, place](const SyncException &exception) {
                end(place, endOf(exception.error()), textOf(exception.error()));
            });
}

void OurWriter::write()
{
    if (m_underWay >= mostUnderWay)
        return;
    const int what = m_random.below(100);
    if (what < 30)
        m_items.size() < mostItems ? push() : remove(Target::List);
    else if (what < 40)
        m_items.isEmpty() ? push() : remove(Target::List);
    else if (what < 55)
        count(Target::List);
    else if (what < 70)
        count(Target::Map);
    else if (what < 76)
        count(Target::Document);
    else if (what < 80)
        note();
    else if (what < 86)
        put();
    else if (what < 94)
        m_entries.size() < mostItems ? insert() : remove(Target::Map);
    else
        publish();
}

void OurWriter::push()
{
    const QString id = nextId();
    const int place = begin(Deed::Push, Target::List, {}, id);
    await(place, m_client.list().push({ { u"id"_s, id } }), [this, id](const SyncListItem &item) {
        m_items.append({ QString::number(item.index()), id });
    });
}

void OurWriter::insert()
{
    const QString id = nextId();
    const int place = begin(Deed::Put, Target::Map, id, id);
    await(place, m_client.map().set(id, { { u"id"_s, id } }), [this, id](const SyncMapItem &) {
        m_entries.append({ id, id });
    });
}

void OurWriter::put()
{
    constexpr int keys = 6;
    const QString id = nextId();
    const QString key = u"shared%1"_s.arg(m_random.below(keys));
    const int place = begin(Deed::Put, Target::Map, key, id);
    await(place, m_client.map().set(key, { { u"id"_s, id } }), [](const SyncMapItem &) {});
}

void OurWriter::remove(Target target)
{
    auto &own = target == Target::List ? m_items : m_entries;
    const auto [key, id] = own.takeAt(m_random.below(int(own.size())));
    const int place = begin(Deed::Remove, target, key, id);
    await(place,
          target == Target::List ? m_client.list().remove(key.toLongLong()) : m_client.map().remove(key));
}

void OurWriter::count(Target target)
{
    constexpr int counters = 3;
    const QString id = nextId();
    const int number = m_random.below(counters);
    const auto add = [id](const SyncValue &value) { return counted(value, id); };
    if (target == Target::Document) {
        const int place = begin(Deed::Count, target, {}, id);
        await(place, m_client.document().mutate(add), [](const QVariantMap &) {});
    } else if (target == Target::List) {
        const int place = begin(Deed::Count, target, QString::number(number), id);
        await(place, m_client.list().mutate(number, add), [](const SyncListItem &) {});
    } else {
        const QString key = u"counter%1"_s.arg(number);
        const int place = begin(Deed::Count, target, key, id);
        await(place, m_client.map().mutate(key, add), [](const SyncMapItem &) {});
    }
}

void OurWriter::note()
{
    const QString id = nextId();
    const QString member = u"w%1"_s.arg(m_number);
    const int place = begin(Deed::Note, Target::Document, member, id);
    await(place, m_client.document().update({ { member, m_serial }, { u"id"_s, id } }),
          [](const QVariantMap &) {});
}

void OurWriter::publish()
{
    const QString id = nextId();
    const int place = begin(Deed::Publish, Target::Stream, {}, id);
    await(place, m_client.stream().publishMessage({ { u"id"_s, id } }), [](const SyncStreamMessage &) {});
}
