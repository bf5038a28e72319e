#include "cachefixture.h"
#include "shared/listcontext.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncdocuments.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qpromise.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// What a client keeps on the disk: shown without a connection, and brought up to date with one.
class tst_Cache : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void everythingIsThereWithoutAConnection();
    void differencesComeAsRowChanges_data();
    void differencesComeAsRowChanges();
    void whatIsNotKnownIsAskedForLater();
    void tokensThatComeLater();
    void unknownObjects();
    void unknownObjectsWhileConnecting();
    void writesAndCallsGoOn();
    void otherIdentitiesSeeNothing();
    void otherIdentityOfARunningClient_data();
    void otherIdentityOfARunningClient();
    void namesThatAreAnotherObjectsByNow();
    void sidsThatAreGone();
    void callsByNameReadAnew();
    void listContext();
    void rowsThatComeAtOnceMayEndTheirList();
    void expiredItemsAreTheServicesBusiness();
};

void tst_Cache::everythingIsThereWithoutAConnection()
{
    QString sid;
    {
        const auto client = cachedClient();
        const auto document = handle<SyncDocument>(*client);
        const auto list = handle<SyncList>(*client);
        const auto map = handle<SyncMap>(*client);
        const auto stream = handle<SyncStream>(*client);
        QTRY_VERIFY(isEstablished(*document) && isEstablished(*list) && isEstablished(*map)
                    && isEstablished(*stream));
        valueOfCall(document->set(SyncValue::fromJson(R"({"z":9007199254740993,"a":[1.10,null]})")));
        valueOfCall(list->push(number(1)));
        valueOfCall(list->push(number(2)));
        valueOfCall(map->set(u"k€y"_s, number(3)));
        sid = document->sid();
        QTRY_COMPARE(list->rowCount(), 2);
        QTRY_COMPARE(map->rowCount(), 1);
    }
    const auto client = offlineClient();
    const auto document = handle<SyncDocument>(*client);
    const auto list = handle<SyncList>(*client);
    const auto map = handle<SyncMap>(*client);
    const auto stream = handle<SyncStream>(*client);
    QTRY_COMPARE(document->status(), Sync::Status::Ready);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QTRY_COMPARE(map->status(), Sync::Status::Ready);
    QTRY_COMPARE(stream->status(), Sync::Status::Ready);
    for (const SyncHandle *each :
         { static_cast<SyncHandle *>(document.get()), static_cast<SyncHandle *>(list.get()),
           static_cast<SyncHandle *>(map.get()), static_cast<SyncHandle *>(stream.get()) })
        QVERIFY(each->isFromCache());
    QCOMPARE(document->sid(), sid);
    QCOMPARE(document->uniqueName(), m_name);
    QCOMPARE(document->json(), R"({"z":9007199254740993,"a":[1.10,null]})");
    QVERIFY(document->dateCreated().isValid() && document->dateUpdated().isValid());
    QVERIFY(!document->revision().isEmpty());
    QCOMPARE(numbers(*list), QList<int>({ 1, 2 }));
    QVERIFY(list->isComplete());
    QCOMPARE(numbers(*map), QList<int>({ 3 }));
    QCOMPARE(map->rowOf(u"k€y"_s), 0);
    QCOMPARE(client->connectionState(), SyncClient::ConnectionState::Disconnected);
    client->goOnline();
    QTRY_VERIFY(isEstablished(*document) && isEstablished(*list) && isEstablished(*map)
                && isEstablished(*stream));
    QTRY_VERIFY(!document->isFromCache() && !list->isFromCache() && !map->isFromCache()
                && !stream->isFromCache());
}

void tst_Cache::differencesComeAsRowChanges_data()
{
    QTest::addColumn<bool>("isOffline");
    QTest::newRow("seen without a connection first") << true;
    QTest::newRow("seen while connecting") << false;
}

void tst_Cache::differencesComeAsRowChanges()
{
    QFETCH(bool, isOffline);
    seeList(5);
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    valueOfCall(other->set(1, number(11)));
    QVERIFY(errorOfCall(other->remove(3)).isNull());
    valueOfCall(other->push(number(5)));

    const auto client = isOffline ? offlineClient() : cachedClient();
    const auto list = handle<SyncList>(*client);
    const QSignalSpy fromCache(list.get(), &SyncList::fromCacheChanged);
    const QSignalSpy added(list.get(), &SyncList::itemAdded);
    const QSignalSpy updated(list.get(), &SyncList::itemUpdated);
    const QSignalSpy removed(list.get(), &SyncList::itemRemoved);
    if (isOffline) {
        QTRY_COMPARE(list->status(), Sync::Status::Ready);
        QCOMPARE(numbers(*list), QList<int>({ 0, 1, 2, 3, 4 }));
        const ModelLog log(list.get());
        client->goOnline();
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(numbers(*list), QList<int>({ 0, 11, 2, 4, 5 }));
        QVERIFY(!log.lines().contains(u"reset"_s));
        QCOMPARE(log.lines().size(), 4);
        QCOMPARE(log.lines().filter(u"[fromCache]"_s).size(), 1);
    }
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 11, 2, 4, 5 }));
    QTRY_COMPARE(fromCache.size(), 2);
    QTRY_COMPARE(added.size(), 1);
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(numberOf(updated.first().at(2)), 1);
    QTRY_COMPARE(removed.size(), 1);
    QVERIFY(list->isComplete());
}

void tst_Cache::whatIsNotKnownIsAskedForLater()
{
    seeList(10, 4);
    const auto client = offlineClient();
    const auto list = handle<SyncList>(*client);
    list->setPageSize(4);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QCOMPARE(numbers(*list), QList<int>({ 0, 1, 2, 3 }));
    QVERIFY(!list->isComplete());
    QVERIFY(list->canFetchMore({}));
    list->fetchMore({});
    QVERIFY(!list->canFetchMore({}));
    client->goOnline();
    QTRY_COMPARE(list->rowCount(), 8);
    list->fetchMore({});
    QTRY_VERIFY(list->isComplete());
    QCOMPARE(numbers(*list), QList<int>({ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9 }));
}

// Whose cache it is comes from the token: what is opened before there is one is looked for when it comes.
void tst_Cache::tokensThatComeLater()
{
    seeList(3);
    SyncClient client;
    client.setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s)); // nobody is there
    keepIn(client);
    QPromise<QString> token;
    bool isAsked = false;
    client.setTokenProvider([&] {
        isAsked = true;
        token.start();
        return token.future();
    });
    const auto list = handle<SyncList>(client);
    const auto other = handle<SyncList>(client, m_name + u"-other"_s, SyncClient::OpenMode::OpenExisting);
    QTRY_VERIFY(isAsked);
    QCOMPARE(list->status(), Sync::Status::Opening);
    token.addResult(m_server.token(u"alice"_s));
    token.finish();
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QVERIFY(list->isFromCache());
    QCOMPARE(numbers(*list), QList<int>({ 0, 1, 2 }));
    QCOMPARE(other->status(), Sync::Status::Opening);
    client.setUrl(m_server.url());
    QTRY_VERIFY(isEstablished(*list));
    QVERIFY(!list->isFromCache());
    QTRY_VERIFY(!other->error().isNull()); // it is not there
}

void tst_Cache::unknownObjects()
{
    const auto client = offlineClient();
    const auto call = client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting });
    QCOMPARE(errorOfCall(call).message(), m_name + u": not in the cache, and there is no connection"_s);
    const auto existing = handle<SyncList>(*client, {}, SyncClient::OpenMode::OpenExisting);
    const auto made = handle<SyncList>(*client, m_name + u"-made"_s);
    QTRY_VERIFY(!existing->error().isNull());
    QCOMPARE(existing->error().message(), m_name + u": not in the cache, and there is no connection"_s);
    QCOMPARE(made->status(), Sync::Status::Opening);
    QVERIFY(valueOfCall(m_bob->list(m_name)));
    client->goOnline();
    QTRY_COMPARE(existing->status(), Sync::Status::Ready);
    QTRY_COMPARE(made->status(), Sync::Status::Ready);
}

// The first seconds are not "offline": what is asked for waits until it is known that there is no connection.
void tst_Cache::unknownObjectsWhileConnecting()
{
    QVERIFY(valueOfCall(m_bob->list(m_name)));
    const auto client = cachedClient();
    QVERIFY(valueOfCall(client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting })));
    SyncClient lost;
    lost.setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s));
    lost.setCachePath(m_dir->filePath(u"other"_s));
    lost.setToken(m_server.token(u"alice"_s));
    const auto call = lost.list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting });
    QCOMPARE(errorOfCall(call).message(), m_name + u": not in the cache, and there is no connection"_s);
}

void tst_Cache::writesAndCallsGoOn()
{
    seeList(3);
    const auto client = offlineClient();
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const auto pushed = list->push(number(3));
    const auto set = list->set(0, number(10));
    const auto mutated = list->mutate(1, [](const SyncValue &) { return std::optional(number(21)); });
    const auto read = list->get(2);
    QCOMPARE(client->pendingWrites(), 3);
    client->goOnline();
    valueOfCall(pushed);
    valueOfCall(set);
    valueOfCall(mutated);
    QCOMPARE(numberOf(QVariant(valueOfCall(read).value())), 2);
    QTRY_COMPARE(numbers(*list), QList<int>({ 10, 21, 2, 3 }));
}

void tst_Cache::otherIdentitiesSeeNothing()
{
    seeList(3);
    const auto client = offlineClient(u"mallory"_s);
    const auto call = client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting });
    QVERIFY(!errorOfCall(call).isNull());
    const auto alice = offlineClient();
    const auto list = handle<SyncList>(*alice);
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 1, 2 }));
    // The same client with another token
    alice->setToken(m_server.token(u"mallory"_s));
    QVERIFY(!errorOfCall(alice->map({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting })).isNull());
    QCOMPARE(list->rowCount(), 0);
}

void tst_Cache::otherIdentityOfARunningClient_data()
{
    QTest::addColumn<bool>("isConnected");
    QTest::addColumn<bool>("keepsWrites");
    QTest::newRow("offline") << false << false;
    QTest::newRow("offline, writes are kept") << false << true;
    QTest::newRow("connected") << true << false;
    QTest::newRow("connected, writes are kept") << true << true;
}

void tst_Cache::otherIdentityOfARunningClient()
{
    QFETCH(bool, isConnected);
    QFETCH(bool, keepsWrites);
    seeList(3);
    const auto client = cachedClient(isConnected);
    client->setPersistentWrites(keepsWrites);
    const QSignalSpy failed(client.get(), &SyncClient::writeFailed);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 1, 2 }));
    if (isConnected)
        QTRY_VERIFY(isEstablished(*list));
    // The same identity's changes nothing.
    client->setToken(m_server.token(u"alice"_s, 1800));
    QCOMPARE(list->status(), Sync::Status::Ready);
    const auto set = list->set(0, number(10));
    client->setToken(m_server.token(u"mallory"_s));
    QCOMPARE(list->rowCount(), 0);
    QCOMPARE(client->pendingWrites(), 0);
    const SyncError error = errorOfCall(set);
    QCOMPARE(error.isOutcomeUnknown(), keepsWrites || isConnected); // it may have been sent
    QVERIFY(error.message().startsWith(u"the token is another identity's by now"_s));
    QTRY_COMPARE(failed.size(), keepsWrites ? 0 : 1);
    client->goOnline();
    QTRY_COMPARE(list->rowCount(), 3); // as the service has it
    QTRY_VERIFY(isEstablished(*list));
    QCOMPARE(client->error(), SyncError());
    client->setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(list->rowCount(), 3);
    if (keepsWrites || !isConnected)
        QTRY_COMPARE(numbers(*list), QList<int>({ keepsWrites ? 10 : 0, 1, 2 }));
}

void tst_Cache::namesThatAreAnotherObjectsByNow()
{
    seeList(3);
    SyncList *const old = valueOfCall(m_bob->list(m_name));
    QVERIFY(errorOfCall(old->removeList()).isNull());
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    valueOfCall(other->push(number(7)));
    const auto client = offlineClient();
    const auto list = handle<SyncList>(*client);
    const QSignalSpy removed(list.get(), &SyncList::removed);
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 1, 2 }));
    client->goOnline();
    QTRY_COMPARE(numbers(*list), QList<int>({ 7 }));
    QCOMPARE(list->sid(), other->sid());
    QCOMPARE(removed.size(), 0);
    QTRY_VERIFY(!list->isFromCache());
}

void tst_Cache::sidsThatAreGone()
{
    seeList(3);
    SyncList *const old = valueOfCall(m_bob->list(m_name));
    const QString sid = old->sid();
    QVERIFY(errorOfCall(old->removeList()).isNull());
    {
        const auto client = offlineClient();
        SyncList list;
        const QSignalSpy removed(&list, &SyncList::removed);
        list.setClient(client.get());
        list.setSid(sid);
        QTRY_COMPARE(list.rowCount(), 3);
        client->goOnline();
        QTRY_COMPARE(list.status(), Sync::Status::Removed);
        QTRY_COMPARE(removed.size(), 1);
        QCOMPARE(list.rowCount(), 0);
    }
    const auto client = offlineClient();
    QVERIFY(!errorOfCall(client->list({ .id = sid, .mode = SyncClient::OpenMode::OpenExisting })).isNull());
}

void tst_Cache::callsByNameReadAnew()
{
    {
        const auto client = cachedClient();
        const auto document = handle<SyncDocument>(*client);
        QTRY_VERIFY(isEstablished(*document));
        valueOfCall(document->set(number(1)));
    }
    SyncDocument *const other = valueOfCall(m_bob->document(m_name));
    valueOfCall(other->set(number(2)));
    const auto client = offlineClient();
    const auto document = handle<SyncDocument>(*client);
    QTRY_COMPARE(numberOf(document->value()), 1);
    const auto call = client->documents()->get(m_name);
    client->goOnline();
    QCOMPARE(numberOf(QVariant(valueOfCall(call))), 2);
    QTRY_COMPARE(numberOf(document->value()), 2);
}

void tst_Cache::rowsThatComeAtOnceMayEndTheirList()
{
    seeList(3);
    const auto client = offlineClient();
    auto list = std::make_unique<SyncList>();
    connect(list.get(), &SyncList::rowsInserted, client.get(), [&list] { list.reset(); });
    list->setClient(client.get());
    list->setUniqueName(m_name);
    QTRY_VERIFY(!list);
}

void tst_Cache::listContext()
{
    const QVariantMap context { { u"title"_s, u"shopping"_s } };
    {
        const auto client = cachedClient();
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QVERIFY(list->context().isEmpty()); // asks for it
        QVERIFY(setListContext(*list, R"({"title":"shopping"})"));
        QTRY_COMPARE(list->context(), context);
    }
    const auto client = offlineClient();
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QCOMPARE(list->context(), context);
}

// This machine's clock may be wrong; without a connection nobody knows.
void tst_Cache::expiredItemsAreTheServicesBusiness()
{
    SyncList *const other = valueOfCall(m_bob->list(m_name));
    valueOfCall(other->push(number(0)));
    valueOfCall(other->push(number(1), { .ttl = 1 }));
    {
        const auto client = cachedClient();
        const auto list = handle<SyncList>(*client);
        QTRY_COMPARE(list->rowCount(), 2);
        QTRY_VERIFY(isEstablished(*list));
    }
    QTRY_COMPARE(other->rowCount(), 1);
    const auto client = offlineClient();
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(numbers(*list), QList<int>({ 0, 1 }));
    client->goOnline();
    QTRY_COMPARE(numbers(*list), QList<int>({ 0 }));
}

QTEST_GUILESS_MAIN(tst_Cache)
#include "tst_cache.moc"
