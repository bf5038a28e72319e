#include "datafixture.h"
#include "server/operations/seeder.h"

#include <QtTest/qtest.h>

#include <algorithm>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// protocol.md, section 7.7.
class tst_Paging : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listPage_data();
    void listPage();
    void mapPage_data();
    void mapPage();
    void singleItem_data();
    void singleItem();
    void refuses_data();
    void refuses();
    void tokensWalkBothWays_data();
    void tokensWalkBothWays();
    void borderOfAnEmptyPageIsNotLost();
    void keysAreOrderedByUtf16Units();
    void pagesOfALongListAreFast();

private:
    static QByteArray shown(const RestReply &reply);
};

// "1,2,3 <>": ids, then < and > for a previous and a next token.
QByteArray tst_Paging::shown(const RestReply &reply)
{
    const QJsonObject page = DataFixture::json(reply);
    QByteArrayList ids;
    const QJsonArray items = page[u"items"].toArray();
    for (const auto &item : items) {
        const QJsonValue index = item[u"index"];
        ids << (index.isUndefined() ? item[u"key"].toString().toUtf8() : QByteArray::number(index.toInt()));
    }
    const QJsonValue meta = page[u"meta"];
    return ids.join(',') + ' ' + (meta[u"previous_token"].isString() ? "<" : "")
            + (meta[u"next_token"].isString() ? ">" : "");
}

static void addPageColumns()
{
    QTest::addColumn<NameValueList>("params");
    QTest::addColumn<QByteArray>("expected");
}

void tst_Paging::listPage_data()
{
    addPageColumns();
    // Indexes 0 to 9 without 4.
    const auto row = [](const char *name, const NameValueList &params, const char *expected) {
        QTest::newRow(name) << params << QByteArray(expected);
    };
    row("all", {}, "0,1,2,3,5,6,7,8,9 ");
    row("descending", { { "Order", "desc" } }, "9,8,7,6,5,3,2,1,0 ");
    row("first page", { { "PageSize", "3" } }, "0,1,2 >");
    row("last page", { { "PageSize", "3" }, { "From", "7" } }, "7,8,9 <");
    row("middle", { { "PageSize", "2" }, { "From", "2" } }, "2,3 <>");
    row("middle, exclusive", { { "PageSize", "2" }, { "From", "2" }, { "Bounds", "exclusive" } }, "3,5 <>");
    row("inclusive by name", { { "PageSize", "1" }, { "From", "2" }, { "Bounds", "inclusive" } }, "2 <>");
    row("from a gap", { { "PageSize", "2" }, { "From", "4" } }, "5,6 <>");
    row("from a gap, exclusive", { { "PageSize", "1" }, { "From", "4" }, { "Bounds", "exclusive" } }, "5 <>");
    row("from a gap, descending", { { "PageSize", "2" }, { "From", "4" }, { "Order", "desc" } }, "3,2 <>");
    row("descending from", { { "PageSize", "2" }, { "From", "6" }, { "Order", "desc" } }, "6,5 <>");
    row("descending, exclusive",
        { { "PageSize", "5" }, { "From", "2" }, { "Order", "desc" }, { "Bounds", "exclusive" } }, "1,0 <");
    row("descending first page", { { "PageSize", "2" }, { "Order", "desc" } }, "9,8 >");
    row("from 0", { { "From", "0" }, { "PageSize", "1" } }, "0 >");
    row("before all", { { "From", "-5" }, { "PageSize", "1" } }, "0 >");
    row("behind all", { { "From", "50" } }, " <");
    row("behind all, exclusive", { { "From", "9" }, { "Bounds", "exclusive" } }, " <");
    row("before all, descending", { { "From", "-1" }, { "Order", "desc" } }, " <");
    row("behind all, descending", { { "From", "50" }, { "Order", "desc" }, { "PageSize", "1" } }, "9 >");
    row("page size 1000", { { "PageSize", "1000" } }, "0,1,2,3,5,6,7,8,9 ");
    row("hide expired", { { "HideExpired", "true" }, { "PageSize", "1" } }, "0 >");
    row("unknown parameter", { { "Metadata", "list" }, { "PageSize", "1" } }, "0 >");
    row("the first of two counts", { { "PageSize", "1" }, { "PageSize", "2" } }, "0 >");
}

void tst_Paging::listPage()
{
    QFETCH(NameValueList, params);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray items = server.create("Lists") + "/Items";
    QCOMPARE(shown(server.call("GET", items)), QByteArray(" "));
    for (int i = 0; i < 10; ++i)
        server.call("POST", items, R"({"data":{}})");
    server.call("DELETE", items + "/4");
    QCOMPARE(shown(server.call("GET", items, {}, params)), expected);
}

void tst_Paging::mapPage_data()
{
    addPageColumns();
    // Keys a, b/b, c c, d.
    const auto row = [](const char *name, const NameValueList &params, const char *expected) {
        QTest::newRow(name) << params << QByteArray(expected);
    };
    row("all", {}, "a,b/b,c c,d ");
    row("descending", { { "Order", "desc" } }, "d,c c,b/b,a ");
    row("from", { { "From", "b/b" }, { "PageSize", "2" } }, "b/b,c c <>");
    row("from between", { { "From", "b" } }, "b/b,c c,d <");
    row("from between, descending", { { "From", "c" }, { "Order", "desc" } }, "b/b,a <");
    row("exclusive", { { "From", "c c" }, { "Bounds", "exclusive" } }, "d <");
    row("from nothing", { { "From", "" } }, "a,b/b,c c,d ");
    row("behind all", { { "From", "zz" } }, " <");
    row("From is no number", { { "From", "1" } }, "a,b/b,c c,d ");
}

void tst_Paging::mapPage()
{
    QFETCH(NameValueList, params);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray items = server.create("Maps") + "/Items";
    for (const char *key : { "d", "b%2Fb", "a", "c%20c" })
        server.call("PUT", items + '/' + key, R"({"data":{}})");
    QCOMPARE(shown(server.call("GET", items, {}, params)), expected);
}

void tst_Paging::singleItem_data()
{
    QTest::addColumn<QByteArray>("collection");
    addPageColumns();
    const auto row = [](const char *name, const char *collection, const NameValueList &params,
                        const char *expected) {
        QTest::newRow(name) << QByteArray(collection) << params << QByteArray(expected);
    };
    // Three items each; the tokens tell the truth here, too.
    row("index", "Lists", { { "Index", "1" } }, "1 <>");
    row("index 0", "Lists", { { "Index", "0" } }, "0 >");
    row("last index", "Lists", { { "Index", "2" } }, "2 <");
    row("missing index", "Lists", { { "Index", "7" } }, " <");
    row("negative index", "Lists", { { "Index", "-1" } }, " >");
    row("not an index", "Lists", { { "Index", "x" } }, " >");
    row("empty index", "Lists", { { "Index", "" } }, " >");
    row("key", "Maps", { { "Key", "b" } }, "b <>");
    row("missing key", "Maps", { { "Key", "bb" } }, " <>");
    row("empty key", "Maps", { { "Key", "" } }, " >");
    row("wins over the rest", "Maps",
        { { "From", "c" }, { "PageToken", "junk" }, { "PageSize", "0" }, { "Key", "a" } }, "a >");
    row("index means nothing to a map", "Maps", { { "Index", "1" } }, "a,b,c ");
}

void tst_Paging::singleItem()
{
    QFETCH(QByteArray, collection);
    QFETCH(NameValueList, params);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray items = server.create(collection) + "/Items";
    for (const char *key : { "a", "b", "c" }) {
        if (collection == "Lists")
            server.call("POST", items, R"({"data":{}})");
        else
            server.call("PUT", items + '/' + key, R"({"data":{}})");
    }
    QCOMPARE(shown(server.call("GET", items, {}, params)), expected);
}

void tst_Paging::refuses_data()
{
    addPageColumns();
    const auto row = [](const char *name, const NameValueList &params, const char *expected) {
        QTest::newRow(name) << params << QByteArray(expected);
    };
    row("page size 0", { { "PageSize", "0" } }, "400 20007 Invalid page size");
    row("negative page size", { { "PageSize", "-1" } }, "400 20007 Invalid page size");
    row("page size in words", { { "PageSize", "ten" } }, "400 20007 Invalid page size");
    row("no page size", { { "PageSize", "" } }, "400 20007 Invalid page size");
    row("endless page size", { { "PageSize", QByteArray(500, '9') } }, "400 20007 Invalid page size");
    row("order", { { "Order", "up" } }, "400 20001 Invalid query parameter");
    row("bounds", { { "Bounds", "both" } }, "400 20001 Invalid query parameter");
    row("from", { { "From", "a" } }, "400 54152 Invalid List Item index");
    row("from beyond 64 bits", { { "From", "99999999999999999999" } }, "400 54152 Invalid List Item index");
    row("token", { { "PageToken", "?" } }, "400 20001 Invalid page token");
    row("no token", { { "PageToken", "" } }, "400 20001 Invalid page token");
    row("token of junk", { { "PageToken", QByteArray("a|b").toBase64() } }, "400 20001 Invalid page token");
    row("token of other size", { { "PageToken", QByteArray("a|101|1|0|3").toBase64() } },
        "400 20001 Invalid page token");
    row("token of a map", { { "PageToken", QByteArray("a|10|1|0|key").toBase64() } },
        "400 20001 Invalid page token");
}

void tst_Paging::refuses()
{
    QFETCH(NameValueList, params);
    QFETCH(QByteArray, expected);
    DataFixture server;
    const QByteArray items = server.create("Lists") + "/Items";
    QCOMPARE(DataFixture::brief(server.call("GET", items, {}, params)), expected);
}

void tst_Paging::tokensWalkBothWays_data()
{
    QTest::addColumn<QByteArray>("collection");
    QTest::addColumn<QByteArray>("order");
    for (const char *collection : { "Lists", "Maps" }) {
        for (const char *order : { "asc", "desc" })
            QTest::addRow("%s %s", collection, order) << QByteArray(collection) << QByteArray(order);
    }
}

void tst_Paging::tokensWalkBothWays()
{
    QFETCH(QByteArray, collection);
    QFETCH(QByteArray, order);
    DataFixture server;
    const QByteArray items = server.create(collection) + "/Items";
    QByteArrayList all;
    for (int i = 0; i < 25; ++i) {
        const QByteArray key = "k|" + QByteArray::number(100 + i);
        all << (collection == "Lists" ? QByteArray::number(i) : key);
        if (collection == "Lists")
            server.call("POST", items, R"({"data":{}})");
        else
            server.call("PUT", items + '/' + key.toPercentEncoding(), R"({"data":{}})");
    }
    if (order == "desc")
        std::reverse(all.begin(), all.end());

    const auto ids = [](const RestReply &reply) {
        const QByteArray text = shown(reply);
        return text.left(text.indexOf(' ')).split(',');
    };
    QByteArrayList seen;
    QList<QByteArrayList> pages;
    RestReply page = server.call("GET", items, {}, { { "PageSize", "4" }, { "Order", order } });
    for (;;) {
        pages << ids(page);
        seen << pages.last();
        const QJsonValue token = DataFixture::json(page)[u"meta"][u"next_token"];
        if (token.isNull())
            break;
        page = server.call("GET", items, {}, { { "PageToken", token.toString().toLatin1() } });
    }
    QCOMPARE(seen, all);
    for (qsizetype i = pages.size() - 2; i >= 0; --i) {
        const QJsonValue token = DataFixture::json(page)[u"meta"][u"previous_token"];
        page = server.call("GET", items, {}, { { "PageToken", token.toString().toLatin1() } });
        QCOMPARE(ids(page), pages[i]);
    }
    QVERIFY(DataFixture::json(page)[u"meta"][u"previous_token"].isNull());
}

void tst_Paging::borderOfAnEmptyPageIsNotLost()
{
    DataFixture server;
    const QByteArray items = server.create("Lists") + "/Items";
    for (int i = 0; i < 3; ++i)
        server.call("POST", items, R"({"data":{}})");
    const auto empty = server.call("GET", items, {}, { { "From", "2" }, { "Bounds", "exclusive" } });
    const QByteArray token = DataFixture::json(empty)[u"meta"][u"previous_token"].toString().toLatin1();
    QCOMPARE(shown(server.call("GET", items, {}, { { "PageToken", token } })), QByteArray("0,1,2 "));
}

void tst_Paging::keysAreOrderedByUtf16Units()
{
    DataFixture server;
    const QByteArray items = server.create("Maps") + "/Items";
    // U+FF5E is above the surrogates as a unit, below U+1F389 as a code point.
    const QByteArrayList inOrder { "10", "9", "B", "a", "é", "日", "🎉", "～" };
    QByteArrayList shuffled = inOrder;
    std::reverse(shuffled.begin(), shuffled.end());
    for (const QByteArray &key : shuffled)
        server.call("PUT", items + '/' + key.toPercentEncoding(), R"({"data":{}})");
    QCOMPARE(shown(server.call("GET", items)), inOrder.join(',') + ' ');
}

void tst_Paging::pagesOfALongListAreFast()
{
    DataFixture server;
    Seeder seeder(*server.data);
    const auto sid = seeder.createCollection(server.caller.serviceSid, ObjectKind::List, std::nullopt);
    const QByteArray list = std::get<QByteArray>(sid);
    server.data->setLogLimit(1);
    server.data->blockSignals(true);
    constexpr int count = 250'000;
    for (int i = 0; i < count; ++i)
        QVERIFY(!Twilio::errorOf(seeder.putItem(list, {}, "{}")));
    QCOMPARE(server.data->itemCount(list), qsizetype(count));
    // A thousand pages from anywhere: seconds if each one walked the list, so the test's own limit would
    // tell.
    for (int i = 0; i < 1000; ++i) {
        const QByteArray from = QByteArray::number(i * 249);
        const auto page = server.call("GET", "/v3/Lists/" + list + "/Items", {},
                                      { { "From", from }, { "PageSize", "1" } });
        QCOMPARE(shown(page), from + (i == 0 ? " >" : " <>"));
    }
}

QTEST_GUILESS_MAIN(tst_Paging)
#include "tst_paging.moc"
