#include "chaos/ledger.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(QList<Call>)
Q_DECLARE_METATYPE(ServiceState)
Q_DECLARE_METATYPE(Heard)

// A judge that finds nothing wrong is worth something only if it finds what is.
class tst_ChaosLedger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsWhatIsWrong_data();
    void findsWhatIsWrong();
};

namespace {

QJsonObject value(const QString &id) { return { { u"id"_s, id } }; }

ServiceState stateWithList(const QMap<QString, QString> &ids)
{
    ServiceState state;
    for (auto it = ids.cbegin(); it != ids.cend(); ++it)
        state.list.insert(it.key(), { u"1"_s, value(it.value()) });
    return state;
}

ServiceState stateWithCounter(int count)
{
    ServiceState state;
    state.map.insert(u"counter"_s, { u"1"_s, { { u"count"_s, count } } });
    return state;
}

// Each an event of its own, in order; an empty id is a removal.
Heard heard(Target target, const QList<std::pair<QString, QString>> &changes)
{
    Heard all;
    qint64 eventId = 0;
    for (const auto &[key, id] : changes) {
        all.changes[target].insert(eventId, { eventId, key, id.isEmpty() ? QJsonObject() : value(id), {} });
        ++eventId;
    }
    return all;
}

Call call(Deed deed, Target target, const QString &key, const QString &id, End end)
{
    return { .deed = deed, .target = target, .key = key, .id = id, .end = end };
}

} // namespace

void tst_ChaosLedger::findsWhatIsWrong_data()
{
    QTest::addColumn<QList<Call>>("calls");
    QTest::addColumn<ServiceState>("state");
    QTest::addColumn<Heard>("heardOf");
    QTest::addColumn<QString>("wrong");

    const auto push = [](End end) { return call(Deed::Push, Target::List, {}, u"a"_s, end); };
    const ServiceState once = stateWithList({ { u"0"_s, u"a"_s } });
    const Heard onceHeard = heard(Target::List, { { u"0"_s, u"a"_s } });
    QTest::newRow("pushed") << QList { push(End::Acknowledged) } << once << onceHeard << QString();
    QTest::newRow("pushed, perhaps") << QList { push(End::Unknown) } << once << onceHeard << QString();
    QTest::newRow("pushed, perhaps not")
            << QList { push(End::Unknown) } << ServiceState() << Heard() << QString();
    QTest::newRow("refused") << QList { push(End::Refused) } << ServiceState() << Heard() << QString();
    QTest::newRow("refused, but there")
            << QList { push(End::Refused) } << once << onceHeard << u"appliedThough"_s;
    QTest::newRow("never there") << QList { push(End::Acknowledged) } << ServiceState() << Heard()
                                 << u"lost"_s;
    QTest::newRow("gone by itself") << QList { push(End::Acknowledged) } << ServiceState() << onceHeard
                                    << u"lost"_s;
    QTest::newRow("twice") << QList { push(End::Acknowledged) }
                           << stateWithList({ { u"0"_s, u"a"_s }, { u"1"_s, u"a"_s } })
                           << heard(Target::List, { { u"0"_s, u"a"_s }, { u"1"_s, u"a"_s } }) << u"twice"_s;
    QTest::newRow("no answer, twice")
            << QList { push(End::Unknown) } << stateWithList({ { u"0"_s, u"a"_s }, { u"1"_s, u"a"_s } })
            << heard(Target::List, { { u"0"_s, u"a"_s }, { u"1"_s, u"a"_s } }) << u"twice"_s;
    QTest::newRow("open") << QList { push(End::Open) } << once << onceHeard << u"open"_s;

    const Call removal = call(Deed::Remove, Target::List, u"0"_s, u"a"_s, End::Acknowledged);
    QTest::newRow("removed") << QList { push(End::Acknowledged), removal } << ServiceState()
                             << heard(Target::List, { { u"0"_s, u"a"_s }, { u"0"_s, {} } }) << QString();
    QTest::newRow("not removed") << QList { push(End::Acknowledged), removal } << once << onceHeard
                                 << u"lost"_s;

    const auto put = [](const QString &id, End end) { return call(Deed::Put, Target::Map, u"k"_s, id, end); };
    QTest::newRow("put") << QList { put(u"a"_s, End::Acknowledged) } << ServiceState()
                         << heard(Target::Map, { { u"k"_s, u"a"_s }, { u"k"_s, u"b"_s } }) << QString();
    QTest::newRow("put again where it is")
            << QList { put(u"a"_s, End::Acknowledged) } << ServiceState()
            << heard(Target::Map, { { u"k"_s, u"a"_s }, { u"k"_s, u"a"_s } }) << QString();
    QTest::newRow("put over another")
            << QList { put(u"a"_s, End::Acknowledged) } << ServiceState()
            << heard(Target::Map, { { u"k"_s, u"a"_s }, { u"k"_s, u"b"_s }, { u"k"_s, u"a"_s } })
            << u"twice"_s;
    QTest::newRow("put, never seen") << QList { put(u"a"_s, End::Acknowledged) } << ServiceState() << Heard()
                                     << u"lost"_s;
    Call later = put(u"b"_s, End::Acknowledged);
    later.startedAt = 1;
    QTest::newRow("put, merged into a later one")
            << QList { put(u"a"_s, End::Acknowledged), later } << ServiceState()
            << heard(Target::Map, { { u"k"_s, u"b"_s } }) << QString();

    const auto count = [](End end) { return call(Deed::Count, Target::Map, u"counter"_s, u"a"_s, end); };
    const QList counts { count(End::Acknowledged), count(End::Acknowledged), count(End::Unknown),
                         count(End::Refused) };
    QTest::newRow("count 1") << counts << stateWithCounter(1) << Heard() << u"lost"_s;
    QTest::newRow("count 2") << counts << stateWithCounter(2) << Heard() << QString();
    QTest::newRow("count 3") << counts << stateWithCounter(3) << Heard() << QString();
    QTest::newRow("count 4") << counts << stateWithCounter(4) << Heard() << u"twice"_s;

    ServiceState noted;
    noted.document.value = { { u"w0"_s, 7 } };
    QTest::newRow("noted") << QList { call(Deed::Note, Target::Document, u"w0"_s, u"w0-7"_s,
                                           End::Acknowledged) }
                           << noted << Heard() << QString();
    QTest::newRow("note lost") << QList { call(Deed::Note, Target::Document, u"w0"_s, u"w0-8"_s,
                                               End::Acknowledged) }
                               << noted << Heard() << u"lost"_s;

    Call message = call(Deed::Publish, Target::Stream, {}, u"a"_s, End::Acknowledged);
    message.startedAt = 5'000;
    message.endedAt = 6'000;
    const auto messages = [](const QSet<QString> &sids, qint64 until) {
        Heard all;
        if (!sids.isEmpty())
            all.messages.insert(u"a"_s, sids);
        all.listening.append({ 0, until });
        return all;
    };
    QTest::newRow("published") << QList { message } << ServiceState() << messages({ u"TZ1"_s }, 9'000)
                               << QString();
    QTest::newRow("published twice") << QList { message } << ServiceState()
                                     << messages({ u"TZ1"_s, u"TZ2"_s }, 9'000) << u"twice"_s;
    QTest::newRow("not heard") << QList { message } << ServiceState() << messages({}, 9'000) << u"lost"_s;
    QTest::newRow("nobody listened") << QList { message } << ServiceState() << messages({}, 6'100)
                                     << QString();
}

void tst_ChaosLedger::findsWhatIsWrong()
{
    QFETCH(QList<Call>, calls);
    QFETCH(ServiceState, state);
    QFETCH(Heard, heardOf);
    QFETCH(QString, wrong);
    Ledger ledger;
    for (const Call &each : std::as_const(calls))
        ledger.add(each);
    Figures figures;
    ledger.judge(state, heardOf, figures);
    const QMap<QString, int> found { { u"lost"_s, figures.lost },
                                     { u"twice"_s, figures.twice },
                                     { u"appliedThough"_s, figures.appliedThough },
                                     { u"open"_s, figures.open } };
    QCOMPARE(figures.isClean(), wrong.isEmpty());
    for (auto it = found.cbegin(); it != found.cend(); ++it)
        QCOMPARE(it.value() > 0, it.key() == wrong);
}

QTEST_GUILESS_MAIN(tst_ChaosLedger)
#include "tst_chaosledger.moc"
