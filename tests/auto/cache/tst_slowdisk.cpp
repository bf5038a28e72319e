#include "cachefixture.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qthread.h>
#include <QtTest/qsignalspy.h>

#include <atomic>

#include <dlfcn.h>
#include <unistd.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace {

// What SQLite waits for is the disk of this test.
struct Disk
{
    std::atomic<int> delayMs = 0;
    std::atomic<int> syncs = 0;
    std::atomic<int> syncsOfMain = 0;
};
Disk disk;

constexpr int patience = 20'000;

int synced(const char *name, int file)
{
    ++disk.syncs;
    if (QCoreApplication::instance() && QThread::currentThread() == QCoreApplication::instance()->thread())
        ++disk.syncsOfMain;
    QThread::msleep(unsigned(disk.delayMs.load()));
    const auto real = reinterpret_cast<int (*)(int)>(::dlsym(RTLD_NEXT, name));
    return real(file);
}

} // namespace

extern "C" Q_DECL_EXPORT int fsync(int file) { return synced("fsync", file); }
extern "C" Q_DECL_EXPORT int fdatasync(int file) { return synced("fdatasync", file); }

// A disk that takes its time: the event loop never waits for it, and nothing is lost or sent too early.
class tst_SlowDisk : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        CacheFixture::init();
        disk.delayMs = 200;
        disk.syncs = disk.syncsOfMain = 0;
    }
    void cleanup()
    {
        disk.delayMs = 0;
        CacheFixture::cleanup();
    }
    void theEventLoopGoesOn_data();
    void theEventLoopGoesOn();
    void writesWaitForIt();
};

void tst_SlowDisk::theEventLoopGoesOn_data()
{
    QTest::addColumn<bool>("keepsWrites");
    QTest::newRow("what is seen") << false;
    QTest::newRow("and what is written") << true;
}

void tst_SlowDisk::theEventLoopGoesOn()
{
    QFETCH(bool, keepsWrites);
    makeList(50);
    const auto client = keepsWrites ? keepingClient(true) : cachedClient();
    const auto list = handle<SyncList>(*client);
    list->setOptimistic(true);
    QElapsedTimer sinceLast;
    qint64 longest = 0;
    QTimer beat;
    connect(&beat, &QTimer::timeout, &beat, [&] {
        longest = std::max(longest, sinceLast.isValid() ? sinceLast.restart() : 0);
        sinceLast.start();
    });
    beat.start(0ms);
    QTRY_VERIFY_WITH_TIMEOUT(isEstablished(*list), patience); // a file is made first
    QTRY_COMPARE(list->rowCount(), 50);
    for (int i = 0; i < 10; ++i) {
        list->set(i, number(100 + i));
        QTRY_COMPARE(numberOf(list->valueAt(i)), 100 + i); // shown, whatever the disk does
        const int before = disk.syncs;
        if (keepsWrites)
            QTRY_VERIFY(disk.syncs > before);
    }
    QVERIFY(errorOfCall(client->waitForPendingWrites()).isNull());
    beat.stop();
    QCOMPARE(disk.syncsOfMain.load(), 0);
    if (keepsWrites)
        QVERIFY(disk.syncs >= 10);
    QVERIFY2(longest < disk.delayMs, qPrintable(u"%1 ms"_s.arg(longest)));
}

// On the disk before it is on the wire, and until then it looks unsaved.
void tst_SlowDisk::writesWaitForIt()
{
    makeList(1);
    const auto client = keepingClient(true);
    const auto list = handle<SyncList>(*client);
    list->setOptimistic(true);
    QTRY_VERIFY_WITH_TIMEOUT(isEstablished(*list), patience); // a file is made first
    const auto other = handle<SyncList>(*m_bob);
    QTRY_COMPARE(numbers(*other), QList<int>({ 0 }));
    disk.syncs = 0;
    const int pending = list->roleNames().key("pending");
    const auto state = [&] { return list->data(list->index(0), pending).value<Sync::Pending>(); };
    int syncsWhenSaved = -1;
    connect(list.get(), &SyncList::dataChanged, list.get(), [&] {
        if (syncsWhenSaved < 0 && state() == Sync::Pending::Waiting)
            syncsWhenSaved = disk.syncs;
    });
    list->set(0, number(7));
    QTRY_COMPARE(state(), Sync::Pending::Unsaved);
    QTRY_COMPARE(numbers(*other), QList<int>({ 7 }));
    QTRY_COMPARE(state(), Sync::Pending::NotPending);
    QVERIFY(syncsWhenSaved > 0);
}

QTEST_GUILESS_MAIN(tst_SlowDisk)
#include "tst_slowdisk.moc"
