#include "cachefixture.h"
#include "shared/filelimit.h"
#include "shared/scriptedserver.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/cache/cachedatabase.h"
#include "TwilioSync/session/tokenclaims.h"

#include <QtCore/qfile.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

void executeIn(const QString &file, const QString &sql)
{
    const QString name = u"test"_s;
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, name);
        database.setDatabaseName(file);
        QVERIFY(database.open());
        QVERIFY(QSqlQuery(database).exec(sql));
    }
    QSqlDatabase::removeDatabase(name);
}

} // namespace

// The file itself: who may use it, what is wrong with it, how large it gets.
class tst_CacheFile : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void oneClientAtATime();
    void filesThatAreNotOurs_data();
    void filesThatAreNotOurs();
    void filesOfBefore();
    void sessionsOfOthers_data();
    void sessionsOfOthers();
    void damagedFiles_data();
    void damagedFiles();
    void foldersAndTokens_data();
    void foldersAndTokens();
    void fullDisk();
    void sealedValues();
    void otherCiphers();
    void sizeIsTold();
    void whatWasOpenedLongestAgoGoes();
    void clearing();
    void oneObjectForAName();
    void noFileWithoutAPath();
};

void tst_CacheFile::oneClientAtATime()
{
    makeList(3);
    const auto first = cachedClient();
    const auto list = handle<SyncList>(*first);
    QTRY_VERIFY(isEstablished(*list));
    const auto second = cachedClient();
    const QSignalSpy failed(second.get(), &SyncClient::cacheError);
    const auto other = handle<SyncList>(*second);
    QTRY_COMPARE(failed.size(), 1);
    const auto error = failed.first().first().value<SyncError>();
    QCOMPARE(error.message(), file() + u": the cache is in use by another client of this process"_s);
    QTRY_VERIFY(isEstablished(*other)); // works without
    QTRY_COMPARE(other->rowCount(), 3);
    QTRY_COMPARE(list->rowCount(), 3);
}

void tst_CacheFile::filesThatAreNotOurs_data()
{
    using Spoil = std::function<void(const QString &)>;
    QTest::addColumn<Spoil>("spoil");
    QTest::addColumn<QString>("why");
    QTest::newRow("no database") << Spoil([](const QString &name) {
        QFile file(name);
        QVERIFY(file.open(QFile::WriteOnly | QFile::Truncate) && file.write("something else") > 0);
    }) << u"expected a database of this client, got no SQLite database; it was left as it is"_s;
    QTest::newRow("another application's")
            << Spoil([](const QString &name) { executeIn(name, u"PRAGMA application_id = 1"_s); })
            << u"expected a database of this client, got one of another application; it was left as it is"_s;
    QTest::newRow("a newer schema") << Spoil([](const QString &name) {
        executeIn(name, u"PRAGMA user_version = 99"_s);
    }) << u"expected schema version 1 to 2, got 99, which a newer client has written; it was left as it is"_s;
    QTest::newRow("another identity's")
            << Spoil([](const QString &name) { executeIn(name, u"UPDATE owner SET identity = 'mallory'"_s); })
            << u"the cache is another identity's; it was left as it is"_s;
}

void tst_CacheFile::filesThatAreNotOurs()
{
    QFETCH(std::function<void(const QString &)>, spoil);
    QFETCH(QString, why);
    seeList(3);
    const QString name = file();
    spoil(name);
    QFile source(name);
    QVERIFY(source.open(QFile::ReadOnly));
    const QByteArray before = source.readAll();
    source.close();
    {
        const auto client = cachedClient();
        const QSignalSpy failed(client.get(), &SyncClient::cacheError);
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(list->rowCount(), 3);
        QTRY_COMPARE(failed.size(), 1);
        QCOMPARE(failed.first().first().value<SyncError>().message(), name + u": "_s + why);
    }
    QVERIFY(source.open(QFile::ReadOnly));
    QCOMPARE(source.readAll(), before);
}

void tst_CacheFile::filesOfBefore()
{
    seeList(3);
    executeIn(file(), u"ALTER TABLE objects DROP COLUMN storage"_s);
    executeIn(file(), u"PRAGMA user_version = 1"_s);
    const auto client = offlineClient();
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    QCOMPARE(numbers(*list), QList<int>({ 0, 1, 2 }));
    client->goOnline();
    QTRY_VERIFY(isEstablished(*list) && !list->isFromCache());
    QVERIFY(failed.isEmpty());
}

void tst_CacheFile::sessionsOfOthers_data()
{
    QTest::addColumn<QByteArray>("account");
    QTest::addColumn<QByteArray>("service");
    QTest::addColumn<QByteArray>("identity");
    QTest::addColumn<bool>("isKept");
    const auto owner = ownerOfToken(m_server.token(u"alice"_s));
    QVERIFY(owner);
    const QByteArray account = owner->accountSid.toUtf8();
    const QByteArray service = owner->serviceSid.toUtf8();
    QTest::newRow("as the token says") << account << service << QByteArray("alice") << true;
    QTest::newRow("of nobody") << QByteArray() << QByteArray() << QByteArray() << true;
    QTest::newRow("another identity's") << account << service << QByteArray("mallory") << false;
    QTest::newRow("another service's") << account << QByteArray("IS9") << QByteArray("alice") << false;
    QTest::newRow("another account's") << QByteArray("AC9") << service << QByteArray("alice") << false;
}

void tst_CacheFile::sessionsOfOthers()
{
    QFETCH(QByteArray, account);
    QFETCH(QByteArray, service);
    QFETCH(QByteArray, identity);
    QFETCH(bool, isKept);
    ScriptedServer server;
    QVERIFY(server.listen());
    server.setInitMembers(R"(,"account_descriptor":{"account_sid":")" + account
                          + R"(","instance_sids":{"data_sync":")" + service + R"("},"identity":")" + identity
                          + R"("})");
    server.always("GET", "/v3/Documents/d",
                  ScriptedServer::ok(ScriptedServer::root("ET1", R"(,"unique_name":"d","data":{"n":1})")));
    {
        SyncClient client;
        const QSignalSpy failed(&client, &SyncClient::cacheError);
        client.setUrl(server.url());
        client.setCachePath(m_dir->path());
        client.setToken(m_server.token(u"alice"_s));
        const auto document = handle<SyncDocument>(client, u"d"_s);
        QTRY_VERIFY(isEstablished(*document));
        QCOMPARE(failed.size(), isKept ? 0 : 1);
        if (!isKept)
            QVERIFY(failed.first().first().value<SyncError>().message().contains(
                    QString::fromUtf8(account + ", " + service + ", " + identity + ", the token names")));
    }
    const auto client = offlineClient();
    const auto document = handle<SyncDocument>(*client, u"d"_s, SyncClient::OpenMode::OpenExisting);
    QTRY_VERIFY(document->status() == Sync::Status::Ready || !document->error().isNull());
    QCOMPARE(document->status() == Sync::Status::Ready, isKept);
}

void tst_CacheFile::damagedFiles_data()
{
    QTest::addColumn<QString>("sql");
    QTest::newRow("an item that is no JSON") << u"UPDATE items SET data = x'7b7b' WHERE item_index = 1"_s;
    QTest::newRow("an item without a value") << u"UPDATE items SET data = x'' WHERE item_index = 1"_s;
    QTest::newRow("what is known of it") << u"UPDATE objects SET coverage = x'ff00'"_s;
    QTest::newRow("pages") << QString();
}

void tst_CacheFile::damagedFiles()
{
    QFETCH(QString, sql);
    seeList(200, 100);
    const QString name = file();
    if (sql.isEmpty()) {
        QFile pages(name);
        QVERIFY(pages.open(QFile::ReadWrite));
        QVERIFY(pages.size() > 3 * 4096);
        QVERIFY(pages.seek(4096)); // the first one, of the schema, is whole
        QVERIFY(pages.write(QByteArray(int(pages.size()) - 4096, '\x5a')) > 0);
    } else {
        executeIn(name, sql);
    }
    {
        const auto client = cachedClient();
        const QSignalSpy failed(client.get(), &SyncClient::cacheError);
        const auto list = handle<SyncList>(*client);
        list->setLoadAll(true);
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(list->rowCount(), 200);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY2(failed.first().first().value<SyncError>().message().contains(u"damaged"_s),
                 qPrintable(failed.first().first().value<SyncError>().message()));
    }
    // Another file has been begun, and holds what was seen since; the damaged one is there to be looked at.
    QVERIFY(QFile::exists(name + u".damaged"_s));
    const auto client = cachedClient();
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QCOMPARE(failed.size(), 0);
}

void tst_CacheFile::foldersAndTokens_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("token");
    QTest::addColumn<QString>("why");
    QTest::newRow("a file instead of a folder")
            << u"file/folder"_s << QString()
            << u"%1/file/folder: expected a folder, or a place where one can be made"_s;
    const QString bad =
            u"cache: expected an access token with an identity and a Sync service, nothing is kept"_s;
    QTest::newRow("no token of Twilio's") << u"folder"_s << u"token"_s << bad;
    QTest::newRow("not even base64") << u"folder"_s << u"a.ü.b"_s << bad;
    QTest::newRow("no identity")
            << u"folder"_s
            << u"e30."_s
                    + QString::fromLatin1(
                            QByteArray(R"({"sub":"AC1","grants":{"data_sync":{"service_sid":"IS1"}}})")
                                    .toBase64(QByteArray::Base64UrlEncoding))
                    + u".x"_s
            << bad;
}

void tst_CacheFile::foldersAndTokens()
{
    QFETCH(QString, folder);
    QFETCH(QString, token);
    QFETCH(QString, why);
    QFile file(m_dir->filePath(u"file"_s));
    QVERIFY(file.open(QFile::WriteOnly));
    SyncClient client;
    client.goOffline();
    const QSignalSpy failed(&client, &SyncClient::cacheError);
    client.setUrl(m_server.url());
    client.setCachePath(QUrl::fromLocalFile(m_dir->filePath(folder)).toString());
    client.setToken(token.isEmpty() ? m_server.token(u"alice"_s) : token);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(failed.first().first().value<SyncError>().message(),
             why.contains(u"%1"_s) ? why.arg(m_dir->path()) : why);
}

void tst_CacheFile::fullDisk()
{
    seeList(3);
    {
        const auto client = cachedClient();
        const QSignalSpy failed(client.get(), &SyncClient::cacheError);
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        const FileLimit limit(128 * 1024);
        SyncList *const other = valueOfCall(m_bob->list(m_name));
        for (int i = 3; i < 40; ++i)
            valueOfCall(other->push({ { u"n"_s, i }, { u"text"_s, QString(10'000, u'x') } }));
        QTRY_COMPARE(list->rowCount(), 40);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(failed.first().first().value<SyncError>().message().startsWith(file()));
    }
    // What is in the file is a state that has been; the rest comes from the service.
    const auto client = offlineClient();
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(list->status(), Sync::Status::Ready);
    const QList<int> kept = numbers(*list);
    QVERIFY(kept.size() >= 3);
    for (int i = 0; i < kept.size(); ++i)
        QCOMPARE(kept[i], i);
    client->goOnline();
    QTRY_COMPARE(list->rowCount(), 40);
    QCOMPARE(failed.size(), 0);
}

void tst_CacheFile::sealedValues()
{
    const auto turn = [](const QByteArray &text) {
        QByteArray turned = text;
        for (char &byte : turned)
            byte = char(byte ^ 0x5a);
        return turned;
    };
    SyncDocument *const other = valueOfCall(m_bob->document(m_name));
    valueOfCall(other->set({ { u"word"_s, u"confidential"_s } }));
    {
        const auto client = cachedClient();
        client->setCacheCipher(turn, turn);
        const auto document = handle<SyncDocument>(*client);
        QTRY_VERIFY(isEstablished(*document));
    }
    QFile source(file());
    QVERIFY(source.open(QFile::ReadOnly));
    QVERIFY(!source.readAll().contains("confidential"));
    const auto client = offlineClient();
    client->setCacheCipher(turn, turn);
    const auto document = handle<SyncDocument>(*client);
    QTRY_COMPARE(document->value().value(u"word"_s).toString(), u"confidential"_s);
}

void tst_CacheFile::otherCiphers()
{
    seeList(3);
    const QString name = file();
    const auto client = cachedClient();
    client->setCacheCipher([](const QByteArray &text) { return text; },
                           [](const QByteArray &) { return QByteArray(); });
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto list = handle<SyncList>(*client);
    QTRY_COMPARE(failed.size(), 1);
    QVERIFY(failed.first().first().value<SyncError>().message().endsWith(
            u"cannot be opened by the cipher"_s));
    QVERIFY(!QFile::exists(name + u".damaged"_s)); // nothing is wrong with it
    QTRY_VERIFY(isEstablished(*list));
    QTRY_COMPARE(list->rowCount(), 3);
}

void tst_CacheFile::sizeIsTold()
{
    makeList(1);
    const auto client = cachedClient();
    const QSignalSpy changed(client.get(), &SyncClient::cacheSizeChanged);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(client->cacheSize() > 0);
    const qint64 before = client->cacheSize();
    valueOfCall(valueOfCall(m_bob->list(m_name))->push({ { u"text"_s, QString(14'000, u'x') } }));
    QTRY_VERIFY(client->cacheSize() >= before + 12'000);
    QVERIFY(changed.size() >= 2);
    QSignalSpy failed(client.get(), &SyncClient::cacheError);
    client->setMaximumCacheSize(-1);
    QTRY_COMPARE(failed.size(), 1);
    QCOMPARE(client->maximumCacheSize(), 0);
}

void tst_CacheFile::whatWasOpenedLongestAgoGoes()
{
    QStringList names;
    for (int i = 0; i < 10; ++i)
        names << m_name + QString::number(i);
    for (const QString &name : names) {
        SyncDocument *const document = valueOfCall(m_bob->document(name));
        valueOfCall(document->set({ { u"text"_s, QString(15'000, u'x') } }));
    }
    qint64 size = 0;
    const auto see = [&](const QString &name, qint64 most = 0) {
        const auto client = cachedClient();
        client->setMaximumCacheSize(most);
        const auto document = handle<SyncDocument>(*client, name);
        QTRY_VERIFY(isEstablished(*document));
        size = client->cacheSize();
    };
    const auto isKept = [&](const QString &name) {
        const auto client = offlineClient();
        return errorOfCall(client->document({ .id = name, .mode = SyncClient::OpenMode::OpenExisting }))
                .isNull();
    };
    for (const QString &name : names)
        see(name);
    see(names[0]); // is the youngest now
    see(m_name, size - 1'000);
    QVERIFY(isKept(names[0]));
    QVERIFY(!isKept(names[1]));
    QVERIFY(!isKept(names[2]));
    QVERIFY(isKept(names[9]));
}

void tst_CacheFile::clearing()
{
    seeList(3);
    {
        const auto client = cachedClient();
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QVERIFY(errorOfCall(client->clearCache()).isNull());
        valueOfCall(list->push(number(3)));
        QTRY_COMPARE(list->rowCount(), 4);
    }
    const auto client = offlineClient();
    QVERIFY(!errorOfCall(client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting }))
                     .isNull());
    client->goOnline();
    {
        const auto list = handle<SyncList>(*client);
        QTRY_VERIFY(isEstablished(*list));
        QTRY_COMPARE(list->rowCount(), 4);
    }
    client->goOffline();
    QVERIFY(errorOfCall(client->list({ .id = m_name, .mode = SyncClient::OpenMode::OpenExisting })).isNull());
}

// An object that has gone, and of which that has not been heard yet, has a name that is another's by now.
void tst_CacheFile::oneObjectForAName()
{
    SyncError damage;
    auto opened = CacheDatabase::open(m_dir->path(), { u"AC1"_s, u"IS1"_s, u"alice"_s }, {}, &damage);
    QVERIFY(!errorOf(opened));
    CacheDatabase &database = *std::get<0>(opened);
    const auto listCalledTasks = [](const char *sid, bool isNew) {
        CacheChange change;
        change.isNew = isNew;
        change.root.resource.sid = sid;
        change.root.resource.uniqueName = "tasks";
        change.items.push_back(
                { ItemPtr::make({ .index = 0, .json = "{}", .revision = "0", .lastEventId = 1 }) });
        return std::vector<CacheChange> { change };
    };
    QVERIFY(!errorOf(database.write(listCalledTasks("ES1", true))));
    QVERIFY(!errorOf(database.write(listCalledTasks("ES2", true))));
    const auto late = database.write(listCalledTasks("ES1", false));
    QVERIFY2(!errorOf(late), qPrintable(errorOf(late) ? errorOf(late)->message() : QString()));
    const auto kept = database.load(ObjectKind::List, u"tasks"_s);
    QVERIFY(!errorOf(kept));
    QCOMPARE(std::get<0>(kept)->root.resource.sid, "ES2");
    QVERIFY(!std::get<0>(database.load(ObjectKind::List, u"ES1"_s)));
}

void tst_CacheFile::noFileWithoutAPath()
{
    makeList(1);
    const auto client = makeClient(m_server);
    const auto list = handle<SyncList>(*client);
    QTRY_VERIFY(isEstablished(*list));
    QVERIFY(!list->isFromCache());
    QCOMPARE(client->cacheSize(), 0);
    QVERIFY(errorOfCall(client->clearCache()).isNull());
    QVERIFY(QDir(m_dir->path()).isEmpty());
}

QTEST_GUILESS_MAIN(tst_CacheFile)
#include "tst_cachefile.moc"
