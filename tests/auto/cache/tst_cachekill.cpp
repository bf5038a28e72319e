#include "cachefixture.h"

#include <QtCore/qprocess.h>
#include <QtCore/qrandom.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlerror.h>
#include <QtSql/qsqlquery.h>

#include <map>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

int numberFrom(const char *variable, int otherwise)
{
    return qEnvironmentVariableIsSet(variable) ? qEnvironmentVariableIntValue(variable) : otherwise;
}

} // namespace

// A client that is killed while it keeps what it sees, again and again: the file is whole, holds a state that
// the list has had, with the cursor that belongs to it, and the next one goes on from there.
// TWILIO_SYNC_ROUNDS: how often, 25 if not given; TWILIO_SYNC_SEED: when.
class tst_CacheKill : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void everyRoundLeavesAStateThatHasBeen();
    void everyWriteThatWasKeptIsDoneOnce();

private:
    struct Change
    {
        qint64 index = 0;
        //! None = it is removed.
        std::optional<int> value;
    };
    using Items = std::map<qint64, int>;

    //! Somebody else changes the list, noting what each event does.
    void change(SyncList &list);
    [[nodiscard]] Items stateAfter(qint64 event) const;
    void check(const QString &file, int *rows);

    QRandomGenerator m_random;
    //! By event id.
    std::map<qint64, Change> m_history;
    Items m_now;
    qint64 m_lastEvent = -1;
    int m_value = 0;
};

void tst_CacheKill::change(SyncList &list)
{
    const int what = m_random.bounded(10);
    const qint64 first = m_now.empty() ? -1 : m_now.begin()->first;
    Change change;
    if (what < 6 || first < 0) {
        change.value = ++m_value;
        change.index = valueOfCall(list.push(number(*change.value))).index();
    } else if (what < 9) {
        change.value = ++m_value;
        change.index = std::next(m_now.begin(), m_random.bounded(int(m_now.size())))->first;
        valueOfCall(list.set(change.index, number(*change.value)));
    } else {
        change.index = first;
        QVERIFY(errorOfCall(list.remove(first)).isNull());
    }
    m_history[++m_lastEvent] = change;
    if (change.value)
        m_now[change.index] = *change.value;
    else
        m_now.erase(change.index);
}

tst_CacheKill::Items tst_CacheKill::stateAfter(qint64 event) const
{
    Items items;
    for (const auto &[id, change] : m_history) {
        if (id > event)
            break;
        if (change.value)
            items[change.index] = *change.value;
        else
            items.erase(change.index);
    }
    return items;
}

void tst_CacheKill::check(const QString &file, int *rows)
{
    const QString name = u"check"_s;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        database.setDatabaseName(file);
        QVERIFY2(database.open(), qPrintable(database.lastError().text()));
        QSqlQuery query(database);
        QVERIFY(query.exec(u"PRAGMA integrity_check"_s) && query.next());
        QCOMPARE(query.value(0).toString(), u"ok"_s);
        QVERIFY(query.exec(u"SELECT id, last_event_id FROM objects"_s));
        if (query.next()) {
            const int object = query.value(0).toInt();
            const qint64 cursor = query.value(1).toLongLong();
            QVERIFY(query.exec(
                    u"SELECT item_index, last_event_id, data FROM items WHERE object = %1"_s.arg(object)));
            Items kept;
            while (query.next()) {
                QVERIFY(query.value(1).toLongLong() <= cursor); // nothing came in another order
                kept[query.value(0).toLongLong()] = int(SyncValue::fromJson(query.value(2).toByteArray())
                                                                .toVariantMap()
                                                                .value(u"n"_s)
                                                                .toInt());
            }
            if (!kept.empty())
                QCOMPARE(kept, stateAfter(cursor));
            *rows = int(kept.size());
        }
    }
    QSqlDatabase::removeDatabase(name);
}

void tst_CacheKill::everyRoundLeavesAStateThatHasBeen()
{
    const int rounds = numberFrom("TWILIO_SYNC_ROUNDS", 25);
    const int seed = numberFrom("TWILIO_SYNC_SEED", QRandomGenerator::global()->bounded(1'000'000));
    qInfo("%d rounds, seed %d", rounds, seed);
    m_random.seed(quint32(seed));
    SyncList *const list = valueOfCall(m_bob->list(m_name));
    QVERIFY(list);
    m_bob->setPaceWrites(false);
    int rows = 0;
    int withRows = 0;
    for (int round = 0; round < rounds; ++round) {
        QProcess client;
        client.setProgram(QStringLiteral(FOLLOWING_CLIENT));
        client.setArguments({ m_server.url().toString(), m_server.token(u"alice"_s), m_dir->path(), m_name });
        QByteArray said;
        connect(&client, &QProcess::readyReadStandardOutput, &client,
                [&] { said += client.readAllStandardOutput(); });
        client.start();
        // Some are killed before they are up to date.
        const bool waits = m_random.bounded(4) > 0;
        if (waits)
            waitFor([&] { return said.contains("ready"); });
        for (int i = m_random.bounded(60); i > 0; --i)
            change(*list);
        client.kill();
        QVERIFY(client.waitForFinished());
        QVERIFY2(!said.contains("cache error"), said.constData());
        if (file().isEmpty())
            continue; // it had not even begun
        check(file(), &rows);
        withRows += rows > 0 ? 1 : 0;
    }
    QVERIFY(withRows > rounds / 4);
    const auto last = cachedClient();
    const auto shown = handle<SyncList>(*last);
    shown->setLoadAll(true);
    QTRY_VERIFY(isEstablished(*shown));
    QList<int> expected;
    for (const auto &[index, value] : m_now)
        expected << value;
    QTRY_COMPARE(numbers(*shown), expected);
    qInfo("%d rounds: 0 damaged files, every one a state that has been; %lld items at the end", rounds,
          qint64(expected.size()));
}

// The list is taken away now and then while clients write, so that what they write waits.
void tst_CacheKill::everyWriteThatWasKeptIsDoneOnce()
{
    if (!m_server.isEmbedded())
        QSKIP("needs a server of this process");
    const int rounds = numberFrom("TWILIO_SYNC_ROUNDS", 25);
    const int seed = numberFrom("TWILIO_SYNC_SEED", QRandomGenerator::global()->bounded(1'000'000));
    qInfo("%d rounds, seed %d", rounds, seed);
    m_random.seed(quint32(seed));
    QVERIFY(valueOfCall(m_bob->list(m_name)));
    const QString url = m_server.url().toString();
    constexpr int numbersEach = 100'000;
    QSet<int> promised;
    QSet<int> reported;
    for (int round = 0; round < rounds; ++round) {
        QProcess client;
        client.setProgram(QStringLiteral(WRITING_CLIENT));
        client.setArguments({ url, m_server.token(u"alice"_s), m_dir->path(), m_name,
                              QString::number((round + 1) * numbersEach) });
        QByteArray said;
        connect(&client, &QProcess::readyReadStandardOutput, &client,
                [&] { said += client.readAllStandardOutput(); });
        client.start();
        const qsizetype enough = m_random.bounded(12);
        waitFor([&] { return said.count("kept") >= enough; });
        const bool isAway = m_random.bounded(3) == 0;
        if (isAway) {
            m_server.stop();
            waitFor([&] { return said.count("kept") >= enough + m_random.bounded(8); });
        }
        client.kill();
        QVERIFY(client.waitForFinished());
        said += client.readAllStandardOutput();
        if (isAway)
            QVERIFY(m_server.start());
        for (const QByteArray &line : said.split('\n')) {
            const QList<QByteArray> words = line.split(' ');
            if (words.size() == 2)
                (words[0] == "failed" ? reported : promised).insert(words[1].toInt());
        }
    }
    const auto last = cachedClient(false);
    last->setPersistentWrites(true);
    connect(last.get(), &SyncClient::writeFailed, this,
            [&](const SyncWrite &write) { reported.insert(numberOf(write.value())); });
    last->goOnline();
    QTRY_COMPARE_WITH_TIMEOUT(last->connectionState(), SyncClient::ConnectionState::Connected, 30'000);
    const auto list = handle<SyncList>(*last);
    list->setLoadAll(true);
    QTRY_VERIFY_WITH_TIMEOUT(isEstablished(*list) && list->isComplete(), 30'000);
    QTRY_COMPARE_WITH_TIMEOUT(last->pendingWrites(), 0, 60'000);
    QHash<int, int> times;
    for (const int number : numbers(*list))
        ++times[number];
    int missing = 0;
    int twice = 0;
    for (auto it = times.cbegin(); it != times.cend(); ++it)
        twice += *it > 1 ? 1 : 0;
    for (const int number : std::as_const(promised))
        missing += times.contains(number) || reported.contains(number) ? 0 : 1;
    qInfo("%d rounds: %lld writes kept, %lld done, %d lost, %d twice, %lld of unknown outcome and told so",
          rounds, qint64(promised.size()), qint64(times.size()), missing, twice, qint64(reported.size()));
    QCOMPARE(missing, 0);
    QCOMPARE(twice, 0);
    QVERIFY(promised.size() > rounds / 2);
}

QTEST_GUILESS_MAIN(tst_CacheKill)
#include "tst_cachekill.moc"
