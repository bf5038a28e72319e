#include "TwilioSync/protocol/resturl.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

class tst_RestUrl : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void parts_data();
    void parts();
    void whatIsNotEncoded();
    void pathUpTo();
};

void tst_RestUrl::parts_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("isValid");
    QTest::addColumn<QByteArray>("host");
    QTest::addColumn<QByteArray>("hostAndPort");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("query");
    const QByteArray h("h.example");
    const QByteArray root("/");
    QTest::newRow("all") << QByteArray("https://u:p@h.example:8080/a%2Fb?x=1&y#f") << true << h << h + ":8080"
                         << QByteArray("/a%2Fb") << QByteArray("x=1&y");
    QTest::newRow("no path") << QByteArray("https://h.example") << true << h << h << root << QByteArray();
    QTest::newRow("query alone") << QByteArray("https://h.example?x") << true << h << h << root
                                 << QByteArray("x");
    QTest::newRow("question mark in a fragment")
            << QByteArray("https://h.example/p#f?x") << true << h << h << QByteArray("/p") << QByteArray();
    QTest::newRow("IPv6") << QByteArray("http://[::1]:80/p") << true << QByteArray("[::1]")
                          << QByteArray("[::1]:80") << QByteArray("/p") << QByteArray();
    QTest::newRow("relative") << QByteArray("/v3/Maps") << false << QByteArray() << QByteArray() << root
                              << QByteArray();
    QTest::newRow("no host") << QByteArray("https:///p") << false << QByteArray() << QByteArray()
                             << QByteArray("/p") << QByteArray();
    QTest::newRow("no scheme") << QByteArray("://h.example/p") << false << QByteArray() << QByteArray()
                               << root << QByteArray();
    QTest::newRow("nothing") << QByteArray() << false << QByteArray() << QByteArray() << root << QByteArray();
}

void tst_RestUrl::parts()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, isValid);
    QFETCH(QByteArray, host);
    QFETCH(QByteArray, hostAndPort);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, query);
    const RestUrl url = RestUrl::fromEncoded(text);
    QCOMPARE(url.text(), text);
    QCOMPARE(url.isValid(), isValid);
    QCOMPARE(url.host().toByteArray(), host);
    QCOMPARE(url.hostAndPort().toByteArray(), hostAndPort);
    QCOMPARE(url.path().toByteArray(), path);
    QCOMPARE(url.query().toByteArray(), query);
}

// What a service names may be anything.
void tst_RestUrl::whatIsNotEncoded()
{
    QCOMPARE(RestUrl::fromEncoded("https://h.example/a b").path().toByteArray(), "/a%20b");
    QCOMPARE(RestUrl::fromEncoded("https://h.example/\"").path().toByteArray(), "/%22");
    QCOMPARE(RestUrl::fromEncoded("https://h.example/\xd1\x8f").path().toByteArray(), "/%D1%8F");
    QCOMPARE(RestUrl(QUrl(u"https://h.example/я?x=ä"_s)).text(), "https://h.example/%D1%8F?x=%C3%A4");
}

void tst_RestUrl::pathUpTo()
{
    const RestUrl url = RestUrl::fromEncoded("https://h.example/v3/Maps/MP1/Items/secret");
    QCOMPARE(url.pathUpTo(4).toByteArray(), "/v3/Maps/MP1/Items");
    QCOMPARE(url.pathUpTo(1).toByteArray(), "/v3");
    QCOMPARE(url.pathUpTo(9).toByteArray(), "/v3/Maps/MP1/Items/secret");
}

QTEST_APPLESS_MAIN(tst_RestUrl)
#include "tst_resturl.moc"
