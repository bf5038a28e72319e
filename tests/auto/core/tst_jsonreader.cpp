#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/jsonwriter.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

#include <limits>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! From JSON to QVariants, and back.
class tst_JsonReader : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAsQtDoes_data();
    void readsAsQtDoes();
    void readsMoreThanQtDoes_data();
    void readsMoreThanQtDoes();
    void refuses_data();
    void refuses();
    void writesWhatItHasRead_data();
    void writesWhatItHasRead();
};

void tst_JsonReader::readsAsQtDoes_data()
{
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const char *json) { QTest::newRow(name) << QByteArray(json); };
    row("empty", "{}");
    row("one of each",
        R"({"text":"a","flag":true,"other":false,"none":null,"whole":7,"half":0.5,"list":[1,"a"],"map":{"a":{}}})");
    row("white space", " {\n\t\"a\" : \"b\" , \"c\":\r\n [ 1 , 2 ] } ");
    row("integers", R"({"a":0,"b":-1,"c":2147483647,"d":2147483648,"e":-2147483648,"f":9007199254740993})");
    row("integers of 64 bits", R"({"a":9223372036854775807,"b":-9223372036854775808,"d":1e2})");
    row("fractions", R"({"a":0.1,"b":1.0,"c":1e12,"d":1E-3,"e":123456789012.5})");
    row("escapes", R"({"a\n":"\"\\\/\b\f\n\r\t","\u00e9":"\u00e9\ud83d\ude00"})");
    row("half a surrogate pair", R"({"a":"x\ud800y","b":1})");
    row("half a surrogate pair in a name", R"({"\ud800":1,"b":2})");
    row("beyond ASCII", R"({"é":"한국어 😀","b":"ü"})");
    row("equal names", R"({"a":1,"b":2,"a":"3"})");
    row("empty name", R"({"":1})");
    row("nested values", R"({"a":{"b":[1,{"c":"\ud800"},null,1e12]},"d":[]})");
}

void tst_JsonReader::readsAsQtDoes()
{
    QFETCH(QByteArray, json);
    const auto map = readJsonObject(json);
    QVERIFY(map);
    QCOMPARE(QJsonObject::fromVariantMap(*map), QJsonDocument::fromJson(json).object());
}

void tst_JsonReader::readsMoreThanQtDoes_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QVariant>("value");
    const auto row = [](const char *json, const QVariant &value) {
        QTest::newRow(json) << QByteArray(json) << value;
    };
    row("1e400", std::numeric_limits<double>::infinity());
    row("1e-400", 0);
    row("-0.01e312", -std::numeric_limits<double>::infinity());
    row("0.0001e-330", 0);
    row("18446744073709551615", std::numeric_limits<quint64>::max());
    row("18446744073709551616", 18446744073709551616.0);
    row("-9223372036854775809", -9223372036854775809.0);
    row("-0", -0.0);
    row("-0.0", -0.0);
    row("2147483648", qint64(2147483648));
    row("7", 7);
    row(R"("\u0000")", QString(QChar(0)));
    row("null", QVariant::fromValue(nullptr));
}

void tst_JsonReader::readsMoreThanQtDoes()
{
    QFETCH(QByteArray, json);
    QFETCH(QVariant, value);
    const auto read = readJson(json);
    QVERIFY(read);
    QCOMPARE(read->typeId(), value.typeId());
    QCOMPARE(*read, value);
}

void tst_JsonReader::refuses_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<QString>("problem");
    const auto row = [](const char *json, const QString &problem) {
        QTest::newRow(json) << QByteArray(json) << problem;
    };
    row("", u"illegal value at byte 0"_s);
    row("{", u"unterminated object at byte 1"_s);
    row(R"({"a":1)", u"unterminated object at byte 6"_s);
    row(R"({"a":1,})", u"unterminated object at byte 7"_s);
    row(R"({"a" 1})", u"missing name separator at byte 5"_s);
    row(R"({"a":[1})", u"unterminated array at byte 7"_s);
    row(R"({"a":nul})", u"illegal value at byte 5"_s);
    row(R"({"a":01})", u"illegal number at byte 7"_s);
    row(R"({"a":1.})", u"illegal number at byte 7"_s);
    row(R"({"a":1e})", u"illegal number at byte 7"_s);
    row(R"({"a":"x)", u"unterminated string at byte 7"_s);
    row(R"({"a":"\x"})", u"illegal escape in a string at byte 9"_s);
    row(R"({"a":"\u12g4"})", u"illegal escape in a string at byte 13"_s);
    row("{\"a\":\"\t\"}", u"control character in a string at byte 6"_s);
    row("{}x", u"text behind the end at byte 2"_s);
    QTest::newRow("too deep") << QByteArray("{\"a\":") + QByteArray(1024, '[')
                              << u"too deeply nested value at byte 1028"_s;
}

void tst_JsonReader::refuses()
{
    QFETCH(QByteArray, json);
    QFETCH(QString, problem);
    QString told;
    QVERIFY(!readJsonObject(json, &told));
    QCOMPARE(told, problem);
}

void tst_JsonReader::writesWhatItHasRead_data()
{
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *json) { QTest::newRow(json) << QByteArray(json); };
    row(R"({"":{"a":[]},"b":[null,true,false,{}]})");
    row("[9223372036854775807,-9223372036854775808,18446744073709551615]");
    row("[0.1,5e-324,1.7976931348623157e+308,-0,123456789012.5]");
    row(R"(["\ud83d","a\udc00b","😀","\u0000","\u001f\n\"\\/"])");
    row(R"({"a\u0000":2,"\ud83d":1})");
}

void tst_JsonReader::writesWhatItHasRead()
{
    QFETCH(QByteArray, json);
    const auto value = readJson(json);
    QVERIFY(value);
    QCOMPARE(jsonOf(*value).json, json);
    QByteArray nested = json;
    for (int i = 0; i < 1000; ++i)
        nested = '[' + nested + ']';
    QCOMPARE(jsonOf(readJson(nested).value_or(QVariant())).json, nested);
}

QTEST_APPLESS_MAIN(tst_JsonReader)
#include "tst_jsonreader.moc"
