#include "datafixture.h"
#include "server/data/kinds.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// What no dialect asks for yet, and what the name "default" stands for. The rest is tested through v3.
Q_DECLARE_METATYPE(Twilio::Server::PageArguments)

class tst_Operations : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void objectsAreEnumeratedInPages_data();
    void objectsAreEnumeratedInPages();
    void objectsOfOthersAreNotThere();
    void badPages_data();
    void badPages();
    void servicesAreThereOnceUsed();
    void servicesComeAndGo();
    void defaultIsAnAlias();
    void dataIsCheckedHere();
};

void tst_Operations::objectsAreEnumeratedInPages_data()
{
    QTest::addColumn<QByteArray>("order");
    QTest::addColumn<QByteArray>("size");
    QTest::addColumn<QByteArray>("pages");
    QTest::newRow("oldest first") << QByteArray("asc") << QByteArray("3") << QByteArray("012|346|7");
    QTest::newRow("newest first") << QByteArray("desc") << QByteArray("3") << QByteArray("764|321|0");
    QTest::newRow("one page") << QByteArray("asc") << QByteArray("100") << QByteArray("0123467");
    QTest::newRow("exactly") << QByteArray("asc") << QByteArray("7") << QByteArray("0123467");
}

void tst_Operations::objectsAreEnumeratedInPages()
{
    QFETCH(QByteArray, order);
    QFETCH(QByteArray, size);
    QFETCH(QByteArray, pages);
    DataFixture server;
    QByteArray removed;
    for (int i = 0; i < 8; ++i) {
        const QByteArray path = server.create("Maps", "{\"unique_name\":\"" + QByteArray::number(i) + "\"}");
        if (i == 5)
            removed = path;
        server.create("Lists"); // another kind
    }
    server.call("DELETE", removed);
    QByteArrayList seen;
    PageArguments arguments { {}, size, order };
    for (;;) {
        const auto result = server.operations->objects(server.caller, ObjectKind::Map, arguments);
        QVERIFY(!Twilio::errorOf(result));
        const auto &page = std::get<ObjectPage>(result);
        QByteArray names;
        for (const SyncObject *object : page.objects)
            names += object->uniqueName->toUtf8();
        seen << names;
        QCOMPARE(page.meta.previousToken.has_value(), seen.size() > 1);
        if (!page.meta.nextToken)
            break;
        arguments = { page.meta.nextToken };
    }
    QCOMPARE(seen.join('|'), pages);
}

void tst_Operations::objectsOfOthersAreNotThere()
{
    DataFixture server;
    server.create("Documents");
    Caller other = server.caller;
    other.serviceSid = u"IS2"_s;
    const auto page = server.operations->objects(other, ObjectKind::Document, {});
    QVERIFY(std::get<ObjectPage>(page).objects.empty());
    QVERIFY(!std::get<ObjectPage>(page).meta.nextToken);
}

void tst_Operations::badPages_data()
{
    QTest::addColumn<PageArguments>("arguments");
    QTest::addColumn<int>("code");
    QTest::newRow("size") << PageArguments { {}, QByteArray("0") } << 20007;
    QTest::newRow("order") << PageArguments { {}, {}, QByteArray("up") } << 20001;
    QTest::newRow("token") << PageArguments { QByteArray("x") } << 20001;
}

void tst_Operations::badPages()
{
    QFETCH(PageArguments, arguments);
    QFETCH(int, code);
    DataFixture server;
    const auto page = server.operations->objects(server.caller, ObjectKind::Document, arguments);
    QVERIFY(Twilio::errorOf(page));
    QCOMPARE(Twilio::errorOf(page)->code(), code);
}

void tst_Operations::servicesAreThereOnceUsed()
{
    DataFixture server;
    QCOMPARE(server.serviceSids(), QStringList { QLatin1StringView(defaultServiceSid) });
    QVERIFY(Twilio::errorOf(server.services->find(server.caller.serviceSid)));
    server.call("DELETE", server.create("Streams"));
    const QString first = server.caller.serviceSid;
    const qint64 made = server.now;
    server.now += 1000;
    server.caller.serviceSid = u"IS0"_s;
    server.create("Maps");
    // The objects may go, the service stays.
    QCOMPARE(server.serviceSids(), (QStringList { u"IS0"_s, first, QLatin1StringView(defaultServiceSid) }));
    const auto found = server.services->find(first);
    QCOMPARE(std::get<Service>(found).created, made);
}

void tst_Operations::servicesComeAndGo()
{
    DataFixture server;
    const Service made = std::get<Service>(server.services->create({ .friendlyName = u"mine"_s }));
    QVERIFY(made.sid.startsWith(u"IS"_s) && looksLikeSid(made.sid));
    QCOMPARE(made.created, server.now);
    server.now += 1000;
    QVERIFY(!Twilio::errorOf(server.services->update(made.sid, { .friendlyName = u"ours"_s })));
    const auto renamed = server.services->find(made.sid);
    QCOMPARE(std::get<Service>(renamed).friendlyName, u"ours"_s);
    QCOMPARE(std::get<Service>(renamed).updated, server.now);
    QCOMPARE(std::get<Service>(renamed).created, made.created);

    server.create("Lists"); // of another one
    server.caller.serviceSid = made.sid;
    for (const char *collection : { "Documents", "Lists", "Lists", "Maps", "Streams" })
        server.create(collection);
    server.events.clear();
    QVERIFY(!Twilio::errorOf(server.services->remove(server.caller, made.sid)));
    QCOMPARE(server.eventTypes(),
             (QByteArrayList { "document_removed", "list_removed", "list_removed", "map_removed",
                               "stream_removed" }));
    QCOMPARE(server.data->objectCount(), 1);
    for (const auto &gone :
         { server.services->find(made.sid), server.services->update(made.sid, { .friendlyName = u""_s }) }) {
        QVERIFY(Twilio::errorOf(gone));
        QCOMPARE(Twilio::errorOf(gone)->code(), 54050);
    }

    // The default one begins anew.
    const QString sid = QLatin1StringView(defaultServiceSid);
    QVERIFY(!Twilio::errorOf(server.services->update(sid, { .friendlyName = u"named"_s })));
    QVERIFY(!Twilio::errorOf(server.services->remove(server.caller, u"default"_s)));
    const auto found = server.services->find(sid);
    QCOMPARE(std::get<Service>(found).friendlyName, QString());
}

void tst_Operations::defaultIsAnAlias()
{
    DataFixture server;
    const QString sid = QLatin1StringView(defaultServiceSid);
    server.caller.serviceSid = sid;
    const auto made = server.call("POST", "/v3/Services/default/Documents", R"({"unique_name":"d"})");
    QCOMPARE(made.status, 201);
    QCOMPARE(DataFixture::json(made)[u"service_sid"].toString(), sid);
    QVERIFY(DataFixture::json(made)[u"url"].toString().contains(u"/v3/Services/"_s + sid + u'/'));
    const QByteArray named = "/v3/Services/" + sid.toLatin1() + "/Documents/d";
    QCOMPARE(server.call("GET", named).body, server.call("GET", "/v3/Services/default/Documents/d").body);
    QCOMPARE(server.call("GET", "/v3/Documents/d").status, 200);
    QCOMPARE(std::get<Service>(server.services->find(u"default"_s)).sid, sid);
    server.caller.serviceSid = u"IS00000000000000000000000000000009"_s;
    QCOMPARE(DataFixture::brief(server.call("GET", "/v3/Services/default/Documents/d")),
             QByteArray("404 54050 Service Instance not found"));
}

void tst_Operations::dataIsCheckedHere()
{
    DataFixture server;
    const auto create = [&](const QByteArray &data) {
        const auto result = server.operations->create(server.caller, ObjectKind::Document,
                                                      { u"d"_s, { data, Values::invalidTtl + 1 } });
        const auto *error = Twilio::errorOf(result);
        return error ? error->code() : 0;
    };
    QCOMPARE(create("{\"a\":"), 54101); // a dialect may hand in text that nobody has read
    QCOMPARE(create("[]"), 54101);
    QCOMPARE(create(" { \"a\" : 1 } "), 0);
    QCOMPARE(create("{}"), 54301);
    QVERIFY(server.call("GET", "/v3/Documents/d").body.contains(R"("data":{"a":1})"));
}

QTEST_GUILESS_MAIN(tst_Operations)
#include "tst_operations.moc"
