#include "TwilioSync/writes/pace.h"
#include "TwilioSync/writes/write.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace std::chrono_literals;

class tst_Write : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void effect_data();
    void effect();
    void mergingKeepsTheBytes_data();
    void mergingKeepsTheBytes();
    void mergesAreJoined();
    void unreadableValuesAreNotReplaced();
    void debugTextSaysWhatWaitsAndWhy();
    void rates();
};

void tst_Write::effect_data()
{
    QTest::addColumn<int>("operation");
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("value");
    QTest::addColumn<QByteArray>("expected"); // empty = no value any more
    const auto row = [](const char *name, WriteOperation operation, const char *base, const char *value,
                        const char *expected) {
        QTest::newRow(name) << int(operation) << QByteArray(base) << QByteArray(value)
                            << QByteArray(expected);
    };
    row("set", WriteOperation::Set, R"({"a":1})", R"({"b":2})", R"({"b":2})");
    row("update keeps text and order", WriteOperation::Merge, R"({"z":1.50,"a":[1, 2]})",
        R"({"a":3,"n":null})", R"({"z":1.50,"a":3,"n":null})");
    row("update of nothing", WriteOperation::Merge, "", R"({"a":3})", R"({"a":3})");
    row("mutate", WriteOperation::Mutate, R"({"a":1})", R"({"a":2})", R"({"a":2})");
    row("setTtl", WriteOperation::SetTtl, R"({"a":1})", "", R"({"a":1})");
    row("remove", WriteOperation::Remove, R"({"a":1})", "", "");
}

void tst_Write::effect()
{
    QFETCH(int, operation);
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, value);
    QFETCH(QByteArray, expected);
    Write write;
    write.operation = WriteOperation(operation);
    write.value = value;
    QCOMPARE(effectOn(write, base).value_or(QByteArray()), expected);
}

void tst_Write::mergingKeepsTheBytes_data()
{
    QTest::addColumn<QByteArray>("base");
    QTest::addColumn<QByteArray>("fields");
    QTest::addColumn<QByteArray>("erased");
    QTest::addColumn<QByteArray>("expected");
    const auto row = [](const char *name, const char *base, const char *fields, const char *erased,
                        const char *expected) {
        QTest::newRow(name) << QByteArray(base) << QByteArray(fields) << QByteArray(erased)
                            << QByteArray(expected);
    };
    row("half a surrogate pair in a name", R"({"a\ud83d":1,"b":2})", R"({"c":3})", "",
        R"({"a\ud83d":1,"b":2,"c":3})");
    row("that member replaced", R"({"a\ud83d":1,"b":2})", R"({"a\uD83D":3})", "", R"({"a\ud83d":3,"b":2})");
    row("that member erased", R"({"a\ud83d":1,"b":2})", "{}", "a\xed\xa0\xbd", R"({"b":2})");
    row("the other half erased", R"({"\ud83d":1,"\udc00":2})", "{}", "\xed\xb0\x80", R"({"\ud83d":1})");
    row("escapes of names", R"({"\u0061\n":1,"\u0000":2,"":3})", R"({"":4,"b\/":5})", "",
        R"({"\u0061\n":1,"\u0000":2,"":4,"b\/":5})");
    row("numbers of any size", R"({"a":18446744073709551616,"b":1e999,"c":-0})", R"({"d":1})", "",
        R"({"a":18446744073709551616,"b":1e999,"c":-0,"d":1})");
    row("white space", "{ \"a\" : [ 1 ] ,\n\"b\":2 }", R"({"c":3})", "", "{\"a\" : [ 1 ],\"b\":2,\"c\":3}");
    row("names with commas and braces", R"({"{,":"},{","b":"\""})", R"({"b":1})", "",
        R"({"{,":"},{","b":1})");
    row("first erased", R"({"a":1,"b":2})", R"({"c":3})", "a", R"({"b":2,"c":3})");
    row("last erased", R"({"a":1,"b":2})", R"({"a":3})", "b", R"({"a":3})");
    row("all erased", R"({"a":1})", "{}", "a", "{}");
    row("erased that is not there", R"({"a":1})", "{}", "b", R"({"a":1})");
    row("equal names", R"({"a":1,"b":2,"a":3})", "{}", "a", R"({"b":2})");
}

void tst_Write::mergingKeepsTheBytes()
{
    QFETCH(QByteArray, base);
    QFETCH(QByteArray, fields);
    QFETCH(QByteArray, erased);
    QFETCH(QByteArray, expected);
    const auto merged =
            mergedJson(base, fields, erased.isEmpty() ? QByteArrayList() : QByteArrayList { erased });
    QVERIFY(!errorOf(merged));
    QCOMPARE(std::get<QByteArray>(merged), expected);
}

void tst_Write::mergesAreJoined()
{
    const auto merge = [](const QByteArray &value, const QByteArrayList &erased) {
        Write write;
        write.operation = WriteOperation::Merge;
        write.value = value;
        write.erased = erased;
        return write;
    };
    Write first = merge(R"({"a":1,"b":2})", { "c", "d" });
    const Write second = merge(R"({"c":3})", { "a", "d" });
    QVERIFY(appendMerge(first, second));
    QCOMPARE(first.value, R"({"b":2,"c":3})");
    QCOMPARE(first.erased, QByteArrayList({ "a", "d" }));
    QCOMPARE(effectOn(first, R"({"a":0,"d":0,"e":0})"), QByteArray(R"({"e":0,"b":2,"c":3})"));
}

void tst_Write::unreadableValuesAreNotReplaced()
{
    const auto merged = mergedJson("[1]", R"({"a":1})");
    QVERIFY(errorOf(merged));
    QVERIFY(errorOf(merged)->message().contains(QLatin1String("cannot be read")));
}

void tst_Write::debugTextSaysWhatWaitsAndWhy()
{
    Write write;
    write.id = 7;
    write.operation = WriteOperation::Merge;
    write.objectName = "tasks";
    write.item = ItemKey { 3, {} };
    write.value = R"({"done":true})";
    write.base = "2a";
    write.attempts = 2;
    write.error = SyncError(QStringLiteral("too many requests"), 429);
    QString text;
    QDebug(&text) << write;
    QCOMPARE(text.trimmed(),
             QStringLiteral("write 7 (update tasks item 3, waiting, 13 bytes, on revision 2a, attempt 2, "
                            "because of SyncError(\"too many requests\", status 429, code 0))"));
}

void tst_Write::rates()
{
    Pace pace;
    QCOMPARE(pace.wait(0ms), 0ms);
    pace.spend(0ms, 100'000);
    QCOMPARE(pace.wait(0ms), 0ms); // nothing holds it back before it is engaged
    pace.engage(0ms);
    for (int i = 0; i < int(Pace::burst); ++i) {
        QCOMPARE(pace.wait(0ms), 0ms);
        pace.spend(0ms, 100);
    }
    QCOMPARE(pace.wait(0ms), 50ms); // 20 a second from then on
    QCOMPARE(pace.wait(50ms), 0ms);
    pace.spend(50ms, 10 * 1024);
    QCOMPARE(pace.wait(50ms), 500ms); // 10 KiB weigh as much as ten
    pace.throttled(1000ms);
    QCOMPARE(pace.wait(1000ms), 50ms);
}

QTEST_GUILESS_MAIN(tst_Write)
#include "tst_write.moc"
