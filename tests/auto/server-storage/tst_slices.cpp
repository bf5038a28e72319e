#include "datafixture.h"
#include "server/data/objectstore.h"
#include "server/storage/sqlitestorage.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

namespace {

// As much longer as the tests' time limits are for sanitizers (TwilioSyncTargets.cmake).
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr qint64 slowness = 3;
#else
constexpr qint64 slowness = 1;
#endif

} // namespace

// What takes long holds neither the event loop nor the commits of others. The right figure is 50 ms; a busy
// machine is allowed more now and then, but not what doing it all in one turn takes: seconds.
class tst_Slices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void deletingALongListHoldsNobody();
    void expiryOfAllItemsHoldsNobody();
    void commitsDoNotHoldTheEventLoop();

private:
    // Writes small documents, one after another, until \a isDone and for half a second at least.
    void writeMeanwhile(const std::function<bool()> &isDone);
    QByteArray seed(int count, const QByteArray &body);
    void judge();

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<DataFixture> m_server;
    QList<qint64> m_roundTrips; // ms from a write to its being durable
    QList<qint64> m_holds; // ms between two turns of the event loop
};

void tst_Slices::init()
{
    m_server.reset();
    m_dir = std::make_unique<QTemporaryDir>();
    auto storage = SqliteStorage::open(m_dir->filePath(u"data.sqlite"_s));
    QVERIFY(!Twilio::errorOf(storage));
    m_server = std::make_unique<DataFixture>();
    m_server->data->setStorage(std::get<0>(std::move(storage)));
    m_roundTrips.clear();
    m_holds.clear();
}

QByteArray tst_Slices::seed(int count, const QByteArray &body)
{
    const QByteArray list = m_server->create("Lists");
    for (int i = 0; i < count; ++i)
        m_server->call("POST", list + "/Items", body);
    m_server->data->commit();
    [&] { QTRY_VERIFY_WITH_TIMEOUT(m_server->data->isDurable(m_server->data->ticket()), 120'000); }();
    m_server->events.clear();
    return list;
}

void tst_Slices::writeMeanwhile(const std::function<bool()> &isDone)
{
    QElapsedTimer sinceTurn;
    QTimer turns;
    connect(&turns, &QTimer::timeout, this, [&] { m_holds << sinceTurn.restart(); });
    turns.start(0);
    sinceTurn.start();
    const QByteArray document = m_server->create("Documents");
    QElapsedTimer all;
    all.start();
    while (!isDone() || all.elapsed() < 500) {
        QVERIFY(all.elapsed() < 120'000);
        QElapsedTimer trip;
        trip.start();
        QCOMPARE(m_server->call("POST", document, R"({"data":{"n":1}})").status, 200);
        const CommitTicket ticket = m_server->data->ticket();
        while (!m_server->data->isDurable(ticket) && trip.elapsed() < 60'000)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_roundTrips << trip.elapsed();
    }
}

void tst_Slices::judge()
{
    for (QList<qint64> *list : { &m_roundTrips, &m_holds })
        std::sort(list->begin(), list->end());
    QVERIFY(m_roundTrips.size() > 5);
    const auto at = [](const QList<qint64> &sorted, double part) {
        return sorted[qsizetype(part * double(sorted.size() - 1))];
    };
    qInfo("round trips: median %lld, p99 %lld, longest %lld ms; event loop held %lld ms at most",
          at(m_roundTrips, 0.5), at(m_roundTrips, 0.99), m_roundTrips.last(), m_holds.last());
    QVERIFY(at(m_roundTrips, 0.5) < 50 * slowness);
    QVERIFY(m_roundTrips.last() < 500 * slowness);
    QVERIFY(at(m_holds, 0.99) < 50 * slowness);
    QVERIFY(m_holds.last() < 250 * slowness);
}

void tst_Slices::deletingALongListHoldsNobody()
{
    const QByteArray list = seed(200'000, R"({"data":{"text":"an item"},"ttl":3600})");
    m_server->call("DELETE", list);
    writeMeanwhile([this] { return !m_server->data->store().hasRemoved(); });
    QCOMPARE(m_server->events.first().event.type, QByteArray("list_removed"));
    QCOMPARE(m_server->data->itemCount(), 0);
    judge();
}

void tst_Slices::expiryOfAllItemsHoldsNobody()
{
    constexpr int count = 20'000;
    const QByteArray list = seed(count, R"({"data":{"text":"an item"},"ttl":60})");
    m_server->now += 61'000;
    // Any item is gone for whoever asks, long before its turn.
    QCOMPARE(m_server->call("GET", list + "/Items/" + QByteArray::number(count - 1)).status, 404);
    QVERIFY(m_server->data->itemCount() > 0);
    writeMeanwhile([this] { return m_server->data->itemCount() == 0; });
    const auto types = m_server->eventTypes();
    QCOMPARE(types.count("list_item_removed"), qsizetype(count));
    judge();
}

void tst_Slices::commitsDoNotHoldTheEventLoop()
{
    // Each turn a transaction of its own, large ones among them: what fsync takes is not seen here.
    const QByteArray map = m_server->create("Maps");
    const QByteArray body = R"({"data":{"a":")" + QByteArray(8000, 'x') + R"("}})";
    int round = 0;
    QTimer writes;
    connect(&writes, &QTimer::timeout, this, [&] {
        for (int i = 0; i < 20; ++i)
            m_server->call("PUT", map + "/Items/" + QByteArray::number(i), body);
        ++round;
    });
    writes.start(1);
    writeMeanwhile([&] { return round > 50; });
    judge();
}

QTEST_GUILESS_MAIN(tst_Slices)
#include "tst_slices.moc"
