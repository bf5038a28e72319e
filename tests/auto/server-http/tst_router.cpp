#include "server/http/router.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;

// Which handler answers, and what is said where none does.
class tst_Router : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void routes_data();
    void routes();

private:
    Router m_router;
};

void tst_Router::init()
{
    m_router = {};
    const auto named = [](const QByteArray &name) {
        return [name](const HttpRequest &, const QList<QByteArray> &variables, const HttpAnswer &answer) {
            answer({ 200, name + ':' + variables.join(',') });
        };
    };
    m_router.add("GET", "/", named("root"));
    m_router.add("GET", "/lists/{id}", named("list"));
    m_router.add("POST", "/lists/{id}", named("update"));
    m_router.add("GET", "/lists/{id}/items/{index}", named("item"));
    m_router.setFallback([](const HttpRequest &request) { return HttpResponse { 404, request.path }; });
}

void tst_Router::routes_data()
{
    QTest::addColumn<QByteArray>("method");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<int>("status");
    QTest::addColumn<QByteArray>("told"); // the body, or which methods are allowed
    const auto row = [](const char *method, const char *path, int status, const char *told) {
        QTest::addRow("%s %s", method, path)
                << QByteArray(method) << QByteArray(path) << status << QByteArray(told);
    };
    row("GET", "/", 200, "root:");
    row("GET", "/lists/a%20b", 200, "list:a b");
    row("GET", "/l%69sts/a", 200, "list:a");
    row("GET", "/lists/a%2Fb", 200, "list:a/b");
    row("HEAD", "/lists/a", 200, "list:a");
    row("POST", "/lists/a", 200, "update:a");
    row("GET", "/lists/a/items/7", 200, "item:a,7");
    row("GET", "/lists", 404, "/lists");
    row("GET", "/lists/a/items", 404, "/lists/a/items");
    row("GET", "/listsx/a", 404, "/listsx/a");
    row("OPTIONS", "/nowhere", 404, "/nowhere");
    row("DELETE", "/lists/a", 405, "GET, POST, HEAD, OPTIONS");
    row("POST", "/lists/a/items/7", 405, "GET, HEAD, OPTIONS");
    row("OPTIONS", "/lists/a", 204, "GET, POST, HEAD, OPTIONS");
    row("OPTIONS", "*", 204, "OPTIONS");
}

void tst_Router::routes()
{
    QFETCH(QByteArray, method);
    QFETCH(QByteArray, path);
    QFETCH(int, status);
    QFETCH(QByteArray, told);
    HttpRequest request;
    request.method = method;
    request.path = path;
    std::optional<HttpResponse> response;
    m_router.route(request, [&](const HttpResponse &r) { response = r; });
    QVERIFY(response);
    QCOMPARE(response->status, status);
    const bool isAllow = !response->headers.isEmpty() && response->headers.first().first == "Allow";
    QCOMPARE(isAllow ? response->headers.first().second : response->body, told);
}

QTEST_GUILESS_MAIN(tst_Router)
#include "tst_router.moc"
