#include "server/queries/query.h"

#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio::Server;

// The Live Query Language: what is an expression, what is wrong with one, and which items it wants.
class tst_Query : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data();
    void matches();
    void faults_data();
    void faults();
    void longListsAreTold();
    void boundsHold();

private:
    //! What is wrong with \a expression; none if it is one.
    static std::optional<QueryFault> faultOf(const QString &expression)
    {
        const auto parsed = Query::parse(expression);
        const auto *const fault = std::get_if<QueryFault>(&parsed);
        return fault ? std::optional(*fault) : std::nullopt;
    }
};

void tst_Query::matches_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<bool>("expected");
    // Of the item "k1" with this data.
    const auto row = [](const char *expression, bool expected) {
        QTest::newRow(expression) << QString::fromUtf8(expression) << expected;
    };
    row("", true);
    row("  \t\n", true);
    row(R"(data.name == "Bob")", true);
    row(R"(data.name=="Bob")", true);
    row(R"(data.name EQ "Bob")", true);
    row(R"(data.name eq "Bob")", true);
    row(R"(data.name == "bob")", false);
    row(R"(data.name == "Bo")", false);
    row(R"(data.name != "Bob")", false);
    row(R"(data.name NOT_EQ "Ann")", true);
    row(R"(data.name not_eq "Ann")", true);
    row(R"(data.none != "Ann")", true); // what is missing is not Ann
    row(R"(data.none == "")", false);
    row(R"(data.empty == "")", true);
    row(R"(data.attributes.worker_name == "Zoë \"Z\"")", true);
    row(R"(data.attributes.worker_name == "Zo\u00eb \u0022Z\u0022")", true);
    row(R"(data."full name" == "B B")", true);
    row(R"(data.attributes."a.b" == "dot")", true);
    row(R"(data.attributes.a.b == "dot")", false);
    row(R"(data.list.name == "Bob")", false); // no name in a list
    row(R"(data.name.x == "Bob")", false);
    row(R"(key == "k1")", true);
    row(R"(key IN ["k0", "k1"])", true);
    row(R"(key CONTAINS "1")", true);
    row(R"(key == null)", false);
    row(R"(key != null)", true);

    row(R"(data.age == "42")", true);
    row(R"(data.age == "42.0")", false); // by its text
    row(R"(data.age CONTAINS "4")", true);
    row(R"(data.yes == "true")", true);
    row(R"(data.attributes == "")", false); // an object has no text
    row(R"(data.attributes != "")", true);
    row(R"(data.list == "red")", true);
    row(R"(data.list == "7")", true);
    row(R"(data.list == "green")", false);
    row(R"(data.list != "red")", false);
    row(R"(data.list == "deep")", false); // not in a list in the list
    row(R"(data.list == null)", false);
    row(R"(data.list CONTAINS "lu")", true);

    row(R"(data.nothing == null)", true);
    row(R"(data.none == null)", true);
    row(R"(data.none.further == null)", true);
    row(R"(data.name == null)", false);
    row(R"(data.name != null)", true);
    row(R"(data.nothing EQ NULL)", true);
    row(R"(data.nothing == "null")", false);

    row(R"(data.name IN ["Ann", "Bob"])", true);
    row(R"(data.name in ["Ann"])", false);
    row(R"(data.name IN [])", false);
    row(R"(data.name NOT_IN [])", true);
    row(R"(data.name NOT_IN ["Ann", "Bob"])", false);
    row(R"(data.name not_in ["Ann"])", true);
    row(R"(data.list IN ["green", "blue"])", true);
    row(R"(data.none NOT_IN ["x"])", true);
    row(R"(data.name CONTAINS "ob")", true);
    row(R"(data.name CONTAINS "OB")", false);
    row(R"(data.name contains "")", true);
    row(R"(data.none CONTAINS "")", false);
    row(R"(data.name NOT_CONTAINS "x")", true);
    row(R"(data.name not_contains "o")", false);

    row(R"(data.name == "Bob" AND data.age == "42")", true);
    row(R"(data.name == "Bob" && data.age == "1")", false);
    row(R"(data.name == "Ann" OR data.age == "42")", true);
    row(R"(data.name == "Ann" || data.age == "1")", false);
    row(R"(data.name == "Bob" or data.age == "1" and data.age == "2")", true); // and binds tighter
    row(R"((data.name == "Bob" or data.age == "1") and data.age == "2")", false);
    row(R"(((data.name == "Bob")))", true);
    row(R"(data.and == "word")", true);
    row(R"(data.data.key == "inner")", true);
    row(R"(data.twice == "second")", true); // the last one of its name
}

void tst_Query::matches()
{
    QFETCH(QString, expression);
    QFETCH(bool, expected);
    const QByteArray data =
            R"({"name":"Bob","age":42,"yes":true,"nothing":null,"empty":"","full name":"B B",)"
            R"("attributes":{"worker_name":"Zo\u00eb \"Z\"","a.b":"dot"},"and":"word",)"
            R"("list":["red","blue",7,null,["deep"],{"name":"Bob"}],"data":{"key":"inner"},)"
            R"("twice":"first","twice":"second"})";
    const auto fault = faultOf(expression);
    QVERIFY2(!fault, qPrintable(fault ? fault->what : QString()));
    QCOMPARE(std::get<Query>(Query::parse(expression)).matches(u"k1", data), expected);
}

void tst_Query::faults_data()
{
    QTest::addColumn<QString>("expression");
    QTest::addColumn<qsizetype>("position");
    QTest::addColumn<QString>("what");
    const auto row = [](const char *expression, qsizetype position, const char *what) {
        QTest::newRow(expression) << QString::fromUtf8(expression) << position << QString::fromUtf8(what);
    };
    row("name == \"Bob\"", 0, "expected a field (key, or data.NAME), found 'name'");
    row("\"x\" == \"x\"", 0, "expected a field (key, or data.NAME), found the string \"x\"");
    row("data == \"x\"", 5, "expected '.' and the name of a member of data, found '=='");
    row("data. == \"x\"", 6, "expected the name of a member, found '=='");
    row("data.a", 6, "expected an operator (==, !=, IN, NOT_IN, CONTAINS, NOT_CONTAINS), found the end");
    row("data.a = \"x\"", 7, "expected an operator (==, !=, IN, NOT_IN, CONTAINS, NOT_CONTAINS), found '='");
    row("data.a Eq \"x\"", 7,
        "expected an operator (==, !=, IN, NOT_IN, CONTAINS, NOT_CONTAINS), found 'Eq'");
    row("data.a && \"x\"", 7,
        "expected an operator (==, !=, IN, NOT_IN, CONTAINS, NOT_CONTAINS), found '&&'");
    row("data.a == Bob", 10, "expected a value in double quotes, found 'Bob'");
    row("data.a == 5", 10, "expected a value in double quotes, found '5'");
    row("data.a == 'x'", 10, "expected a value in double quotes, found '''");
    row("data.a == \"x", 10, "expected a value in double quotes, found a string without its closing quote");
    row("data.a == \"\\", 10, "expected a value in double quotes, found a string without its closing quote");
    row("data.a == \"\\x\"", 10,
        "expected a value in double quotes, found a string with a bad escape or control character");
    row("data.a CONTAINS null", 16, "expected a value in double quotes, found 'null'");
    row("data.a IN \"x\"", 10, "expected '[', found the string \"x\"");
    row("data.a IN [null]", 11, "expected a value in double quotes, found 'null'");
    row("data.a IN [\"x\" \"y\"]", 15, "expected ',' or ']', found the string \"y\"");
    row("data.a IN [\"x\",]", 15, "expected a value in double quotes, found ']'");
    row("data.a IN [\"x\"", 14, "expected ',' or ']', found the end");
    row("(data.a == \"x\"", 14, "expected AND, OR or ')', found the end");
    row("data.a == \"x\")", 13, "expected AND, OR or the end, found ')'");
    row("data.a == \"x\" data.b == \"y\"", 14, "expected AND, OR or the end, found 'data'");
    row("data.a == \"x\" AND", 17, "expected a field (key, or data.NAME), found the end");
    row("OR data.a == \"x\"", 0, "expected a field (key, or data.NAME), found 'OR'");
    row("()", 1, "expected a field (key, or data.NAME), found ')'");
    row("data.a == \"x\" AND ü == \"y\"", 18, "expected a field (key, or data.NAME), found 'ü'");
    row("data.a == \"x\" 🎉", 14, "expected AND, OR or the end, found '🎉'");
}

void tst_Query::faults()
{
    QFETCH(QString, expression);
    QFETCH(qsizetype, position);
    QFETCH(QString, what);
    const auto fault = faultOf(expression);
    QVERIFY(fault);
    QCOMPARE(fault->what, what);
    QCOMPARE(fault->position, position);
    QCOMPARE(fault->kind, QueryFault::Kind::Malformed);
}

void tst_Query::longListsAreTold()
{
    const auto of = [](qsizetype count) {
        return u"data.a NOT_IN ["_s + QStringList(count, u"\"x\""_s).join(u',') + u']';
    };
    QVERIFY(!faultOf(of(Query::maxArray)));
    const auto fault = faultOf(of(Query::maxArray + 1));
    QVERIFY(fault);
    QCOMPARE(fault->kind, QueryFault::Kind::ArrayTooLong);
    QCOMPARE(fault->what, u"a list of more than 29 values"_s);
}

void tst_Query::boundsHold()
{
    const QString one = u"data.a == \"x\""_s;
    const auto nested = [&](int depth) { return QString(depth, u'(') + one + QString(depth, u')'); };
    QVERIFY(!faultOf(nested(Query::maxDepth)));
    const auto deep = faultOf(nested(Query::maxDepth + 1));
    QVERIFY(deep);
    QCOMPARE(deep->what, u"more than 32 parentheses in each other"_s);
    QVERIFY(faultOf(QString(Query::maxLength, u'(')));

    const qsizetype spaces = Query::maxLength - one.size();
    QVERIFY(!faultOf(one + QString(spaces, u' ')));
    const auto tooLong = faultOf(one + QString(spaces + 1, u' '));
    QVERIFY(tooLong);
    QCOMPARE(tooLong->what, u"more than 8192 characters"_s);
}

QTEST_GUILESS_MAIN(tst_Query)
#include "tst_query.moc"
