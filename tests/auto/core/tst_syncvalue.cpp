#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qjsonobject.h>
#include <QtCore/qpoint.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

class tst_SyncValue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void erasedFieldsAreNoJson();
    void erasedFieldsCount();
    void errorNamesTheMember();
    void onlyObjectsAreValues_data();
    void onlyObjectsAreValues();
    void unreadableNumbersAreStillThere();
};

void tst_SyncValue::erasedFieldsAreNoJson()
{
    const SyncValue value { { u"a"_s, 1 }, { u"b"_s, SyncValue::erased() } };
    QVERIFY(value.isValid());
    QCOMPARE(value.toJson(), "{\"a\":1}");
    QCOMPARE(value.erasedFields(), QByteArrayList { "b" });
    const SyncValue nested { { u"a"_s, QVariantMap { { u"b"_s, SyncValue::erased() } } } };
    QCOMPARE(nested.toJson(), "{\"a\":{}}");
    QCOMPARE(nested.erasedFields(), QByteArrayList());
    const auto erased = SyncValue::erased().value<SyncValue>();
    QVERIFY(erased.isErased() && !erased.isValid());
}

void tst_SyncValue::erasedFieldsCount()
{
    QVERIFY(SyncValue({ { u"b"_s, SyncValue::erased() } }) != SyncValue());
    QVERIFY(SyncValue({ { u"b"_s, SyncValue::erased() } }) == SyncValue({ { u"b"_s, SyncValue::erased() } }));
    QVERIFY(SyncValue({ { u"b"_s, QVariant() } }) != SyncValue());
}

void tst_SyncValue::errorNamesTheMember()
{
    const SyncValue value { { u"a"_s, QVariantList { QPoint(), QByteArray("x") } } };
    QVERIFY(!value.isValid());
    QVERIFY(value.errorString().startsWith(u"a[1]: QByteArray cannot be stored"));
    QVERIFY(value.errorString(u"value"_s).startsWith(u"value.a[1]: QByteArray cannot be stored"));
}

void tst_SyncValue::onlyObjectsAreValues_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("error");
    QTest::newRow("list") << QVariant(QVariantList { 1 }) << u"expected a JSON object, got an array"_s;
    QTest::newRow("text") << QVariant(u"x"_s) << u"expected a JSON object, got a string"_s;
    QTest::newRow("nothing") << SyncValue::erased() << u"expected a JSON object, got nothing"_s;
    QTest::newRow("map") << QVariant(QVariantMap()) << QString();
    QTest::newRow("point") << QVariant(QPoint(1, 2)) << QString();
}

void tst_SyncValue::onlyObjectsAreValues()
{
    QFETCH(QVariant, value);
    QFETCH(QString, error);
    QCOMPARE(SyncValue::fromVariant(value).errorString(), error);
}

void tst_SyncValue::unreadableNumbersAreStillThere()
{
    const SyncValue value = SyncValue::fromJson(R"({"large":1e400,"b":18446744073709551615})");
    QVERIFY(value.isValid());
    QCOMPARE(value.toVariantMap().value(u"b"_s).toULongLong(), 18446744073709551615ULL);
    QVERIFY(value != SyncValue());
    QVERIFY(!value.toJsonObject().isEmpty());
}

QTEST_APPLESS_MAIN(tst_SyncValue)
#include "tst_syncvalue.moc"
