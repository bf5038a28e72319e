#include "cachefixture.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/cache/cachekeys.h"
#include "TwilioSync/cache/keyvaluecache.h"
#include "TwilioSync/session/tokenclaims.h"

#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

QString messageOf(const QSignalSpy &failed)
{
    return failed.isEmpty() ? QString() : failed.last().constFirst().value<SyncError>().message();
}

} // namespace

// An application's own cache in place of files: what it is asked for, and how it may fail.
class tst_OwnCache : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void contentsThatCannotBeRead_data();
    void contentsThatCannotBeRead();
    void eventAndCursorAreOneCommit();
    void writesAreDurableBeforeTheyAreSent();
    void ownersAreOpaque();
    void failures_data();
    void failures();
    void oneClientAtATime();
    void theOneThatIsSetLastCounts();
    void none();
    void tokensThatNameNobody();
    void sealedValues();
    void otherCiphers();
    void sizeAndClearing();

private:
    [[nodiscard]] std::unique_ptr<SyncClient> clientOn(SyncCache *cache, bool connects = true) const
    {
        auto client = std::make_unique<SyncClient>();
        if (!connects)
            client->goOffline();
        setSubscriptionDelay(client.get(), std::chrono::milliseconds(1));
        client->setUrl(m_server.url());
        client->setCache(cache);
        client->setToken(m_server.token(u"alice"_s));
        return client;
    }
    //! Has \a cache hold a list of three.
    void seeListIn(MemoryCache *cache) const
    {
        makeList(3);
        const auto client = clientOn(cache);
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(list->rowCount(), 3);
    }
};

void tst_OwnCache::contentsThatCannotBeRead_data()
{
    QTest::addColumn<QByteArray>("prefix");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QString>("what");
    for (const auto &[name, value] :
         { std::pair("nothing", QByteArray()), std::pair("no CBOR", QByteArray("\xff\x00", 2)),
           std::pair("another type", QByteArray("\x01")), std::pair("too few", QByteArray("\x81\x40")),
           std::pair("deep", QByteArray(100'000, '\x81')),
           std::pair("larger than there is", QByteArray("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff")) }) {
        QTest::addRow("what an object is called by: %s", name) << QByteArray("k/") << value << u"object "_s;
        QTest::addRow("an object: %s", name) << QByteArray("o/") << value << u"object "_s;
        QTest::addRow("an item: %s", name) << QByteArray("i/") << value << u"an item of object "_s;
        QTest::addRow("a write: %s", name) << QByteArray("w/") << value << u"a write"_s;
        QTest::addRow("the last number: %s", name)
                << QByteArray("last") << value << u"the number of the last write"_s;
    }
    QTest::newRow("an item that is no JSON")
            << QByteArray("i/") << QByteArray("\x86\x41\x30\x01\x02\x03\x04\x42{{")
            << u"an item of object "_s;
    QTest::newRow("an item without a value")
            << QByteArray("i/") << QByteArray("\x86\x41\x30\x01\x02\x03\x04\x40") << u"an item of object "_s;
}

// It is told once; the client goes on without, and leaves what is there as it is.
void tst_OwnCache::contentsThatCannotBeRead()
{
    QFETCH(QByteArray, prefix);
    QFETCH(QByteArray, value);
    QFETCH(QString, what);
    MemoryCache own;
    {
        makeList(3);
        const auto client = clientOn(&own);
        client->setPersistentWrites(true);
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(list->rowCount(), 3);
        client->goOffline();
        list->set(0, number(10));
        QTRY_COMPARE(client->outbox()->index(0).data(SyncOutbox::StateRole).value<SyncOutbox::State>(),
                     SyncOutbox::State::Waiting);
    }
    MemoryCache::Entries entries = own.entries();
    const auto spoiled = entries.lowerBound(prefix);
    QVERIFY(spoiled != entries.end() && spoiled.key().startsWith(prefix));
    *spoiled = value;
    own.setEntries(entries);
    const auto client = clientOn(&own);
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY2(messageOf(failed).startsWith(u"cache: "_s + what)
                     && messageOf(failed).endsWith(u"cannot be read: it is not what was written"_s),
             qPrintable(messageOf(failed)));
    valueOfCall(list->push(number(3)));
    QTRY_COMPARE(list->rowCount(), 4);
    QCOMPARE(failed.size(), 1);
    QTRY_VERIFY(!own.isOpen());
    const MemoryCache::Entries after = own.entries();
    for (auto it = entries.cbegin(); it != entries.cend(); ++it) {
        if (!it.key().startsWith("k/") || prefix == "k/") // when it was opened last
            QCOMPARE(after.value(it.key()), *it);
    }
    QCOMPARE(own.misuse(), QByteArray());
}

void tst_OwnCache::eventAndCursorAreOneCommit()
{
    MemoryCache own;
    makeList(3);
    const auto client = clientOn(&own);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
    valueOfCall(valueOfCall(m_bob->list(m_name))->set(0, number(10)));
    QTRY_COMPARE(numbers(*list), QList<int>({ 10, 1, 2 }));
    // Whatever has been committed: no item is of an event that is younger than the cursor.
    const auto owner = ownerOfToken(m_server.token(u"alice"_s));
    const auto isWhole = [&] {
        const auto contents = std::make_shared<MemoryCache::Contents>();
        contents->owners[own.owners().constFirst()] = own.entries();
        MemoryCache copy(contents);
        const auto cache = KeyValueCache::open(copy, *owner, {});
        if (errorOf(cache))
            return false;
        const auto found = std::get<0>(cache)->load(ObjectKind::List, m_name);
        const auto kept = errorOf(found) ? std::nullopt : std::get<0>(found);
        if (!kept)
            return false;
        const qint64 cursor = kept->root.resource.lastEventId.value_or(-1);
        return std::any_of(kept->items.cbegin(), kept->items.cend(),
                           [](const ItemPtr &item) { return item->json() == R"({"n":10})"; })
                && std::all_of(kept->items.cbegin(), kept->items.cend(),
                               [cursor](const ItemPtr &item) { return item->lastEventId() <= cursor; });
    };
    QTRY_VERIFY(isWhole());
}

void tst_OwnCache::writesAreDurableBeforeTheyAreSent()
{
    MemoryCache own;
    seeListIn(&own);
    QCOMPARE(own.durableCommits(), 0);
    {
        const auto client = clientOn(&own, false);
        client->setPersistentWrites(true);
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        list->set(0, number(10));
        QTRY_COMPARE(client->outbox()->index(0).data(SyncOutbox::StateRole).value<SyncOutbox::State>(),
                     SyncOutbox::State::Waiting);
        QCOMPARE(own.durableCommits(), 1);
        client->goOnline();
        QTRY_COMPARE(client->pendingWrites(), 0);
        QVERIFY(own.durableCommits() >= 2); // that it is sent
    }
    const MemoryCache::Entries entries = own.entries();
    QVERIFY(!entries.isEmpty());
    for (auto it = entries.cbegin(); it != entries.cend(); ++it)
        QVERIFY(!it.key().startsWith("w/"));
}

void tst_OwnCache::ownersAreOpaque()
{
    MemoryCache own;
    seeListIn(&own);
    QCOMPARE(own.owners().size(), 1);
    const QByteArray owner = own.owners().constFirst();
    QVERIFY(!owner.isEmpty() && !owner.contains("alice"));
    QVERIFY(std::all_of(owner.cbegin(), owner.cend(),
                        [](char byte) { return QChar::fromLatin1(byte).isLetterOrNumber(); }));
    const auto client = clientOn(&own, false);
    client->setToken(m_server.token(u"mallory"_s));
    const auto call = client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting });
    QVERIFY(!errorOfCall(call).isNull());
    QCOMPARE(own.misuse(), QByteArray());
}

void tst_OwnCache::failures_data()
{
    using Fail = std::function<void(MemoryCache &)>;
    QTest::addColumn<Fail>("fail");
    QTest::addColumn<bool>("isLate");
    QTest::addColumn<QString>("why");
    QTest::newRow("opening") << Fail([](MemoryCache &own) { own.failOpening(true); }) << false
                             << u"no key to it"_s;
    QTest::newRow("reading at first")
            << Fail([](MemoryCache &own) { own.failReading(true); }) << false << u"cannot be read from"_s;
    QTest::newRow("reading later") << Fail([](MemoryCache &own) { own.failReading(true); }) << true
                                   << u"cannot be read from"_s;
    QTest::newRow("writing at first")
            << Fail([](MemoryCache &own) { own.failCommits(true); }) << false << u"no room in it"_s;
    QTest::newRow("writing later") << Fail([](MemoryCache &own) { own.failCommits(true); }) << true
                                   << u"no room in it"_s;
}

void tst_OwnCache::failures()
{
    QFETCH(std::function<void(MemoryCache &)>, fail);
    QFETCH(bool, isLate);
    QFETCH(QString, why);
    MemoryCache own;
    seeListIn(&own);
    if (!isLate)
        fail(own);
    const auto client = clientOn(&own);
    client->setPersistentWrites(true);
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto map = handle<SyncMap>(*client);
    QTRY_VERIFY(isEstablished(*map));
    if (isLate) {
        QCOMPARE(failed.size(), 0);
        fail(own);
    }
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
    valueOfCall(list->push(number(3))); // goes on in memory
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 1, 2, 3 }));
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(messageOf(failed), why);
    valueOfCall(list->push(number(4)));
    QTRY_COMPARE(list->rowCount(), 5);
    QCOMPARE(failed.size(), 1);
    QTRY_VERIFY(!own.isOpen());
    QCOMPARE(own.misuse(), QByteArray());
}

void tst_OwnCache::oneClientAtATime()
{
    MemoryCache own;
    seeListIn(&own);
    const auto first = clientOn(&own);
    const auto list = handle<SyncList>(*first);
    QTRY_VERIFY(isEstablished(*list));
    const auto second = clientOn(&own);
    const QSignalSpy failed(second.get(), &SyncClient::cacheError);
    const auto other = handle<SyncList>(*second);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(messageOf(failed), u"cache: the cache is in use by another client of this process"_s);
    QTRY_VERIFY(isEstablished(*other)); // works without
    QTRY_COMPARE(other->rowCount(), 3);
    QVERIFY(own.isOpen());
    QCOMPARE(own.misuse(), QByteArray());
}

void tst_OwnCache::theOneThatIsSetLastCounts()
{
    MemoryCache own;
    SyncClient client;
    const QSignalSpy changed(&client, &SyncClient::cachePathChanged);
    QVERIFY(!client.cache());
    client.setCachePath(m_dir->path());
    QCOMPARE(changed.size(), 1);
    client.setCache(&own);
    QCOMPARE(client.cache(), &own);
    QCOMPARE(client.cachePath(), QString());
    QCOMPARE(changed.size(), 2);
    client.setCachePath({}); // as it is
    QCOMPARE(client.cache(), &own);
    client.setCachePath(m_dir->path());
    QVERIFY(!client.cache());
    QCOMPARE(changed.size(), 3);
    client.setCache(nullptr); // as it is
    QCOMPARE(client.cachePath(), m_dir->path());
    QCOMPARE(changed.size(), 3);
    client.setCache(&own);
    client.setUrl(m_server.url());
    client.setToken(m_server.token(u"alice"_s));
    const auto list = handle<SyncList>(client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_VERIFY(client.cacheSize() > 0);
    QVERIFY(own.entries().size() > 1);
    QVERIFY(QDir(m_dir->path()).isEmpty());
}

void tst_OwnCache::none()
{
    MemoryCache own;
    const auto client = clientOn(&own);
    client->setCache(nullptr);
    makeList(3);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
    QTRY_VERIFY(!own.isOpen());
    QVERIFY(own.entries().size() <= 1); // nothing of the list
}

void tst_OwnCache::tokensThatNameNobody()
{
    MemoryCache own;
    SyncClient client;
    client.goOffline();
    const QSignalSpy failed(&client, &SyncClient::cacheError);
    client.setUrl(m_server.url());
    client.setCache(&own);
    client.setToken(u"token"_s);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(messageOf(failed),
             u"cache: expected an access token with an identity and a Sync service, nothing is kept"_s);
    QCOMPARE(own.openings(), 0);
}

void tst_OwnCache::sealedValues()
{
    const auto turn = [](const QByteArray &text) {
        QByteArray turned = text;
        for (char &byte : turned)
            byte = char(byte ^ 0x5a);
        return turned;
    };
    MemoryCache own;
    SyncDocument *const other = valueOfCall(m_bob->document(m_name));
    valueOfCall(other->set({ { u"word"_s, u"confidential"_s } }));
    {
        const auto client = clientOn(&own);
        client->setCacheCipher(turn, turn);
        const auto document = handle<SyncDocument>(*client);
        QTRY_VERIFY(isEstablished(*document));
    }
    const MemoryCache::Entries entries = own.entries();
    QVERIFY(entries.size() > 1);
    for (const QByteArray &value : entries)
        QVERIFY(!value.contains("confidential"));
    const auto client = clientOn(&own, false);
    client->setCacheCipher(turn, turn);
    const auto document = handle<SyncDocument>(*client);
    QTRY_COMPARE(document->value().value(u"word"_s).toString(), u"confidential"_s);
    QCOMPARE(own.misuse(), QByteArray());
}

void tst_OwnCache::otherCiphers()
{
    MemoryCache own;
    seeListIn(&own);
    const auto client = clientOn(&own);
    client->setCacheCipher([](const QByteArray &text) { return text; },
                           [](const QByteArray &) { return QByteArray(); });
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY2(messageOf(failed).endsWith(u"cannot be opened by the cipher"_s), qPrintable(messageOf(failed)));
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
}

void tst_OwnCache::sizeAndClearing()
{
    MemoryCache own;
    seeListIn(&own);
    const auto client = clientOn(&own);
    QVERIFY(valueOfCall(client->document(m_name + u"-first"_s)));
    auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    const auto bytes = [&own] {
        qint64 sum = 0;
        const MemoryCache::Entries entries = own.entries();
        for (auto it = entries.cbegin(); it != entries.cend(); ++it)
            sum += it.key().size() + it->size();
        return sum;
    };
    QTRY_VERIFY(client->cacheSize() > 100);
    QTRY_COMPARE(client->cacheSize(), bytes());
    QVERIFY(errorOfCall(client->clearCache()).isNull());
    QCOMPARE(own.entries().keys(), QList<QByteArray>({ CacheKeys::format() }));
    list.reset();
    const auto again = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*again));
    QCOMPARE(again->rowCount(), 3);
    QCOMPARE(own.misuse(), QByteArray());
}

QTEST_GUILESS_MAIN(tst_OwnCache)
#include "tst_owncache.moc"
