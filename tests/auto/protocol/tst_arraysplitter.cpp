#include "TwilioSync/protocol/arraysplitter.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

using namespace Twilio::Protocol;

//! An object with a long array, taken apart some bytes at a time.
class tst_ArraySplitter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void splits_data();
    void splits();
    void refuses_data();
    void refuses();
    void splitsAsParsersDo();

private:
    static ArraySplitter::State scanAll(ArraySplitter &splitter, qsizetype bytes)
    {
        ArraySplitter::State state = ArraySplitter::State::More;
        while (state == ArraySplitter::State::More)
            state = splitter.scan(bytes);
        return state;
    }
    static QByteArrayList elementsOf(const ArraySplitter &splitter)
    {
        QByteArrayList all;
        for (const QByteArrayView element : splitter.elements())
            all.append(element.toByteArray());
        return all;
    }
};

void tst_ArraySplitter::splits_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<bool>("hasArray");
    QTest::addColumn<QByteArrayList>("elements");
    QTest::addColumn<QByteArray>("type");
    const QByteArrayList none;
    QTest::newRow("empty") << QByteArray("{}") << false << none << QByteArray();
    QTest::newRow("space") << QByteArray(" { } \n") << false << none << QByteArray();
    QTest::newRow("no array") << QByteArray(R"({"type":"x","a":{}})") << false << none
                              << QByteArray(R"("x")");
    QTest::newRow("empty array") << QByteArray(R"({"a":[ ],"type":1})") << true << none << QByteArray("1");
    QTest::newRow("one") << QByteArray(R"({"a":[{"b":[1,2]}],"type":1})") << true
                         << QByteArrayList { R"({"b":[1,2]})" } << QByteArray("1");
    QTest::newRow("several, spaces") << QByteArray("{ \"type\" : true , \"a\" : [ 1 , \"x,]\" ,\n{ } ] }")
                                     << true << QByteArrayList { "1", R"("x,]")", "{ }" }
                                     << QByteArray("true");
    QTest::newRow("escapes") << QByteArray(R"({"a":["\"","\\",{"\"]":"\\\""}],"type":"\\"})") << true
                             << QByteArrayList { R"("\"")", R"("\\")", R"({"\"]":"\\\""})" }
                             << QByteArray(R"("\\")");
    QTest::newRow("an object of that name")
            << QByteArray(R"({"a":{"a":[1]},"type":2})") << false << none << QByteArray("2");
    QTest::newRow("deeper") << QByteArray(R"({"b":{"a":[1]},"a":[2]})") << true << QByteArrayList { "2" }
                            << QByteArray();
    QTest::newRow("two arrays") << QByteArray(R"({"a":[1,2],"a":[3]})") << true << QByteArrayList { "3" }
                                << QByteArray();
    QTest::newRow("two members") << QByteArray(R"({"type":1,"type":2})") << false << none << QByteArray("2");
}

void tst_ArraySplitter::splits()
{
    QFETCH(QByteArray, json);
    QFETCH(bool, hasArray);
    QFETCH(QByteArrayList, elements);
    QFETCH(QByteArray, type);
    for (const qsizetype bytes : { 1, 2, 3, 1000 }) {
        ArraySplitter splitter(json, "a");
        QCOMPARE(scanAll(splitter, bytes), ArraySplitter::State::Done);
        QCOMPARE(splitter.hasArray(), hasArray);
        QCOMPARE(elementsOf(splitter), elements);
        QCOMPARE(splitter.value("type").text().toByteArray(), type);
    }
}

void tst_ArraySplitter::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    for (const char *json : { "",
                              " ",
                              "[]",
                              "1",
                              "\"a\"",
                              "{",
                              "{\"a\":[",
                              "{\"a\":[1}",
                              "{\"a\":[1]",
                              "{]",
                              "{}}",
                              "{}{}",
                              "{},{}",
                              "x{}",
                              "{}x",
                              "{\"a\":[1,]}",
                              "{\"a\":[,]}",
                              "{\"a\":[,1]}",
                              "{\"a",
                              "{\"a\\",
                              "{\"a\\\"",
                              "{\"a\":[\"}]" })
        QTest::newRow(*json ? json : "nothing") << QByteArray(json);
}

void tst_ArraySplitter::refuses()
{
    QFETCH(QByteArray, json);
    for (const qsizetype bytes : { 1, 2, 1000 }) {
        ArraySplitter splitter(json, "a");
        QCOMPARE(scanAll(splitter, bytes), ArraySplitter::State::Broken);
    }
}

void tst_ArraySplitter::splitsAsParsersDo()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    static const QByteArrayList values { "1",   "-2.5e3", "null",        R"("a,b]}\"{[")",
                                         "{}",  "[]",     R"([[],"]"])", R"({"a":[{"x":1}]})",
                                         "true" };
    static const QByteArrayList spaces { "", "", "", " ", "\n\t" };
    const auto any = [&random](const QByteArrayList &of) { return of[random.bounded(int(of.size()))]; };
    for (int round = 0; round < 2'000; ++round) {
        QByteArray array;
        for (int i = random.bounded(5); i > 0; --i)
            array += (array.isEmpty() ? "" : ",") + any(spaces) + any(values) + any(spaces);
        const QByteArray json = any(spaces) + "{\"before\":" + any(values) + any(spaces)
                + ",\"a\":" + any(spaces) + '[' + array + ']' + any(spaces) + ",\"behind\"" + any(spaces)
                + ':' + any(values) + '}';
        ArraySplitter splitter(json, "a");
        QCOMPARE(scanAll(splitter, 1 + random.bounded(50)), ArraySplitter::State::Done);
        const auto object = JsonObjectView::parse(json);
        QVERIFY2(object, json);
        for (const char *name : { "before", "behind" })
            QCOMPARE(splitter.value(name).text(), object->value(name).text());
        const auto elements = parseJsonArray(object->value("a").text());
        QVERIFY2(elements, json);
        QByteArrayList expected;
        for (const JsonSlice &element : *elements)
            expected.append(element.text().toByteArray());
        QCOMPARE(elementsOf(splitter), expected);
    }
}

QTEST_APPLESS_MAIN(tst_ArraySplitter)
#include "tst_arraysplitter.moc"
