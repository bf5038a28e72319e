#include "server/net/gateway.h"
#include "server/net/serveroptions.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>

#include <algorithm>

using namespace Qt::StringLiterals;
using namespace Twilio;

// An application that writes five times as fast as the service takes it, on a server that enforces the rates.
class tst_PacedWrites : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void everyLastValueArrives();

private:
    static constexpr int writesPerSecond = 100;
    static constexpr int seconds = 60;
    static constexpr int writes = writesPerSecond * seconds;
    static constexpr int keys = 20;
    static_assert(writes % keys == 0);
    static constexpr double ratePerSecond = 20; // protocol.md, section 12

    static QString key(int write) { return u"key-%1"_s.arg(10 + write % keys); }
    static QVariantMap value(int write) { return { { u"write"_s, write } }; }

    ServerFixture m_server;
};

void tst_PacedWrites::initTestCase()
{
    if (!m_server.isEmbedded())
        QSKIP("only the embedded server is known to enforce the rates");
    Server::ServerOptions options = m_server.server().options();
    options.enforceRateLimits = true;
    m_server.server().setOptions(options);
    QVERIFY2(m_server.start(), qPrintable(m_server.errorText()));
}

void tst_PacedWrites::everyLastValueArrives()
{
    const QString name = freshName("paced");
    const auto writer = makeClient(m_server, u"writer"_s);
    const auto watcher = makeClient(m_server, u"watcher"_s);
    auto *map = valueOfCall(writer->map(name));
    auto *watched = valueOfCall(watcher->map(name));
    QVERIFY(map && watched);
    QTRY_COMPARE(watched->subscriptionState(), Sync::SubscriptionState::Established);

    // One event for each write that reached the server.
    int arrived = 0;
    connect(watched, &SyncMap::itemAdded, this, [count = &arrived] { ++*count; });
    connect(watched, &SyncMap::itemUpdated, this, [count = &arrived] { ++*count; });

    int asked = 0;
    int succeeded = 0;
    QStringList failures;
    const auto writeNext = [&] {
        map->set(key(asked), value(asked))
                .then(this, [&succeeded](const SyncMapItem &) { ++succeeded; })
                .onFailed(this, [&failures](const SyncException &exception) {
                    failures << textOfError(exception.error());
                });
        ++asked;
    };

    QElapsedTimer clock;
    clock.start();
    QTimer ticks;
    connect(&ticks, &QTimer::timeout, this, [&] {
        const qint64 due = std::min<qint64>(writes, clock.elapsed() * writesPerSecond / 1000);
        while (asked < due)
            writeNext();
        if (asked == writes)
            ticks.stop();
    });
    ticks.start(1000 / writesPerSecond);

    QTRY_VERIFY_WITH_TIMEOUT(!ticks.isActive(), seconds * 2000);
    QVERIFY(writer->pendingWrites() > 0); // else nothing was held back
    // What waits by then is one write a key.
    QTRY_COMPARE_WITH_TIMEOUT(writer->pendingWrites(), 0, 10'000);
    const double took = double(clock.elapsed()) / 1000;
    QTRY_COMPARE(succeeded + int(failures.size()), writes);
    QCOMPARE(failures.join(u'\n'), QString());
    QCOMPARE(map->pendingWrites(), 0);

    const auto *page = valueOfCall(watched->getItems({ .pageSize = 100 }));
    QVERIFY(page);
    const auto items = page->mapItems();
    QCOMPARE(items.size(), keys);
    for (int row = 0; row < keys; ++row) {
        const int last = writes - keys + row;
        QCOMPARE(items[row].key(), key(last));
        QCOMPARE(items[row].value(), value(last));
        QTRY_COMPARE(map->valueOf(key(last)).toMap(), value(last));
        QTRY_COMPARE(watched->valueOf(key(last)).toMap(), value(last));
    }
    const int refused = int(m_server.server().gateway()->hub().counters().byStatus.value(429));
    qInfo("%d writes asked for; %d reached the server in %.1f s (%.1f/s), %d were coalesced, %d refused at "
          "first",
          writes, arrived, took, arrived / took, writes - arrived, refused);
    QVERIFY2(refused > 0, "the server does not enforce the rates");
    QVERIFY2(refused <= 2 * keys, "refused again and again instead of paced");
    QVERIFY2(arrived >= 0.9 * ratePerSecond * seconds, "the rate is not made use of");
}

QTEST_GUILESS_MAIN(tst_PacedWrites)
#include "tst_pacedwrites.moc"
