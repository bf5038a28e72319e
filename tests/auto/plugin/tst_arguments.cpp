#include "arguments.h"

#include <QtQml/qjsengine.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

class tst_Arguments : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void objectBecomesJsonInItsOwnKeyOrder_data();
    void objectBecomesJsonInItsOwnKeyOrder();
    void anythingButAnObjectIsNamed_data();
    void anythingButAnObjectIsNamed();
    void mapOfCppIsAnObject();
    void ttlIsWholeSecondsInRange_data();
    void ttlIsWholeSecondsInRange();
    void writeOptionsAreChecked_data();
    void writeOptionsAreChecked();
    void parsedJsonKeepsKeyOrder();

private:
    QJSEngine m_engine;
};

void tst_Arguments::objectBecomesJsonInItsOwnKeyOrder_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QByteArray>("json");
    QTest::newRow("empty") << u"({})"_s << QByteArray("{}");
    QTest::newRow("key order") << u"({ zebra: 1, ant: 2 })"_s << QByteArray("{\"zebra\":1,\"ant\":2}");
    QTest::newRow("nested") << u"({ a: [1, null, { z: true, b: 'x' }] })"_s
                            << QByteArray("{\"a\":[1,null,{\"z\":true,\"b\":\"x\"}]}");
    QTest::newRow("unicode") << u"({ t: 'grüße 🎉' })"_s << QByteArray("{\"t\":\"grüße 🎉\"}");
    QTest::newRow("largest exact integer")
            << u"({ n: 9007199254740991 })"_s << QByteArray("{\"n\":9007199254740991}");
    QTest::newRow("undefined members are left out, as JavaScript does")
            << u"({ a: undefined, b: 1 })"_s << QByteArray("{\"b\":1}");
    QTest::newRow("own class") << u"new (class { constructor() { this.done = false } })"_s
                               << QByteArray("{\"done\":false}");
}

void tst_Arguments::objectBecomesJsonInItsOwnKeyOrder()
{
    QFETCH(QString, script);
    QFETCH(QByteArray, json);
    const auto result = Qml::objectArgument(m_engine.evaluate(script), u"value");
    const auto *object = std::get_if<SyncValue>(&result);
    QVERIFY2(object, qPrintable(errorOf(result) ? errorOf(result)->message() : QString()));
    QCOMPARE(object->toJson(), json);
}

void tst_Arguments::anythingButAnObjectIsNamed_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const QString &script, const QString &got) {
        QTest::newRow(name) << script << u"value: expected a JSON object, got %1"_s.arg(got);
    };
    row("array", u"[1]"_s, u"an array"_s);
    row("string", u"'text'"_s, u"the string 'text'"_s);
    row("empty string", u"''"_s, u"an empty string"_s);
    row("number", u"12.5"_s, u"12.5"_s);
    row("boolean", u"true"_s, u"true"_s);
    row("null", u"null"_s, u"null"_s);
    row("undefined", u"undefined"_s, u"undefined"_s);
    row("function", u"(function() {})"_s, u"a function"_s);
    row("date", u"new Date()"_s, u"a date"_s);
    row("regular expression", u"/x/"_s, u"a regular expression"_s);
    row("promise", u"Promise.resolve({})"_s, u"a promise"_s);
    row("own toJSON", u"({ toJSON: () => [1] })"_s, u"an object"_s);
    QTest::newRow("cycle") << u"(function() { const a = {}; a.a = a; return a; })()"_s
                           << u"value.a: what contains itself cannot be stored"_s;
}

void tst_Arguments::anythingButAnObjectIsNamed()
{
    QFETCH(QString, script);
    QFETCH(QString, message);
    const auto result = Qml::objectArgument(m_engine.evaluate(script), u"value");
    const SyncError *error = errorOf(result);
    QVERIFY(error);
    QCOMPARE(error->message(), message);
}

void tst_Arguments::mapOfCppIsAnObject()
{
    const QVariantMap map { { u"title"_s, u"Milk"_s } };
    const auto result = Qml::objectArgument(m_engine.toScriptValue(map), u"value");
    QCOMPARE(std::get<SyncValue>(result).toJson(), QByteArray("{\"title\":\"Milk\"}"));
}

void tst_Arguments::ttlIsWholeSecondsInRange_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("expected");
    QTest::newRow("left out") << u"undefined"_s << u"none"_s;
    QTest::newRow("null") << u"null"_s << u"none"_s;
    QTest::newRow("never expires") << u"0"_s << u"0"_s;
    QTest::newRow("a day") << u"86400"_s << u"86400"_s;
    QTest::newRow("longest") << u"31536000"_s << u"31536000"_s;
    const auto wrong = u"ttl: expected 0 to 31536000 seconds, got %1"_s;
    QTest::newRow("too long") << u"31536001"_s << wrong.arg(u"31536001");
    QTest::newRow("negative") << u"-1"_s << wrong.arg(u"-1");
    QTest::newRow("fraction") << u"1.5"_s << wrong.arg(u"1.5");
    QTest::newRow("not a number") << u"NaN"_s << wrong.arg(u"NaN");
    QTest::newRow("infinite") << u"Infinity"_s << wrong.arg(u"Infinity");
    QTest::newRow("string") << u"'60'"_s << wrong.arg(u"the string '60'");
}

void tst_Arguments::ttlIsWholeSecondsInRange()
{
    QFETCH(QString, script);
    QFETCH(QString, expected);
    const auto result = Qml::ttlArgument(m_engine.evaluate(script));
    QString got;
    if (const SyncError *error = errorOf(result))
        got = error->message();
    else if (const auto ttl = std::get<std::optional<qint64>>(result))
        got = QString::number(*ttl);
    else
        got = u"none"_s;
    QCOMPARE(got, expected);
}

void tst_Arguments::writeOptionsAreChecked_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("message");
    QTest::newRow("left out") << u"undefined"_s << QString();
    QTest::newRow("empty") << u"({})"_s << QString();
    QTest::newRow("ttl") << u"({ ttl: 60 })"_s << QString();
    QTest::newRow("a number") << u"60"_s << u"options: expected an object { ttl }, got 60"_s;
    QTest::newRow("wrong ttl") << u"({ ttl: [] })"_s
                               << u"ttl: expected 0 to 31536000 seconds, got an array"_s;
}

void tst_Arguments::writeOptionsAreChecked()
{
    QFETCH(QString, script);
    QFETCH(QString, message);
    const auto result = Qml::writeOptionsArgument(m_engine.evaluate(script));
    QCOMPARE(errorOf(result) ? errorOf(result)->message() : QString(), message);
}

void tst_Arguments::parsedJsonKeepsKeyOrder()
{
    const QByteArray json = "{\"zebra\":1,\"ant\":{\"y\":[],\"b\":null}}";
    const QJSValue value = Qml::parseJson(&m_engine, json);
    QCOMPARE(std::get<SyncValue>(Qml::objectArgument(value, u"value")).toJson(), json);
    QVERIFY(Qml::parseJson(&m_engine, "{").isUndefined());
}

QTEST_GUILESS_MAIN(tst_Arguments)
#include "tst_arguments.moc"
