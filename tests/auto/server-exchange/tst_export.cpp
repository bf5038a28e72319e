#include "datafixture.h"
#include "server/data/objectstore.h"
#include "server/exchange/exporter.h"
#include "server/exchange/importer.h"
#include "server/operations/permissions.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtemporarydir.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// What is exported can be imported, and is then exported as the same text.
class tst_Export : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void textIsForPeople();
    void roundTrip_data();
    void roundTrip();
    void folderHasAFileForEachService();
    void whatIsOverIsLeftOut();
    void errorsNameTheFile();

private:
    static QByteArray textOf(DataFixture &server)
    {
        QTemporaryDir dir;
        const QString file = dir.filePath(u"out.json"_s);
        if (Twilio::errorOf(Exporter(*server.data).exportTo(file)))
            return {};
        return read(file);
    }
    static QByteArray read(const QString &name)
    {
        QFile file(name);
        return file.open(QFile::ReadOnly) ? file.readAll() : QByteArray("nothing");
    }
    static QString import(DataFixture &server, const QString &path)
    {
        const auto result = Importer(*server.data, *server.services).import(path);
        return Twilio::errorOf(result) ? Twilio::errorOf(result)->message() : QString();
    }
    static void fill(DataFixture &server, QRandomGenerator &random);
};

void tst_Export::textIsForPeople()
{
    DataFixture server;
    QCOMPARE(textOf(server), QByteArray("{\n  \"services\": []\n}\n"));
    server.caller.serviceSid = QLatin1StringView(defaultServiceSid);
    server.create("Documents", R"({"unique_name":"d","data":{"a": [1, 2]},"ttl":60})");
    const QByteArray unnamed = server.create("Maps");
    server.create("Lists", R"({"unique_name":"l"})");
    for (int i = 0; i < 4; ++i)
        server.call("POST", "/v3/Lists/l/Items", R"({"data":{"n":)" + QByteArray::number(i) + "}}");
    server.call("DELETE", "/v3/Lists/l/Items/1");
    server.call("DELETE", "/v3/Lists/l/Items/3");
    server.call("POST", unnamed + "/Items", R"({"key":"k\"ü","data":{},"ttl":1})");
    (void)server.services->update(u"default"_s, { .friendlyName = u"mine"_s, .webhooksFromRest = true });
    Permissions permissions(*server.operations, *server.data);
    Caller backend = server.caller;
    backend.viaRest = true;
    (void)permissions.set(backend, ObjectKind::Document, u"d"_s, u"ann"_s, { true, false, true });
    (void)permissions.set(backend, ObjectKind::Document, u"d"_s, u"bob"_s, {});
    QCOMPARE(textOf(server),
             R"({
  "services": [
    {
      "service": "default",
      "friendlyName": "mine",
      "webhooksFromRestEnabled": true,
      "documents": [
        {
          "uniqueName": "d",
          "data": {"a":[1,2]},
          "dateExpires": "2023-11-14T22:14:20.123Z",
          "permissions": {"ann": ["read", "manage"], "bob": []}
        }
      ],
      "lists": [
        {
          "uniqueName": "l",
          "items": [
            {"data": {"n":0}},
            {"index": 2, "data": {"n":2}}
          ],
          "nextIndex": 4
        }
      ],
      "maps": [
        {
          "sid": ")" + DataFixture::sidOf(unnamed)
                     + R"(",
          "items": [
            {"key": "k\"ü", "data": {}, "dateExpires": "2023-11-14T22:13:21.123Z"}
          ]
        }
      ]
    }
  ]
}
)");
}

// Some of everything.
void tst_Export::fill(DataFixture &server, QRandomGenerator &random)
{
    const auto text = [&] {
        static const QStringList parts { u"a"_s, u"ü"_s, u"\""_s, u"\\"_s,    u"\n"_s,
                                         u"🎉"_s, u"/"_s, u" "_s,  u"\u2028"_s };
        QString made;
        for (int i = random.bounded(1, 6); i > 0; --i)
            made += parts[random.bounded(int(parts.size()))];
        return made;
    };
    const auto json = [&] {
        return QJsonDocument(QJsonObject { { text(), random.bounded(100) }, { u"t"_s, text() } })
                .toJson(random.bounded(2) ? QJsonDocument::Compact : QJsonDocument::Indented);
    };
    const auto ttl = [&] {
        return Values { json(), random.bounded(4) ? 0 : qint64(random.bounded(1, 1'000'000)) };
    };
    Permissions permissions(*server.operations, *server.data);
    Caller backend = server.caller;
    backend.viaRest = true;
    for (int i = 0; i < 60; ++i) {
        backend.serviceSid = random.bounded(2)
                ? QString(QLatin1StringView(defaultServiceSid))
                : u"IS0000000000000000000000000000000%1"_s.arg(random.bounded(3));
        server.now += random.bounded(10'000);
        const auto kind = ObjectKind(random.bounded(4));
        Operations::NewObject blueprint { {}, ttl(), {} };
        if (random.bounded(3))
            blueprint.uniqueName = text() + QString::number(i);
        if (random.bounded(2))
            blueprint.context = json();
        const auto made = server.operations->create(backend, kind, blueprint);
        QVERIFY(!Twilio::errorOf(made));
        const QString sid = QString::fromLatin1(std::get<const SyncObject *>(made)->sid);
        if (hasItems(kind)) {
            for (int n = random.bounded(8); n > 0; --n) {
                const auto added =
                        server.operations->addItem(backend, kind, sid, text() + QString::number(n), ttl());
                QVERIFY(!Twilio::errorOf(added));
                const auto &item = std::get<Operations::ItemResult>(added);
                if (random.bounded(4) == 0)
                    QVERIFY(!Twilio::errorOf(server.operations->removeItem(
                            backend, kind, sid,
                            kind == ObjectKind::Map ? item.id.key : QString::number(item.id.index), {})));
            }
        }
        if (kind != ObjectKind::Stream && random.bounded(2))
            QVERIFY(!Twilio::errorOf(permissions.set(
                    backend, kind, sid, text(), { random.bounded(2) == 0, random.bounded(2) == 0, true })));
    }
    QVERIFY(!Twilio::errorOf(server.services->update(
            backend.serviceSid,
            { text(), true, u"http://localhost/ü?"_s, random.bounded(2) == 0, true, true, 1'234 })));
}

void tst_Export::roundTrip_data()
{
    QTest::addColumn<bool>("isFolder");
    for (int i = 0; i < 10; ++i)
        QTest::addRow("%d", i) << (i % 2 == 1);
}

void tst_Export::roundTrip()
{
    QFETCH(bool, isFolder);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    DataFixture server;
    fill(server, random);
    const QByteArray text = textOf(server);
    QVERIFY(text.size() > 5'000);
    QTemporaryDir dir;
    const QString path = isFolder ? dir.filePath(u"folder/"_s) : dir.filePath(u"file.json"_s);
    QVERIFY(!Twilio::errorOf(Exporter(*server.data).exportTo(path)));
    DataFixture other;
    other.now = server.now + 500; // later, and nothing has expired since
    QCOMPARE(import(other, path), QString());
    server.now = other.now;
    QCOMPARE(textOf(other), textOf(server));
    QCOMPARE(other.data->objectCount(), server.data->objectCount());
}

void tst_Export::folderHasAFileForEachService()
{
    DataFixture server;
    for (const QString &sid : { u"default"_s, u"IS0"_s, u"../x"_s }) {
        server.caller.serviceSid = serviceSidOf(sid);
        server.create("Streams", R"({"unique_name":"s"})");
    }
    QTemporaryDir dir;
    const QString path = dir.filePath(u"a/b/"_s);
    QVERIFY(!Twilio::errorOf(Exporter(*server.data).exportTo(path)));
    QCOMPARE(QDir(path).entryList(QDir::Files, QDir::Name),
             (QStringList { u"%2E%2E%2Fx.json"_s, u"IS0.json"_s, u"default.json"_s }));
    QVERIFY(read(path + u"IS0.json"_s).contains(R"("service": "IS0")"));
    QVERIFY(!Twilio::errorOf(Exporter(*server.data).exportTo(dir.filePath(u"a/b"_s)))); // a folder by now
    QCOMPARE(QDir(dir.path()).entryList(QDir::Files), QStringList());
}

void tst_Export::whatIsOverIsLeftOut()
{
    DataFixture server;
    server.create("Documents", R"({"unique_name":"short","ttl":1})");
    server.create("Maps", R"({"unique_name":"m"})");
    server.call("POST", "/v3/Maps/m/Items", R"({"key":"brief","data":{},"ttl":1})");
    server.now += 1'000;
    const QByteArray text = textOf(server);
    QVERIFY(!text.contains("short") && !text.contains("brief") && text.contains("\"m\""));
}

void tst_Export::errorsNameTheFile()
{
    DataFixture server;
    const auto result = Exporter(*server.data).exportTo(u"/nonexistent/x.json"_s);
    QVERIFY(Twilio::errorOf(result));
    QVERIFY(Twilio::errorOf(result)->message().startsWith(u"/nonexistent/x.json: "_s));
    const auto folder = Exporter(*server.data).exportTo(u"/dev/null/x/"_s);
    QCOMPARE(Twilio::errorOf(folder)->message(), u"/dev/null/x/: cannot make this folder"_s);
}

QTEST_GUILESS_MAIN(tst_Export)
#include "tst_export.moc"
