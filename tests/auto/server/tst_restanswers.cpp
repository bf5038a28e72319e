#include "server/net/gateway.h"
#include "server/net/hub.h"
#include "shared/restserver.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

using Response = RawHttp::Response;

// What goes with the answers of the REST API: entity tags, and the server's figures.
class tst_RestAnswers : public RestServer
{
    Q_OBJECT

private Q_SLOTS:
    void revisionsAreEntityTags_data();
    void revisionsAreEntityTags();
    void callsAreCounted();
};

void tst_RestAnswers::revisionsAreEntityTags_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("form");
    QTest::addColumn<bool>("hasRevision");
    QTest::newRow("document") << QByteArray("/default/Documents") << QByteArray("Data={}") << true;
    QTest::newRow("list") << QByteArray("/default/Lists") << QByteArray() << true;
    QTest::newRow("map") << QByteArray("/default/Maps") << QByteArray() << true;
    QTest::newRow("stream") << QByteArray("/default/Streams") << QByteArray() << false;
    QTest::newRow("list item") << QByteArray("/default/Lists/of/Items") << QByteArray("Data={}") << true;
    QTest::newRow("map item") << QByteArray("/default/Maps/of/Items") << QByteArray("Key=k&Data={}") << true;
}

void tst_RestAnswers::revisionsAreEntityTags()
{
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, form);
    QFETCH(bool, hasRevision);
    for (const char *collection : { "Lists", "Maps" })
        QCOMPARE(call("POST", QByteArray("/default/") + collection, "UniqueName=of").status, 201);
    const auto tagOf = [](const Response &response) {
        return "ETag: \"" + response.json().value("revision"_L1).toString().toUtf8() + '"';
    };
    const Response created = call("POST", path, form);
    QCOMPARE(created.status, 201);
    QVERIFY(!call("GET", path).head.contains("ETag")); // a page has no revision
    RawHttp http(m_server->url());
    const QByteArray own = QUrl(created.json().value("url"_L1).toString())
                                   .toEncoded(QUrl::RemoveScheme | QUrl::RemoveAuthority);
    const Response fetched = http.request("GET", own, {}, authorization());
    if (!hasRevision) {
        QVERIFY(!created.head.contains("ETag") && !fetched.head.contains("ETag"));
        return;
    }
    QVERIFY2(created.says(tagOf(created)), created.head.constData());
    QVERIFY2(fetched.says(tagOf(fetched)), fetched.head.constData());
    // What came as a tag may go back as one, or without its quotes.
    Response last = fetched;
    const auto update = [&](const QByteArray &ifMatch) {
        return http.request("POST", own, "Data={}&Ttl=0",
                            authorization() + formType + "If-Match: " + ifMatch + "\r\n");
    };
    const bool changesByUpdate = form.contains("Data");
    for (const char *quote : { "\"", "" }) {
        const QByteArray revision = last.json().value("revision"_L1).toString().toUtf8();
        last = update(quote + revision + quote);
        QCOMPARE(last.status, 200);
        QVERIFY2(last.says(tagOf(last)), last.head.constData());
        if (changesByUpdate)
            QCOMPARE(update(quote + revision + quote).status, 412);
    }
}

void tst_RestAnswers::callsAreCounted()
{
    const Server::Counters &counters = m_server->gateway()->hub().counters();
    QCOMPARE(call("POST", "/default/Documents", "UniqueName=d").status, 201);
    QCOMPARE(call("GET", "/default/Documents/d").status, 200);
    QCOMPARE(call("GET", "/default/Documents/e").status, 404);
    QCOMPARE(counters.requests, 3);
    QCOMPARE(counters.byStatus, (QHash<int, qint64> { { 201, 1 }, { 200, 1 }, { 404, 1 } }));
    // Those of a stranger are none.
    RawHttp http(m_server->url());
    QCOMPARE(http.request("GET", "/v1/Services/default").status, 401);
    QCOMPARE(counters.requests, 3);
}

QTEST_GUILESS_MAIN(tst_RestAnswers)
#include "tst_restanswers.moc"
