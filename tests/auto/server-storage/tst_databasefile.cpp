#include "datafixture.h"

#include "server/storage/sqlitestorage.h"
#include "TwilioSync/sqlite/sqlitefile.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qtemporarydir.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlerror.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// A file that cannot be used is named, with the reason, and left byte for byte as it is.
class tst_DatabaseFile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void refuses_data();
    void refuses();
    void damagedPagesAreFound();
    void cutFileIsRefused_data();
    void cutFileIsRefused();
    void vacantFileIsFilled();
    void leftoversOfAKilledCreationDoNotMatter();
    void badPlaces_data();
    void badPlaces();
    void oneServerAtATime();
    void unwritableFileIsRefused();
    void logOfAKilledServerIsRead();
    void settings();

private:
    void makeDatabase();
    // Runs \a sql on the file as another program would.
    void execute(const QString &sql);
    QString failure();
    QByteArray bytes() const;

    std::unique_ptr<QTemporaryDir> m_dir;
    QString m_file;
};

void tst_DatabaseFile::init()
{
    m_dir = std::make_unique<QTemporaryDir>();
    m_file = m_dir->filePath(u"data.sqlite"_s);
}

void tst_DatabaseFile::makeDatabase()
{
    auto storage = SqliteStorage::open(m_file);
    QVERIFY(!Twilio::errorOf(storage));
    DataFixture server;
    server.data->setStorage(std::get<0>(std::move(storage)));
    server.create("Documents", R"({"data":{"n":1}})");
    const QByteArray list = server.create("Lists");
    const QByteArray map = server.create("Maps");
    for (int i = 0; i < 50; ++i) {
        const QByteArray body = R"({"data":{"text":")" + QByteArray(400, 'x') + R"("}})";
        server.call("POST", list + "/Items", body);
        server.call("PUT", map + "/Items/" + QByteArray::number(i), body);
    }
    QVERIFY(server.commit());
}

void tst_DatabaseFile::execute(const QString &sql)
{
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"other"_s);
        database.setDatabaseName(m_file);
        QVERIFY(database.open());
        QSqlQuery query(database);
        QVERIFY2(query.exec(sql), qPrintable(query.lastError().text()));
    }
    QSqlDatabase::removeDatabase(u"other"_s);
}

QString tst_DatabaseFile::failure()
{
    const auto storage = SqliteStorage::open(m_file);
    const auto *error = Twilio::errorOf(storage);
    return error ? error->message() : QString();
}

QByteArray tst_DatabaseFile::bytes() const
{
    QFile file(m_file);
    return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray();
}

void tst_DatabaseFile::refuses_data()
{
    QTest::addColumn<QByteArray>("content"); // instead of a database
    QTest::addColumn<QString>("sql"); // done to a good one
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const QByteArray &content, const char *sql, const char *reason) {
        QTest::newRow(name) << content << QString::fromLatin1(sql) << QString::fromLatin1(reason);
    };
    row("text", "Dear diary,\n", "", "got no SQLite database");
    row("long text", QByteArray(100'000, 'x'), "", "got no SQLite database");
    row("one byte", "S", "", "got no SQLite database");
    row("only the magic", QByteArray("SQLite format 3\0", 16), "", "got no SQLite database");
    row("magic and zeros", QByteArray("SQLite format 3\0", 16) + QByteArray(4080, '\0'), "",
        "another application");
    row("another application", "", "PRAGMA application_id = 4711", "another application");
    row("newer schema", "", "PRAGMA user_version = 5",
        "schema version 1 to 4, got 5, which a newer server has written");
    row("older schema", "", "PRAGMA user_version = 0", "schema version 1 to 4, got 0");
    row("table missing", "", "DROP TABLE events", "no such table");
    row("column missing", "", "ALTER TABLE items DROP COLUMN expires", "no such column");
    row("no generation", "", "DELETE FROM server", "data.sqlite: ");
    row("gap in a log", "", "DELETE FROM events WHERE id = 7", "is damaged (gap in an event log)");
    row("end of a log missing", "", "DELETE FROM events WHERE id = 49", "is damaged (gap in an event log)");
    row("no log at all", "", "DELETE FROM events", "is damaged (gap in an event log)");
    row("unknown kind", "", "UPDATE objects SET kind = 9", "is damaged (row 1 of objects)");
    row("no sid", "", "UPDATE objects SET sid = 'x' WHERE kind = 0", "is damaged (row 1 of objects)");
    row("value is no JSON", "", "UPDATE items SET data = '{\"a\":' WHERE item_index = 3", "is damaged (row ");
    row("value is no object", "", "UPDATE objects SET data = '[]'", "is damaged (row 1 of objects)");
    row("event is no JSON", "", "UPDATE events SET data = '' WHERE id = 3", "is damaged (row ");
    row("item of nobody", "", "UPDATE items SET object = 99 WHERE item_index = 3", "is damaged (row ");
    row("item ahead of its list", "", "UPDATE items SET last_event_id = 5000 WHERE item_index = 3",
        "is damaged (row ");
    row("index to be given again", "", "UPDATE objects SET next_index = 2", "is damaged (row ");
}

void tst_DatabaseFile::refuses()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, sql);
    QFETCH(QString, reason);
    if (content.isEmpty()) {
        makeDatabase();
        execute(sql);
    } else {
        QFile file(m_file);
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(content);
    }
    const QByteArray before = bytes();
    const QString message = failure();
    QVERIFY2(message.startsWith(m_file + u": "_s), qPrintable(message));
    QVERIFY2(message.contains(reason), qPrintable(message));
    QVERIFY(!message.contains(u'\n'));
    QVERIFY(bytes() == before);
    QCOMPARE(QDir(m_dir->path()).entryList(QDir::Files), QStringList { u"data.sqlite"_s });
}

void tst_DatabaseFile::damagedPagesAreFound()
{
    makeDatabase();
    QByteArray content = bytes();
    QVERIFY(content.size() > 20'000);
    for (qsizetype i = 8192; i < 8192 + 4096; ++i)
        content[i] = char(i * 31);
    {
        QFile file(m_file);
        QVERIFY(file.open(QFile::WriteOnly));
        file.write(content);
    }
    const QString message = failure();
    QVERIFY2(message.contains(u"is damaged"_s), qPrintable(message));
    QVERIFY(bytes() == content);
}

void tst_DatabaseFile::cutFileIsRefused_data()
{
    QTest::addColumn<double>("part");
    for (const double part : { 0.9, 0.5, 0.1 })
        QTest::addRow("%g", part) << part;
    QTest::newRow("1000 bytes") << -1000.0;
}

void tst_DatabaseFile::cutFileIsRefused()
{
    QFETCH(double, part);
    makeDatabase();
    QFile file(m_file);
    QVERIFY(file.resize(part < 0 ? qint64(-part) : qint64(part * double(file.size()))));
    const QByteArray before = bytes();
    const QString message = failure();
    QVERIFY2(message.contains(u"is damaged"_s), qPrintable(message));
    QVERIFY(bytes() == before);
}

void tst_DatabaseFile::vacantFileIsFilled()
{
    QVERIFY(Twilio::isVacant(m_file));
    QFile file(m_file);
    QVERIFY(file.open(QFile::WriteOnly));
    file.close();
    QVERIFY(Twilio::isVacant(m_file));
    QCOMPARE(failure(), QString());
    QVERIFY(!Twilio::isVacant(m_file));
    QCOMPARE(failure(), QString());
}

void tst_DatabaseFile::leftoversOfAKilledCreationDoNotMatter()
{
    QFile file(m_file + u".new"_s);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write("half a database");
    file.close();
    QCOMPARE(failure(), QString());
    QVERIFY(!file.exists());
}

void tst_DatabaseFile::badPlaces_data()
{
    QTest::addColumn<QString>("place");
    QTest::addColumn<QString>("reason");
    QTest::newRow("folder") << u"."_s << u"expected a file"_s;
    QTest::newRow("no folder") << u"nowhere/data.sqlite"_s << u"expected an existing folder"_s;
    QTest::newRow("below a file") << u"file/data.sqlite"_s << u"expected an existing folder"_s;
    QTest::newRow("dangling link") << u"link"_s << u"expected a file"_s;
    QTest::newRow("device") << u"/dev/null"_s << u"expected a file"_s;
}

void tst_DatabaseFile::badPlaces()
{
    QFETCH(QString, place);
    QFETCH(QString, reason);
    QFile file(m_dir->filePath(u"file"_s));
    QVERIFY(file.open(QFile::WriteOnly));
    QVERIFY(QFile::link(u"nowhere"_s, m_dir->filePath(u"link"_s)));
    m_file = QDir(m_dir->path()).filePath(place);
    QVERIFY2(failure().contains(reason), qPrintable(failure()));
}

void tst_DatabaseFile::oneServerAtATime()
{
    makeDatabase();
    const auto first = SqliteStorage::open(m_file);
    QVERIFY(!Twilio::errorOf(first));
    QVERIFY2(failure().contains(u"in use by another process"_s), qPrintable(failure()));
}

void tst_DatabaseFile::unwritableFileIsRefused()
{
    makeDatabase();
    const QByteArray before = bytes();
    QVERIFY(QFile::setPermissions(m_file, QFile::ReadOwner));
    QFile file(m_file);
    if (file.open(QFile::ReadWrite)) {
        // Nothing is forbidden to root. What this row is about is then tested by the file being usable.
        file.close();
        QCOMPARE(failure(), QString());
        return;
    }
    QVERIFY2(failure().contains(u"can be written to"_s), qPrintable(failure()));
    QVERIFY(bytes() == before);
}

void tst_DatabaseFile::logOfAKilledServerIsRead()
{
    // Copying the files of a running server is what a kill leaves behind.
    {
        auto storage = SqliteStorage::open(m_file);
        DataFixture server;
        server.data->setStorage(std::get<0>(std::move(storage)));
        server.create("Documents", R"({"unique_name":"kept"})");
        QVERIFY(server.commit());
        const QString copy = m_dir->filePath(u"copy.sqlite"_s);
        QVERIFY(QFile::copy(m_file, copy));
        QVERIFY(QFile::copy(m_file + u"-wal"_s, copy + u"-wal"_s));
        m_file = copy;
    }
    auto storage = SqliteStorage::open(m_file);
    QVERIFY(!Twilio::errorOf(storage));
    DataFixture server;
    server.data->setStorage(std::get<0>(std::move(storage)));
    QCOMPARE(server.call("GET", "/v3/Documents/kept").status, 200);
}

void tst_DatabaseFile::settings()
{
    makeDatabase();
    {
        QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"other"_s);
        database.setDatabaseName(m_file);
        QVERIFY(database.open());
        QSqlQuery query(database);
        for (const auto &[pragma, value] : { std::pair { u"journal_mode"_s, u"wal"_s },
                                             { u"user_version"_s, u"4"_s },
                                             { u"application_id"_s, u"1417106297"_s } }) {
            QVERIFY(query.exec(u"PRAGMA "_s + pragma));
            QVERIFY(query.next());
            QCOMPARE(query.value(0).toString(), value);
        }
    }
    QSqlDatabase::removeDatabase(u"other"_s);
}

QTEST_GUILESS_MAIN(tst_DatabaseFile)
#include "tst_databasefile.moc"
