#include "storagefixture.h"

#include <QtCore/qfileinfo.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlquery.h>
#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// The file follows the data: what newer events or removed objects have made superfluous goes.
class tst_FileSize : public StorageFixture
{
    Q_OBJECT

private Q_SLOTS:
    void compactedLogsComeBack();
    void fileFollowsTheDataNotTheHistory();
    void removedCollectionsAreForgottenInSlices();
};

void tst_FileSize::compactedLogsComeBack()
{
    QByteArray map;
    QByteArray before;
    {
        auto server = start();
        server->data->setHistory({ 2, 1'000'000 });
        map = server->create("Maps");
        for (int i = 0; i < 20; ++i)
            server->call("PUT", map + "/Items/" + QByteArray::number(i % 3), R"({"data":{"n":1}})");
        server->call("DELETE", map + "/Items/1");
        for (int i = 0; i < 5; ++i)
            server->call("PUT", map + "/Items/2", R"({"data":{"n":2}})");
        commit(*server);
        before = picture(*server, map);
        QVERIFY(before.count("map_item_") < 8);
    }
    auto server = start();
    QCOMPARE(picture(*server, map), before);
    server->data->setHistory({ 0, 0 });
    server->call("PUT", map + "/Items/2", R"({"data":{"n":3}})");
    QCOMPARE(server->replayed({ DataFixture::sidOf(map), ObjectKind::Map }).size(), 3); // 0, 2, and 1 removed
}

// Row 6: an item of 8 KB written 6,000 times.
void tst_FileSize::fileFollowsTheDataNotTheHistory()
{
    auto server = start();
    const QByteArray map = server->create("Maps");
    const QByteArray body = R"({"data":{"a":")" + QByteArray(8000, 'x') + R"("}})";
    for (int i = 0; i < 6000; ++i) {
        server->call("PUT", map + "/Items/k", body);
        if (i % 100 == 0)
            commit(*server);
    }
    commit(*server);
    const auto replayed = server->replayed({ DataFixture::sidOf(map), ObjectKind::Map });
    QCOMPARE(replayed.last().id, 5999);
    qsizetype bytes = 0;
    for (const auto &event : replayed)
        bytes += event.json.size();
    QVERIFY2(bytes < 1024 * 1024, qPrintable(QString::number(bytes)));
    server.reset();
    const qint64 size = QFileInfo(m_file).size();
    QVERIFY2(size < 8 * 1024 * 1024, qPrintable(QString::number(size)));
}

// What was left of it in the file goes bit by bit, also over restarts, and does not come back.
void tst_FileSize::removedCollectionsAreForgottenInSlices()
{
    QByteArray other;
    {
        auto server = start();
        const QByteArray list = server->create("Lists");
        for (int i = 0; i < 3000; ++i)
            server->call("POST", list + "/Items", R"({"data":{"n":1},"ttl":100})");
        commit(*server);
        server->call("DELETE", list);
        other = server->create("Maps");
        commit(*server);
    } // most rows are still there
    {
        auto server = start();
        QCOMPARE(server->data->objectCount(), 1);
        QCOMPARE(server->data->itemCount(), 0);
        server->call("PUT", server->create("Maps") + "/Items/k", R"({"data":{}})");
        commit(*server);
    }
    const auto rows = [this](const QString &table) {
        qint64 count = -1;
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"other"_s);
            database.setDatabaseName(m_file);
            if (database.open()) {
                QSqlQuery query(u"SELECT count(*) FROM "_s + table, database);
                count = query.next() ? query.value(0).toLongLong() : -1;
            }
        }
        QSqlDatabase::removeDatabase(u"other"_s);
        return count;
    };
    {
        auto server = start();
        QTRY_VERIFY(!m_storage->isSweeping());
    }
    QCOMPARE(rows(u"removed_objects"_s), 0);
    QCOMPARE(rows(u"items"_s), 1);
    QCOMPARE(rows(u"events"_s), 1);
}

QTEST_GUILESS_MAIN(tst_FileSize)
#include "tst_filesize.moc"
