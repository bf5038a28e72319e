#include "server/http/httpparser.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;

using Progress = HttpParser::Progress;

// Bytes to requests: RFC 9112, and what this server bounds.
class tst_HttpParser : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void requests_data();
    void requests();
    void refused_data();
    void refused();
    void piecesMakeOneRequest();
    void whatFollowsIsLeft();
    void bodyIsAskedForOnce();
    void forms_data();
    void forms();
};

static QByteArray text(const HttpFields &fields)
{
    QByteArray all;
    for (const auto &[name, value] : fields)
        all += name + '=' + value + ';';
    return all;
}

void tst_HttpParser::requests_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QByteArray>("expected"); // method, path, query, body
    QTest::newRow("bare") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n\r\n") << QByteArray("GET / [] []");
    QTest::newRow("query") << QByteArray("GET /a%20b?x=1&y=a+b%26&z HTTP/1.1\r\nHost: a\r\n\r\n")
                           << QByteArray("GET /a%20b [x=1;y=a b&;z=;] []");
    QTest::newRow("body") << QByteArray("POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc")
                          << QByteArray("POST /p [] [abc]");
    QTest::newRow("chunks") << QByteArray("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                                          "2\r\nab\r\n1;x=y\r\nc\r\n0\r\nTrailer: t\r\n\r\n")
                            << QByteArray("POST /p [] [abc]");
    QTest::newRow("absolute target") << QByteArray("GET http://a:1/p?q=1 HTTP/1.1\r\nHost: a\r\n\r\n")
                                     << QByteArray("GET /p [q=1;] []");
    QTest::newRow("whole server") << QByteArray("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")
                                  << QByteArray("OPTIONS * [] []");
    QTest::newRow("1.0 without host") << QByteArray("GET / HTTP/1.0\r\n\r\n") << QByteArray("GET / [] []");
    QTest::newRow("15 KB of cookies")
            << QByteArray("GET / HTTP/1.1\r\nHost: a\r\nCookie: " + QByteArray(15'000, 'c') + "\r\n\r\n")
            << QByteArray("GET / [] []");
    QByteArray lines;
    for (int i = 0; i < 200; ++i)
        lines += "X-" + QByteArray::number(i) + ": y\r\n";
    QTest::newRow("200 lines") << QByteArray("GET / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n")
                               << QByteArray("GET / [] []");
}

void tst_HttpParser::requests()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QByteArray, expected);
    HttpParser parser;
    QCOMPARE(parser.feed(bytes), Progress::Complete);
    const HttpRequest request = parser.takeRequest();
    QCOMPARE(request.method + ' ' + request.path + " [" + text(request.query) + "] [" + request.body + ']',
             expected);
    QVERIFY(bytes.isEmpty());
}

void tst_HttpParser::refused_data()
{
    QTest::addColumn<QByteArray>("head");
    QTest::addColumn<int>("status");
    const auto row = [](const char *name, const QByteArray &lines, int status = 400) {
        QTest::newRow(name) << QByteArray("POST / HTTP/1.1\r\nHost: a\r\n" + lines + "\r\n") << status;
    };
    row("length no number", "Content-Length: abc\r\n");
    row("length negative", "Content-Length: -1\r\n");
    row("two lengths", "Content-Length: 3\r\nContent-Length: 4\r\n");
    row("length and chunks", "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n");
    row("length beyond 64 bits", "Content-Length: 99999999999999999999999\r\n");
    row("body too long", "Content-Length: 1048577\r\n", 413);
    row("chunk no number", "Transfer-Encoding: chunked\r\n\r\nxyz\r\n");
    row("other transfer encoding", "Transfer-Encoding: gzip\r\n", 501);
    row("other expectation", "Expect: miracles\r\n", 417);
    row("second host", "Host: b\r\n");
    row("line without colon", "what\r\n");
    row("head of 17 KB", "Cookie: " + QByteArray(17'000, 'c') + "\r\n", 431);
    QTest::newRow("no host") << QByteArray("GET / HTTP/1.1\r\n\r\n") << 400;
    QTest::newRow("no HTTP") << QByteArray("hello\r\n\r\n") << 400;
    QTest::newRow("other version") << QByteArray("GET / HTTP/3.0\r\nHost: a\r\n\r\n") << 400;
    QTest::newRow("target no path") << QByteArray("GET a HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
    QTest::newRow("star for GET") << QByteArray("GET * HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
    QTest::newRow("bad escape") << QByteArray("GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
    QTest::newRow("bad escape in query") << QByteArray("GET /?a=%1 HTTP/1.1\r\nHost: a\r\n\r\n") << 400;
    QTest::newRow("endless line") << QByteArray(20'000, 'x') << 431;
}

void tst_HttpParser::refused()
{
    QFETCH(QByteArray, head);
    QFETCH(int, status);
    HttpParser parser;
    QCOMPARE(parser.feed(head), Progress::Failed);
    QCOMPARE(parser.refusal().status, status);
    QVERIFY(parser.refusal().body.contains("\"message\":\""));
}

void tst_HttpParser::piecesMakeOneRequest()
{
    const QByteArray whole = "POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                             "2\r\nab\r\n1\r\nc\r\n0\r\n\r\n";
    HttpParser parser;
    QByteArray unread;
    for (qsizetype i = 0; i < whole.size(); ++i) {
        unread += whole[i];
        QCOMPARE(parser.feed(unread), i + 1 < whole.size() ? Progress::NeedsMore : Progress::Complete);
    }
    QCOMPARE(parser.takeRequest().body, QByteArray("abc"));
}

void tst_HttpParser::whatFollowsIsLeft()
{
    QByteArray unread = "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\n";
    HttpParser parser;
    QCOMPARE(parser.feed(unread), Progress::Complete);
    QCOMPARE(unread, QByteArray("GET /2 HTTP/1.1\r\n"));
    QVERIFY(parser.takeRequest().keepAlive);

    QByteArray last = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
    HttpParser second;
    QCOMPARE(second.feed(last), Progress::Complete);
    QVERIFY(!second.takeRequest().keepAlive);
}

void tst_HttpParser::bodyIsAskedForOnce()
{
    QByteArray head = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
    HttpParser parser;
    QCOMPARE(parser.feed(head), Progress::ExpectsContinue);
    QByteArray body = "a";
    QCOMPARE(parser.feed(body), Progress::NeedsMore);
    body = "b";
    QCOMPARE(parser.feed(body), Progress::Complete);
    QCOMPARE(parser.takeRequest().body, QByteArray("ab"));

    QByteArray impatient = head =
            "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1\r\n\r\nx";
    HttpParser second;
    QCOMPARE(second.feed(impatient), Progress::Complete);
}

void tst_HttpParser::forms_data()
{
    QTest::addColumn<QByteArray>("type");
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<QByteArray>("fields"); // ? = none
    const QByteArray form = "application/x-www-form-urlencoded";
    QTest::newRow("fields") << form << QByteArray("Data=%7B%7D&Ttl=5&Empty=&a=b=c")
                            << QByteArray("Data={};Ttl=5;Empty=;a=b=c;");
    QTest::newRow("type with charset") << QByteArray("Application/X-WWW-Form-Urlencoded; charset=UTF-8")
                                       << QByteArray("a=1+2") << QByteArray("a=1 2;");
    QTest::newRow("nothing") << form << QByteArray() << QByteArray();
    QTest::newRow("bad escape") << form << QByteArray("a=%g0") << QByteArray("?");
    QTest::newRow("other type") << QByteArray("application/json") << QByteArray("a=1") << QByteArray("?");
}

void tst_HttpParser::forms()
{
    QFETCH(QByteArray, type);
    QFETCH(QByteArray, body);
    QFETCH(QByteArray, fields);
    HttpRequest request;
    request.headers = { { "content-type", type } };
    request.body = body;
    const auto form = request.form();
    QCOMPARE(form ? text(*form) : QByteArray("?"), fields);
}

QTEST_GUILESS_MAIN(tst_HttpParser)
#include "tst_httpparser.moc"
