#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/models/decodedjson.h"

#include <QtTest/qtest.h>

using namespace Twilio;

//! Against Qt's JSON, which takes longer.
class tst_DecodedJson : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void decodesAsQtDoes_data();
    void decodesAsQtDoes();
};

void tst_DecodedJson::decodesAsQtDoes_data()
{
    QTest::addColumn<QByteArray>("json");
    const auto row = [](const char *name, const char *json) { QTest::newRow(name) << QByteArray(json); };
    row("empty", "{}");
    row("one of each",
        R"({"text":"a","flag":true,"other":false,"none":null,"whole":7,"half":0.5,"list":[1,"a"],"map":{"a":{}}})");
    row("white space", " {\n\t\"a\" : \"b\" , \"c\":\r\n 1 } ");
    row("integers", R"({"a":0,"b":-1,"c":2147483647,"d":2147483648,"e":-2147483648,"f":9007199254740993})");
    row("integers of 64 bits and more",
        R"({"a":9223372036854775807,"b":-9223372036854775808,"c":9223372036854775808,"d":1e2})");
    row("minus zero", R"({"a":-0,"b":-0.0})");
    row("fractions", R"({"a":0.1,"b":1.0,"c":1e12,"d":1E-3,"e":123456789012.5})");
    row("a number too large for Qt", R"({"a":1e400,"b":1})");
    row("escapes", R"({"a\n":"\"\\\/\b\f\n\r\t","\u00e9":"\u00e9\ud83d\ude00"})");
    row("half a surrogate pair", R"({"a":"x\ud800y","b":1})");
    row("half a surrogate pair in a name", R"({"\ud800":1,"b":2})");
    row("beyond ASCII", R"({"é":"한국어 😀","b":"ü"})");
    row("control character", "{\"a\":\"\x7f\"}");
    row("equal names", R"({"a":1,"b":2,"a":"3"})");
    row("more than sixteen",
        R"({"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"g":7,"h":8,"i":9,"j":1,"k":2,"l":3,"m":4,"n":5,"o":6,"p":7,"q":8,"r":9})");
    row("nested values", R"({"a":{"b":[1,{"c":"\ud800"},null,1e12]},"d":[]})");
    row("no object", "[1]");
    row("malformed member", R"({"a":1,"b":nul})");
    row("cut off", R"({"a":1,"b":2)");
}

void tst_DecodedJson::decodesAsQtDoes()
{
    QFETCH(QByteArray, json);
    const QVariantMap expected = SyncValue::fromCheckedJson(json).toVariantMap();
    const QVariantMap map = decodedObject(json);
    QCOMPARE(map.keys(), expected.keys());
    for (auto it = expected.cbegin(); it != expected.cend(); ++it) {
        QCOMPARE(map.value(it.key()), it.value());
        QCOMPARE(map.value(it.key()).typeId(), it.value().typeId());
        // The same member by itself, if simdjson takes all names before it.
        const auto slice = Protocol::findJsonMember(json, it.key().toUtf8());
        if (slice.exists() || !json.contains(R"("\ud800":)"))
            QCOMPARE(decodedMember(slice), it.value());
    }
}

QTEST_APPLESS_MAIN(tst_DecodedJson)
#include "tst_decodedjson.moc"
