#include "datafixture.h"
#include "server/data/objectstore.h"
#include "server/storage/sqlitestorage.h"
#include "shared/longestturn.h"
#include "shared/memoryfolder.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qtimer.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <ctime>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

namespace {

#if defined(__has_feature)
#define IS_SANITIZED (__has_feature(address_sanitizer) || __has_feature(thread_sanitizer))
#elif defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_SANITIZED 1
#else
#define IS_SANITIZED 0
#endif
// As much longer as the tests' time limits are for sanitizers (TwilioSyncTargets.cmake).
constexpr double slowness = IS_SANITIZED ? 3 : 1;
constexpr int longList = IS_SANITIZED ? 20'000 : 200'000;

// Milliseconds that a processor has worked for \a clock.
double workedMs(clockid_t clock)
{
    timespec time {};
    clock_gettime(clock, &time);
    return double(time.tv_sec) * 1e3 + double(time.tv_nsec) / 1e6;
}

double otherThreadsMs() { return workedMs(CLOCK_PROCESS_CPUTIME_ID) - workedMs(CLOCK_THREAD_CPUTIME_ID); }

} // namespace

// What takes long holds neither the event loop nor the commits of others for more than 50 ms. What is judged
// of each turn and each round trip is the work that was done meanwhile, in time of the processor: how long a
// busy machine lets threads wait says nothing about us. Of the clock's time only the median is judged.
class tst_Slices : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void deletingALongListHoldsNobody();
    void expiryOfAllItemsHoldsNobody();
    void commitsDoNotHoldTheEventLoop();

private:
    // Writes small documents, one after another, until \a isDone and for half a second, and some, at least.
    void writeMeanwhile(const std::function<bool()> &isDone);
    QByteArray seed(int count, const QByteArray &body);
    void judge();

    std::unique_ptr<QTemporaryDir> m_dir;
    std::unique_ptr<DataFixture> m_server;
    SqliteStorage *m_storage = nullptr;
    QList<double> m_roundTrips; // ms from a write to its being durable
    QList<double> m_writerWork; // ms of the storage's thread meanwhile
    LongestTurn::Milliseconds m_longestTurn {};
};

void tst_Slices::init()
{
    m_server.reset();
    // Not ours to judge is how fast a disk is, nor the time of the processor that a virtual one takes to
    // write.
    m_dir = std::make_unique<QTemporaryDir>(memoryFolder(u"tst_slices"_s));
    QVERIFY2(m_dir->isValid(), qPrintable(m_dir->errorString()));
    auto storage = SqliteStorage::open(m_dir->filePath(u"data.sqlite"_s));
    QVERIFY(!Twilio::errorOf(storage));
    m_server = std::make_unique<DataFixture>();
    m_storage = static_cast<SqliteStorage *>(std::get<0>(storage).get());
    m_server->data->setStorage(std::get<0>(std::move(storage)));
    m_roundTrips.clear();
    m_writerWork.clear();
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
    LongestTurn turn;
    const QByteArray document = m_server->create("Documents");
    QElapsedTimer all;
    all.start();
    while (!isDone() || all.elapsed() < 500 || m_roundTrips.size() < 10) {
        QVERIFY(all.elapsed() < 120'000);
        const double workBegan = otherThreadsMs();
        QElapsedTimer trip;
        trip.start();
        QCOMPARE(m_server->call("POST", document, R"({"data":{"n":1}})").status, 200);
        const CommitTicket ticket = m_server->data->ticket();
        while (!m_server->data->isDurable(ticket) && trip.elapsed() < 60'000)
            QCoreApplication::processEvents(QEventLoop::WaitForMoreEvents);
        m_roundTrips << double(trip.nsecsElapsed()) / 1e6;
        m_writerWork << otherThreadsMs() - workBegan;
    }
    m_longestTurn = turn.value();
}

void tst_Slices::judge()
{
    for (QList<double> *list : { &m_roundTrips, &m_writerWork })
        std::sort(list->begin(), list->end());
    QVERIFY(m_roundTrips.size() > 5);
    const auto at = [](const QList<double> &sorted, double part) {
        return sorted[qsizetype(part * double(sorted.size() - 1))];
    };
    qInfo("%lld round trips: median %.1f, p99 %.1f, longest %.1f ms; work in one at most %.1f ms, in a turn "
          "of the event loop at most %lld ms",
          qint64(m_roundTrips.size()), at(m_roundTrips, 0.5), at(m_roundTrips, 0.99), m_roundTrips.last(),
          m_writerWork.last(), qint64(m_longestTurn.count()));
    QVERIFY(at(m_roundTrips, 0.5) < 50 * slowness);
    QVERIFY(m_writerWork.last() < 50 * slowness);
    QVERIFY(double(m_longestTurn.count()) < 50 * slowness);
}

void tst_Slices::deletingALongListHoldsNobody()
{
    const QByteArray list = seed(longList, R"({"data":{"text":"an item"},"ttl":3600})");
    m_server->call("DELETE", list);
    writeMeanwhile([this] { return !m_server->data->store().hasRemoved() && !m_storage->isSweeping(); });
    QCOMPARE(m_server->events.first().event.type, QByteArray("list_removed"));
    QCOMPARE(m_server->data->itemCount(), 0);
    judge();
}

void tst_Slices::expiryOfAllItemsHoldsNobody()
{
    constexpr int count = 20'000;
    const QByteArray list = seed(count, R"({"data":{"text":"an item"},"ttl":60})");
    m_server->now += 61'000;
    m_server->data->setClock([this] { return m_server->now; }); // its timer goes by the real time
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
