#include "cachefixture.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qprocess.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// The cases OFF-01 to OFF-25 that are about a cache on the disk.
class tst_BehaviourCache : public CacheFixture
{
    Q_OBJECT

private Q_SLOTS:
    void off01_nothingOfOthersOffline();
    void off02_otherIdentityOnline();
    void off03_cachedDocumentOffline();
    void off04_unknownDocumentOffline();
    void off05_unknownMapIsMadeLater();
    void off06_unknownStreamOffline();
    void off07_suitesWithACache_data();
    void off07_suitesWithACache();
    void off18_noFileChangesWithoutACache();
    void off19_othersFilesStay();
    void off23_mixedObjectsShrink();
    void off24_documentsShrink();
    void off25_listsShrink();

private:
    static constexpr auto existing = SyncClient::OpenMode::OpenExisting;

    //! The document and the map of the cases, seen by \a identity.
    void see(const QString &identity = u"alice"_s) const;
    [[nodiscard]] QString notCached(const QString &id) const
    {
        return id + u": not in the cache, and there is no connection"_s;
    }
    //! Names and contents of all files.
    [[nodiscard]] QHash<QString, QByteArray> files() const;
    //! Text of as many bytes.
    [[nodiscard]] static SyncValue textOf(int bytes) { return { { u"text"_s, QString(bytes, u'x') } }; }
    //! With a limit of \a bytes at the next login, half of it is left at most, and what was opened last.
    void checkShrinks(qint64 bytes, const QStringList &documents, const QStringList &lists);
};

void tst_BehaviourCache::see(const QString &identity) const
{
    const auto client = cachedClient(true, identity);
    const auto document = handle<SyncDocument>(*client, m_name + u"-document"_s);
    const auto map = handle<SyncMap>(*client, m_name + u"-map"_s);
    QTRY_VERIFY(isEstablished(*document) && isEstablished(*map));
    valueOfCall(document->set(SyncValue { { u"value"_s, 1 } }));
    valueOfCall(map->set(u"key1"_s, { { u"value"_s, 1 } }));
    valueOfCall(map->set(u"key2"_s, { { u"value"_s, 2 } }));
    QTRY_COMPARE(map->rowCount(), 2);
}

QHash<QString, QByteArray> tst_BehaviourCache::files() const
{
    QHash<QString, QByteArray> all;
    const QDir folder(m_dir->path());
    for (const QString &name : folder.entryList(QDir::Files)) {
        QFile file(folder.filePath(name));
        if (file.open(QFile::ReadOnly))
            all.insert(name, file.readAll());
    }
    return all;
}

void tst_BehaviourCache::off01_nothingOfOthersOffline()
{
    see();
    SyncClient client; // without a cache of its own
    client.goOffline();
    client.setUrl(m_server.url());
    client.setToken(m_server.token(u"alice"_s));
    SyncDocument document;
    document.setClient(&client);
    document.setMode(existing);
    document.setUniqueName(m_name + u"-document"_s);
    QTRY_COMPARE(document.status(), Sync::Status::Opening);
    const auto other = offlineClient(u"other"_s);
    QCOMPARE(errorOfCall(other->document({ .id = m_name + u"-document"_s, .mode = existing })).message(),
             notCached(m_name + u"-document"_s));
    QCOMPARE(document.status(), Sync::Status::Opening);
}

// There it is an error that ends the client; here each identity has a file of its own.
void tst_BehaviourCache::off02_otherIdentityOnline()
{
    see();
    const auto before = files();
    const auto client = cachedClient(true, u"other"_s);
    const QSignalSpy failed(client.get(), &SyncClient::cacheError);
    const auto document = handle<SyncDocument>(*client, m_name + u"-document"_s);
    bool wasFromCache = false;
    connect(document.get(), &SyncDocument::fromCacheChanged, document.get(), [&] { wasFromCache = true; });
    QTRY_VERIFY(isEstablished(*document));
    QVERIFY(!wasFromCache);
    QCOMPARE(document->value().value(u"value"_s).toInt(), 1); // of the service
    QCOMPARE(failed.size(), 0);
    const auto after = files();
    for (auto it = before.cbegin(); it != before.cend(); ++it)
        QVERIFY(after.value(it.key()) == *it);
    QVERIFY(after.size() > before.size());
}

void tst_BehaviourCache::off03_cachedDocumentOffline()
{
    see();
    const auto client = offlineClient();
    const auto document = handle<SyncDocument>(*client, m_name + u"-document"_s);
    QTRY_COMPARE(document->status(), Sync::Status::Ready);
    QCOMPARE(document->json(), R"({"value":1})");
    const auto map = handle<SyncMap>(*client, m_name + u"-map"_s);
    QTRY_COMPARE(map->rowCount(), 2);
    QVERIFY(map->isComplete());
}

void tst_BehaviourCache::off04_unknownDocumentOffline()
{
    see();
    const auto client = offlineClient();
    QCOMPARE(errorOfCall(client->document({ .id = m_name, .mode = existing })).message(), notCached(m_name));
}

void tst_BehaviourCache::off05_unknownMapIsMadeLater()
{
    see();
    const auto client = offlineClient();
    const auto call = client->map(m_name);
    const auto map = handle<SyncMap>(*client);
    QTRY_COMPARE(map->status(), Sync::Status::Opening);
    QVERIFY(!call.isFinished());
    client->goOnline();
    QVERIFY(valueOfCall(call));
    QTRY_COMPARE(map->status(), Sync::Status::Ready);
}

void tst_BehaviourCache::off06_unknownStreamOffline()
{
    see();
    const auto client = offlineClient();
    QCOMPARE(errorOfCall(client->stream({ .id = m_name, .mode = existing })).message(), notCached(m_name));
}

void tst_BehaviourCache::off07_suitesWithACache_data()
{
    QTest::addColumn<QString>("program");
    for (const QString &program : QStringLiteral(SUITES).split(u' '))
        QTest::newRow(qPrintable(QFileInfo(program).fileName())) << program;
}

// As they pass without one, they pass with one.
void tst_BehaviourCache::off07_suitesWithACache()
{
    QFETCH(QString, program);
    QProcess suite;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"TWILIO_SYNC_CACHES"_s, m_dir->path());
    suite.setProcessEnvironment(environment);
    suite.setProcessChannelMode(QProcess::MergedChannels);
    QByteArray output;
    connect(&suite, &QProcess::readyRead, &suite, [&] { output += suite.readAll(); });
    suite.start(program, { u"-nocrashhandler"_s });
    QTRY_COMPARE_WITH_TIMEOUT(suite.state(), QProcess::NotRunning, 120'000);
    QVERIFY2(suite.exitStatus() == QProcess::NormalExit && suite.exitCode() == 0, output.constData());
    QVERIFY(!QDir(m_dir->path()).isEmpty());
}

void tst_BehaviourCache::off18_noFileChangesWithoutACache()
{
    for (const QString &identity : { u"user1"_s, u"user2"_s, u"user3"_s })
        see(identity);
    const auto before = files();
    QCOMPARE(before.size(), 3);
    {
        SyncClient client;
        client.setUrl(m_server.url());
        client.setToken(m_server.token(u"user1"_s));
        const auto document = handle<SyncDocument>(client, m_name + u"-document"_s);
        QTRY_VERIFY(isEstablished(*document));
    }
    QVERIFY(files() == before);
}

void tst_BehaviourCache::off19_othersFilesStay()
{
    for (const QString &identity : { u"user1"_s, u"user2"_s, u"user3"_s })
        see(identity);
    const auto before = files();
    {
        const auto client = cachedClient(true, u"user1"_s);
        const auto document = handle<SyncDocument>(*client, m_name + u"-document"_s);
        QTRY_VERIFY(isEstablished(*document));
    }
    const auto after = files();
    QCOMPARE(after.size(), 3);
    int changed = 0;
    for (auto it = before.cbegin(); it != before.cend(); ++it)
        changed += after.value(it.key()) == *it ? 0 : 1;
    QVERIFY(changed <= 1);
}

void tst_BehaviourCache::checkShrinks(qint64 bytes, const QStringList &documents, const QStringList &lists)
{
    {
        const auto client = cachedClient();
        for (const QString &name : documents) {
            const auto document = handle<SyncDocument>(*client, name);
            QTRY_VERIFY(isEstablished(*document));
            valueOfCall(document->set(textOf(15'000)));
        }
        client->setPaceWrites(false);
        for (const QString &name : lists) {
            const auto list = handle<SyncList>(*client, name);
            list->setLoadAll(true);
            QTRY_VERIFY(isEstablished(*list));
            QList<QFuture<SyncListItem>> pushes;
            for (int i = 0; i < 100; ++i)
                pushes << list->push(textOf(1'000));
            for (const auto &push : pushes)
                valueOfCall(push);
            QTRY_COMPARE(list->rowCount(), 100);
        }
        QTRY_VERIFY(client->cacheSize() > bytes);
    }
    const QString last = lists.isEmpty() ? documents.last() : lists.last();
    {
        const auto client = cachedClient();
        client->setMaximumCacheSize(bytes);
        QTRY_VERIFY(client->cacheSize() > 0 && client->cacheSize() <= bytes / 2);
    }
    const auto client = offlineClient();
    const auto ofDocument = client->document({ .id = last, .mode = existing });
    const auto ofList = client->list({ .id = last, .mode = existing });
    QVERIFY(errorOfCall(ofDocument).isNull() || errorOfCall(ofList).isNull());
    const QString first = documents.isEmpty() ? lists.first() : documents.first();
    const auto firstDocument = client->document({ .id = first, .mode = existing });
    const auto firstList = client->list({ .id = first, .mode = existing });
    QVERIFY(!errorOfCall(firstDocument).isNull() && !errorOfCall(firstList).isNull());
}

void tst_BehaviourCache::off23_mixedObjectsShrink()
{
    QStringList documents;
    for (int i = 0; i < 30; ++i)
        documents << m_name + u"-d%1"_s.arg(i);
    QStringList lists;
    for (int i = 0; i < 8; ++i)
        lists << m_name + u"-l%1"_s.arg(i);
    checkShrinks(1'000'000, documents, lists);
}

void tst_BehaviourCache::off24_documentsShrink()
{
    QStringList documents;
    for (int i = 0; i < 14; ++i)
        documents << m_name + u"-d%1"_s.arg(i);
    checkShrinks(200'000, documents, {});
}

void tst_BehaviourCache::off25_listsShrink()
{
    QStringList lists;
    for (int i = 0; i < 16; ++i)
        lists << m_name + u"-l%1"_s.arg(i);
    checkShrinks(2'000'000 / 2, {}, lists);
}

QTEST_GUILESS_MAIN(tst_BehaviourCache)
#include "tst_behaviourcache.moc"
