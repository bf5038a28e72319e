#include "datafixture.h"
#include "server/storage/sqlitestorage.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlerror.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// Files of schema 1, made by the build before schema 2, open, are as they were, and stay so.
class tst_Migration : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void filesOfSchema1Open_data();
    void filesOfSchema1Open();
    void filesOfLaterSchemasOpen_data();
    void filesOfLaterSchemasOpen();
    void copyIsKept();
    void serviceCalledDefaultBecomesTheDefaultInstance();
    void logThatWasCutIsMadeWhole();
    void damagedFileStaysAsItIs();

private:
    void take(const QString &name);
    std::unique_ptr<DataFixture> start();
    void execute(const QString &file, const QString &sql, QVariant *value = nullptr);

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_file;
};

void tst_Migration::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_file = m_dir->filePath(u"data.sqlite"_s);
}

void tst_Migration::take(const QString &name)
{
    for (const QString &suffix : { u""_s, u"-wal"_s }) {
        const QString source = QStringLiteral(SCHEMA1_DIR "/") + name + u".sqlite"_s + suffix;
        if (QFile::exists(source))
            QVERIFY(QFile::copy(source, m_file + suffix));
        QFile::setPermissions(m_file + suffix, QFile::ReadOwner | QFile::WriteOwner);
    }
}

std::unique_ptr<DataFixture> tst_Migration::start()
{
    auto storage = SqliteStorage::open(m_file);
    if (const auto *error = Twilio::errorOf(storage))
        qFatal("%s", qPrintable(error->message()));
    auto server = std::make_unique<DataFixture>();
    server->data->setStorage(std::get<0>(std::move(storage)));
    return server;
}

void tst_Migration::execute(const QString &file, const QString &sql, QVariant *value)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"other"_s);
        database.setDatabaseName(file);
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY2(query.exec(sql), qPrintable(query.lastError().text()));
        if (value && query.next())
            *value = query.value(0);
    }
    QSqlDatabase::removeDatabase(u"other"_s);
}

void tst_Migration::filesOfSchema1Open_data()
{
    QTest::addColumn<QString>("name");
    QTest::newRow("closed") << u"closed"_s;
    QTest::newRow("killed") << u"killed"_s;
}

void tst_Migration::filesOfSchema1Open()
{
    QFETCH(QString, name);
    take(name);
    QFile said(QStringLiteral(SCHEMA1_DIR "/") + name + u".txt"_s);
    QVERIFY(said.open(QFile::ReadOnly));
    const QByteArrayList lines = said.readAll().trimmed().split('\n');
    QCOMPARE(lines.size(), 12);
    QByteArray id;
    for (int round = 0; round < 2; ++round) {
        auto server = start();
        for (const QByteArray &line : lines) {
            const qsizetype space = line.indexOf(' ');
            QCOMPARE(server->call("GET", line.left(space)).body, line.mid(space + 1));
        }
        // The log too: all 38 events of the map, the last of them the newest.
        const QByteArray map = lines[6].left(lines[6].indexOf(' '));
        const auto replayed = server->replayed({ DataFixture::sidOf(map), ObjectKind::Map });
        QCOMPARE(replayed.size(), 37);
        QCOMPARE(replayed.last().id, 36);
        if (round == 1)
            QCOMPARE(server->data->storageId(), id);
        id = server->data->storageId();
        QCOMPARE(id.size(), 32);
        QCOMPARE(server->serviceSids().size(), 2);
    }
}

void tst_Migration::filesOfLaterSchemasOpen_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QString>("copy");
    QTest::newRow("2") << QStringLiteral(SCHEMA2_DIR) << u".schema2"_s;
    QTest::newRow("3") << QStringLiteral(SCHEMA3_DIR) << u".schema3"_s;
}

// What schema 1 had, brought to a later schema as the server did then.
void tst_Migration::filesOfLaterSchemasOpen()
{
    QFETCH(QString, folder);
    QFETCH(QString, copy);
    QVERIFY(QFile::copy(folder + u"/closed.sqlite"_s, m_file));
    QFile::setPermissions(m_file, QFile::ReadOwner | QFile::WriteOwner);
    QFile said(QStringLiteral(SCHEMA1_DIR "/closed.txt"));
    QVERIFY(said.open(QFile::ReadOnly));
    const QByteArrayList lines = said.readAll().trimmed().split('\n');
    for (const bool isFirst : { true, false }) {
        auto server = start();
        for (const QByteArray &line : lines) {
            const qsizetype space = line.indexOf(' ');
            QCOMPARE(server->call("GET", line.left(space)).body, line.mid(space + 1));
        }
        const QString sid = server->caller.serviceSid;
        const auto found = server->services->find(sid);
        QCOMPARE(std::get<Service>(found).friendlyName, isFirst ? QString() : u"named"_s);
        QVERIFY(!Twilio::errorOf(server->services->update(sid, { .friendlyName = u"named"_s })));
        QVERIFY(server->commit());
    }
    QVERIFY(QFile::exists(m_file + copy));
}

void tst_Migration::copyIsKept()
{
    take(u"killed"_s);
    QFile other(m_file + u".schema1"_s); // somebody else's
    QVERIFY(other.open(QFile::WriteOnly));
    other.close();
    start().reset();
    start().reset(); // nothing more to copy
    QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files),
             (QStringList { u"data.sqlite"_s, u"data.sqlite.schema1"_s, u"data.sqlite.schema1.2"_s }));
    QVariant version;
    execute(m_file + u".schema1.2"_s, u"PRAGMA user_version"_s, &version);
    QCOMPARE(version.toInt(), 1);
    QVariant events;
    execute(m_file + u".schema1.2"_s, u"SELECT count(*) FROM events"_s, &events);
    QVERIFY(events.toInt() > 40); // what was in the log is in it
    execute(m_file, u"PRAGMA user_version"_s, &version);
    QCOMPARE(version.toInt(), 4);
    QVERIFY(QFile::remove(m_file));
    QVERIFY(QFile::rename(m_file + u".schema1.2"_s, m_file));
    QCOMPARE(start()->call("GET", "/v3/Maps/map").status, 200);
}

void tst_Migration::serviceCalledDefaultBecomesTheDefaultInstance()
{
    take(u"closed"_s);
    auto server = start();
    server->caller.serviceSid = QLatin1StringView(defaultServiceSid);
    QVERIFY(server->call("GET", "/v3/Documents/quickstart").body.contains(R"("of":"default")"));
    QVERIFY(server->call("GET", "/v3/Documents/both").body.contains(R"("of":"IS111")"));
    // The other one of that name has lost it, and nothing else.
    const auto page = server->operations->objects(server->caller, ObjectKind::Document, {});
    QCOMPARE(std::get<ObjectPage>(page).objects.size(), 3U);
    QVERIFY(std::get<ObjectPage>(page).objects[1]->data.contains(R"("of":"default")"));
}

void tst_Migration::logThatWasCutIsMadeWhole()
{
    take(u"closed"_s);
    execute(m_file, u"DELETE FROM events WHERE id < 3"_s);
    auto server = start();
    const QJsonObject map = DataFixture::json(server->call("GET", "/v3/Maps/map"));
    QSet<QString> keys;
    for (const auto &event : server->replayed({ map[u"sid"].toString().toLatin1(), ObjectKind::Map }))
        keys << DataFixture::json(event.json)[u"item_key"].toString();
    const QJsonArray items = DataFixture::json(server->call("GET", "/v3/Maps/map/Items"))[u"items"].toArray();
    QVERIFY(items.size() > 3);
    for (const auto &item : items)
        QVERIFY(keys.contains(item[u"key"].toString()));
}

void tst_Migration::damagedFileStaysAsItIs()
{
    take(u"closed"_s);
    execute(m_file, u"UPDATE items SET data = 'x'"_s);
    QFile file(m_file);
    QVERIFY(file.open(QFile::ReadOnly));
    const QByteArray before = file.readAll();
    file.close();
    const auto storage = SqliteStorage::open(m_file);
    QVERIFY(Twilio::errorOf(storage));
    QVERIFY(Twilio::errorOf(storage)->message().contains(u"is damaged"_s));
    QVERIFY(file.open(QFile::ReadOnly));
    QVERIFY(file.readAll() == before);
    QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files), QStringList { u"data.sqlite"_s });
}

QTEST_GUILESS_MAIN(tst_Migration)
#include "tst_migration.moc"
