#include "TwilioSync/protocol/json.h"

#include <QtTest/qtest.h>

#include <limits>

using namespace Twilio::Protocol;

class tst_Json : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void membersKeepTheirBytes_data();
    void membersKeepTheirBytes();
    void lastOfEqualNamesCounts();
    void refuses_data();
    void refuses();
    void integers_data();
    void integers();
    void strings_data();
    void strings();
    void arrays();
    void quotesAndReadsBack();
    void validity_data();
    void validity();
    void compacts();
};

void tst_Json::membersKeepTheirBytes_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QByteArray>("name");
    QTest::addColumn<QByteArray>("raw");
    QTest::newRow("object") << QByteArray(R"({"a":{"b": [1,2]},"c":1})") << QByteArray("a")
                            << QByteArray(R"({"b": [1,2]})");
    QTest::newRow("array") << QByteArray(R"({"a":[ {} , 2 ]})") << QByteArray("a")
                           << QByteArray("[ {} , 2 ]");
    QTest::newRow("number beyond double")
            << QByteArray(R"({"a":9007199254740993})") << QByteArray("a") << QByteArray("9007199254740993");
    QTest::newRow("number with white space")
            << QByteArray("{\"a\": 1.50 \n,\"b\":2}") << QByteArray("a") << QByteArray("1.50");
    QTest::newRow("last scalar") << QByteArray("{\"a\":true }") << QByteArray("a") << QByteArray("true");
    QTest::newRow("string with escapes")
            << QByteArray(R"({"a":"x\"\\}"})") << QByteArray("a") << QByteArray(R"("x\"\\}")");
    QTest::newRow("escaped name") << QByteArray(R"({"\u0061":1})") << QByteArray("a") << QByteArray("1");
    QTest::newRow("missing") << QByteArray(R"({"b":1})") << QByteArray("a") << QByteArray();
    QTest::newRow("white space around")
            << QByteArray(" \n{ \"a\" : null } \t") << QByteArray("a") << QByteArray("null");
    QTest::newRow("empty object") << QByteArray("{}") << QByteArray("a") << QByteArray();
    QTest::newRow("name with a quote")
            << QByteArray(R"({"a":1,"b":2,"a\":1,\"b":3})") << QByteArray(R"(a":1,"b)") << QByteArray("3");
    QTest::newRow("name with a quote, missing")
            << QByteArray(R"({"a":1,"b":2})") << QByteArray(R"(a":1,"b)") << QByteArray();
    QTest::newRow("name that another begins with")
            << QByteArray(R"({"ab":1,"a":2,"b":3})") << QByteArray("a") << QByteArray("2");
    QTest::newRow("name beyond ASCII") << QByteArray(R"({"é":1})") << QByteArray("é") << QByteArray("1");
    QTest::newRow("half a surrogate pair in a name before")
            << QByteArray(R"({"a\ud83d":1,"b":2})") << QByteArray("b") << QByteArray("2");
    QTest::newRow("half a surrogate pair in the name")
            << QByteArray(R"({"a\ud83d\\\"":1,"b":2})") << QByteArray("a\xed\xa0\xbd\\\"") << QByteArray("1");
    QTest::newRow("\\u0000 in a name")
            << QByteArray(R"({"a\u0000":1,"b":2})") << QByteArray("a\0", 2) << QByteArray("1");
    QTest::newRow("member of a member")
            << QByteArray(R"({"b":{"a":1},"c":[{"a":2}]})") << QByteArray("a") << QByteArray();
    QTest::newRow("twice") << QByteArray(R"({"a":1,"b":2,"a":3})") << QByteArray("a") << QByteArray("3");
}

void tst_Json::membersKeepTheirBytes()
{
    QFETCH(QByteArray, json);
    QFETCH(QByteArray, name);
    QFETCH(QByteArray, raw);
    const auto object = JsonObjectView::parse(json);
    QVERIFY(object);
    QCOMPARE(object->value(name).text().toByteArray(), raw);
    QCOMPARE(object->contains(name), !raw.isEmpty());
    QCOMPARE(findJsonMember(json, name).text().toByteArray(), raw);
    const std::vector<QByteArray> names { "other", name, "more" };
    std::vector<JsonSlice> found(names.size());
    QVERIFY(findJsonMembers(json, names, found));
    QCOMPARE(found[1].text().toByteArray(), raw);
    QVERIFY(!found[0].exists() && !found[2].exists());
}

void tst_Json::lastOfEqualNamesCounts()
{
    const QByteArray json = R"({"a":1,"b":2,"a":3})";
    const auto object = JsonObjectView::parse(json);
    QVERIFY(object);
    QCOMPARE(object->value("a").toInteger(), 3);
    QCOMPARE(object->members().size(), 3u);
    QCOMPARE(object->members()[1].first, "b");
}

void tst_Json::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("white space") << QByteArray("  ");
    QTest::newRow("array") << QByteArray("[1]");
    QTest::newRow("number") << QByteArray("1");
    QTest::newRow("not closed") << QByteArray(R"({"a":1)");
    QTest::newRow("inner not closed") << QByteArray(R"({"a":{"b":1})");
    QTest::newRow("inner closed in a string") << QByteArray(R"({"x":"y","a":{b":1}"})");
    QTest::newRow("string not closed") << QByteArray(R"({"a":"x})");
    QTest::newRow("no comma") << QByteArray(R"({"a":1 "b":2})");
    QTest::newRow("no value") << QByteArray(R"({"a":})");
    QTest::newRow("no name") << QByteArray("{:1}");
    QTest::newRow("two documents") << QByteArray("{}{}");
    QTest::newRow("trailing text") << QByteArray("{\"a\":1} x");
    QTest::newRow("not UTF-8") << QByteArray("{\"a\":\"\xff\"}");
}

void tst_Json::refuses()
{
    QFETCH(QByteArray, json);
    QVERIFY(!JsonObjectView::parse(json));
}

void tst_Json::integers_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("ok");
    QTest::addColumn<qint64>("number");
    QTest::newRow("zero") << QByteArray("0") << true << qint64(0);
    QTest::newRow("largest") << QByteArray("9223372036854775807") << true
                             << std::numeric_limits<qint64>::max();
    QTest::newRow("smallest") << QByteArray("-9223372036854775808") << true
                              << std::numeric_limits<qint64>::min();
    QTest::newRow("too large") << QByteArray("9223372036854775808") << false << qint64(0);
    QTest::newRow("fraction") << QByteArray("1.0") << false << qint64(0);
    QTest::newRow("exponent") << QByteArray("1e3") << false << qint64(0);
    QTest::newRow("string") << QByteArray("\"1\"") << false << qint64(0);
    QTest::newRow("absent") << QByteArray() << false << qint64(0);
}

void tst_Json::integers()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, ok);
    QFETCH(qint64, number);
    const auto read = JsonSlice(json).toInteger();
    QCOMPARE(read.has_value(), ok);
    QCOMPARE(read.value_or(0), number);
}

void tst_Json::strings_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("ok");
    QTest::addColumn<QString>("text");
    QTest::newRow("plain") << QByteArray("\"abc\"") << true << QStringLiteral("abc");
    QTest::newRow("escapes") << QByteArray(R"("a\n\"\u20ac\ud83d\ude00")") << true
                             << QStringLiteral("a\n\"\u20ac\U0001f600");
    QTest::newRow("empty") << QByteArray("\"\"") << true << QString();
    QTest::newRow("beyond ASCII") << QByteArray("\"Zoë 😀\"") << true << QStringLiteral("Zoë 😀");
    QTest::newRow("control character") << QByteArray("\"a\tb\"") << false << QString();
    QTest::newRow("not UTF-8") << QByteArray("\"\xff\"") << false << QString();
    QTest::newRow("number") << QByteArray("1") << false << QString();
    QTest::newRow("bad escape") << QByteArray(R"("\x")") << false << QString();
    QTest::newRow("null") << QByteArray("null") << false << QString();
    QTest::newRow("half a surrogate pair")
            << QByteArray(R"("a\ud83d\n")") << true << QStringLiteral("a") + QChar(0xd83d) + u'\n';
    QTest::newRow("half of one and malformed") << QByteArray(R"("\ud83d\u12")") << false << QString();
    QTest::newRow("half of one and not UTF-8") << QByteArray("\"\\ud83d\xff\"") << false << QString();
}

void tst_Json::strings()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, ok);
    QFETCH(QString, text);
    const auto read = JsonSlice(json).toString();
    QCOMPARE(read.has_value(), ok);
    QCOMPARE(read.value_or(QString()), text);
}

void tst_Json::arrays()
{
    const QByteArray json = R"( [1, "a,b" ,{"c":[]},[2 ], null] )";
    const auto elements = parseJsonArray(json);
    QVERIFY(elements);
    QByteArrayList texts;
    for (const JsonSlice &element : *elements)
        texts << element.text().toByteArray();
    QCOMPARE(texts.join('|'), R"(1|"a,b"|{"c":[]}|[2 ]|null)");
    QVERIFY(parseJsonArray("[]") && parseJsonArray("[]")->empty());
    QVERIFY(!parseJsonArray("[1"));
    QVERIFY(!parseJsonArray("{}"));
    QVERIFY(!parseJsonArray("[1]]"));
}

void tst_Json::quotesAndReadsBack()
{
    const QString text = QStringLiteral("q\" b\\ \n\t\x01 \u20ac \U0001f600");
    const QByteArray json = quoteJson(text);
    QVERIFY(isValidJson(json));
    QCOMPARE(JsonSlice(json).toString(), text);
}

void tst_Json::validity_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("valid");
    QTest::newRow("object") << QByteArray(R"({"a":[1,2.5e3,"x",null,true]})") << true;
    QTest::newRow("bad number") << QByteArray(R"({"a":01})") << false;
    QTest::newRow("bad literal") << QByteArray(R"({"a":nul})") << false;
    QTest::newRow("trailing comma") << QByteArray("[1,]") << false;
    QTest::newRow("depth 1000") << QByteArray(1000, '[') + QByteArray(1000, ']') << true;
    QTest::newRow("depth 2000") << QByteArray(2000, '[') + QByteArray(2000, ']') << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("depth 1024") << QByteArray(1024, '[') + QByteArray(1024, ']') << true;
    QTest::newRow("depth 1025") << QByteArray(1025, '[') + QByteArray(1025, ']') << false;
    QTest::newRow("integer beyond 64 bits") << QByteArray(R"({"a":123456789012345678901234567890})") << true;
    QTest::newRow("number beyond double") << QByteArray("[1e400,-1E+400,1e-400]") << true;
    QTest::newRow("lone surrogate, escaped") << QByteArray(R"(["\ud800"])") << true;
    QTest::newRow("all escapes") << QByteArray(R"(["\"\\\/\b\f\n\r\t\u00e9"])") << true;
    QTest::newRow("unknown escape") << QByteArray(R"(["\x"])") << false;
    QTest::newRow("short escape") << QByteArray(R"(["\u12"])") << false;
    QTest::newRow("line break in a string") << QByteArray("[\"a\nb\"]") << false;
    QTest::newRow("open string") << QByteArray("[\"a") << false;
    QTest::newRow("open escape") << QByteArray("\"\\") << false;
    QTest::newRow("not UTF-8") << QByteArray("[\"\xff\"]") << false;
    QTest::newRow("fraction without digits") << QByteArray("[1.]") << false;
    QTest::newRow("exponent without digits") << QByteArray("[1e]") << false;
    QTest::newRow("plus sign") << QByteArray("[+1]") << false;
    QTest::newRow("only a minus") << QByteArray("-") << false;
    QTest::newRow("two values") << QByteArray("1 2") << false;
    QTest::newRow("white space only") << QByteArray(" \n") << false;
    QTest::newRow("white space everywhere") << QByteArray(" { \"a\" : [ 1 , { } ] } \r\n") << true;
    QTest::newRow("wrong bracket") << QByteArray("[1}") << false;
    QTest::newRow("name without value") << QByteArray(R"({"a"})") << false;
    QTest::newRow("name without quotes") << QByteArray("{a:1}") << false;
    QTest::newRow("comma before the end") << QByteArray(R"({"a":1,})") << false;
    QTest::newRow("open object") << QByteArray(R"({"a":1)") << false;
}

void tst_Json::validity()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, valid);
    QCOMPARE(isValidJson(json), valid);
}

void tst_Json::compacts()
{
    QCOMPARE(compactJson("{ \"b\" : 1.50 ,\n \"a\" : \" x \" }"), QByteArray("{\"b\":1.50,\"a\":\" x \"}"));
}

QTEST_GUILESS_MAIN(tst_Json)
#include "tst_json.moc"
