#include "TwilioSync/api/synclist.h"

#include "shared/clientfixture.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qline.h>
#include <QtCore/qrect.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qset.h>
#include <QtCore/qtimezone.h>
#include <QtCore/qurl.h>
#include <QtGui/qcolor.h>
#include <QtGui/qfont.h>
#include <QtGui/qvector3d.h>
#include <QtQml/qqmlcomponent.h>
#include <QtQml/qqmlcontext.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qsignalspy.h>
#include <QtTest/qtest.h>

#include <limits>
#include <memory>

using namespace Qt::StringLiterals;
using namespace Twilio;

//! A value of an application's own type.
class Place
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QPointF at MEMBER at)

public:
    enum class Kind : quint8 { Town, River };
    Q_ENUM(Kind)

    friend bool operator==(const Place &, const Place &) = default;

    QString name;
    QPointF at;
};

//! One that says nothing of itself.
struct Opaque
{
    int secret = 1;
};

//! Every type by every way into the service: what is stored, and what is read back.
class tst_ValueTable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void cleanupTestCase();

    void everyTypeByEveryWay_data();
    void everyTypeByEveryWay();
    void everyJavaScriptValueByEveryWay_data();
    void everyJavaScriptValueByEveryWay();
    void refusalsNameTheMember_data();
    void refusalsNameTheMember();

private:
    //! What has come of one way: the text of the member, or why it was refused.
    struct Cell
    {
        QString stored;
        QString readBack;
    };

    [[nodiscard]] Cell cellOf(const SyncResult<SyncListItem> &outcome) const;
    [[nodiscard]] Cell pushed(const QVariant &value)
    {
        return cellOf(outcomeOf(m_list->push({ { u"v"_s, value } })));
    }
    [[nodiscard]] Cell set(const QVariant &value)
    {
        return cellOf(outcomeOf(m_list->set(0, { { u"v"_s, value } })));
    }
    //! By a function of the component that settles a promise.
    [[nodiscard]] Cell called(const char *function, const QVariant &value);
    //! By \a write, which writes the role of the first row.
    template <typename Write>
    [[nodiscard]] Cell written(Write write);
    void note(const QString &way, const Cell &cell);

    ServerFixture m_server;
    QQmlEngine m_engine;
    std::unique_ptr<QObject> m_root;
    SyncList *m_list = nullptr;
    QStringList m_table;
};

void tst_ValueTable::initTestCase()
{
    QTest::failOnWarning(QRegularExpression(u"^(?!.*writing).*"_s)); // refused role writes are logged
    QVERIFY(m_server.start());
    m_engine.addImportPath(QStringLiteral(TEST_QML_IMPORT_PATH));
    m_engine.rootContext()->setContextProperty(u"serverUrl"_s, m_server.url());
    m_engine.rootContext()->setContextProperty(u"serverToken"_s, m_server.token(u"ann"_s));
    QQmlComponent component(&m_engine);
    component.setData(R"(
        import QtQml
        import Twilio.Sync
        QtObject {
            id: root
            property SyncClient client: SyncClient { url: serverUrl; token: serverToken; paceWrites: false }
            property SyncList list: SyncList { client: root.client; uniqueName: "table"; valueRoles: ["v"] }
            property Instantiator rows: Instantiator {
                model: root.list
                delegate: QtObject {
                    required property var model
                    function write(v) { model.v = v }
                }
            }
            property var held
            property bool settled
            property string json
            property string error
            function settle(promise) {
                root.settled = false
                promise.then(item => { root.json = item.json; root.error = ""; root.settled = true },
                             error => { root.error = error.message; root.settled = true })
            }
            function call(v) { settle(list.push({ v: v })) }
            function property(v) { root.held = v; settle(list.push({ v: root.held })) }
            function write(v) { rows.objectAt(0).write(v) }
        })",
                      QUrl(u"qrc:/table.qml"_s));
    m_root.reset(component.create());
    QVERIFY2(m_root, qPrintable(component.errorString()));
    m_list = m_root->property("list").value<SyncList *>();
    QTRY_COMPARE(m_list->subscriptionState(), Sync::SubscriptionState::Established);
    valueOfCall(m_list->push({ { u"v"_s, u"first"_s } }));
    QTRY_COMPARE(m_root->property("rows").value<QObject *>()->property("count"), 1);
}

void tst_ValueTable::cleanupTestCase()
{
    for (const QString &line : std::as_const(m_table))
        qInfo("%s", qPrintable(line));
    m_root.reset();
}

tst_ValueTable::Cell tst_ValueTable::cellOf(const SyncResult<SyncListItem> &outcome) const
{
    if (const SyncError *error = errorOf(outcome))
        return { error->message(), {} };
    const auto &item = std::get<SyncListItem>(outcome);
    const QByteArray json = item.json();
    const bool hasMember = json.startsWith("{\"v\":");
    const QVariant value = item.value().value(u"v"_s);
    return { hasMember ? QString::fromUtf8(json.mid(5).chopped(1)) : u"nothing"_s,
             value.isValid() ? QLatin1String(value.typeName()) : QLatin1String("nothing") };
}

tst_ValueTable::Cell tst_ValueTable::called(const char *function, const QVariant &value)
{
    m_root->setProperty("settled", false);
    QMetaObject::invokeMethod(m_root.get(), function, Q_ARG(QVariant, value));
    waitFor([this] { return m_root->property("settled").toBool(); });
    const QString error = m_root->property("error").toString();
    if (!error.isEmpty())
        return { error, {} };
    // Somebody else reads it
    const auto json = m_root->property("json").toString();
    return cellOf(outcomeOf(m_list->push(SyncValue::fromJson(json.toUtf8()))));
}

template <typename Write>
tst_ValueTable::Cell tst_ValueTable::written(Write write)
{
    valueOfCall(m_list->set(0, { { u"v"_s, u"before"_s } }));
    QSignalSpy failed(m_list, &SyncList::writeBackFailed);
    write();
    waitFor([&] { return m_list->pendingWrites() == 0; });
    if (m_list->valueAt(0).toMap().value(u"v"_s) == u"before"_s)
        waitFor([&] { return !failed.isEmpty(); });
    if (!failed.isEmpty())
        return { failed.at(0).at(2).value<SyncError>().message(), {} };
    return cellOf(outcomeOf(m_list->get(0)));
}

void tst_ValueTable::note(const QString &way, const Cell &cell)
{
    m_table.append(u"%1 | %2 | %3 | %4"_s.arg(QLatin1String(QTest::currentDataTag()), way, cell.stored,
                                              cell.readBack.isEmpty() ? u"refused"_s : cell.readBack));
    QVERIFY(!cell.stored.isEmpty());
}

void tst_ValueTable::everyTypeByEveryWay_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("stored");
    QTest::addColumn<QString>("byQml"); // where JavaScript has no such type
    const auto row = [](const char *name, const QVariant &value, const QString &stored,
                        const QString &byQml = {}) {
        QTest::newRow(name) << value << stored << (byQml.isEmpty() ? stored : byQml);
    };
    row("QString", u"a\"ü\n"_s, u"\"a\\\"ü\\n\""_s);
    row("half a surrogate pair", QString(QChar(0xd83d)), u"\"\\ud83d\""_s);
    row("\\u0000", u"a\0b"_s, u"\"a\\u0000b\""_s);
    row("QChar", QChar(u'x'), u"\"x\""_s);
    row("bool", true, u"true"_s);
    row("null", QVariant::fromValue(nullptr), u"null"_s);
    row("int", -7, u"-7"_s);
    row("short", QVariant::fromValue(short(7)), u"7"_s);
    row("uint", 4294967295U, u"4294967295"_s);
    row("qint64", std::numeric_limits<qint64>::max(), u"9223372036854775807"_s,
        u"9223372036854775808"_s); // the number that JavaScript makes of it
    row("quint64", std::numeric_limits<quint64>::max(), u"18446744073709551615"_s, u"18446744073709551616"_s);
    row("double", 0.1, u"0.1"_s);
    row("large double", 1e300, u"1e+300"_s);
    row("whole double", 1e15, u"1000000000000000"_s);
    row("float", 0.1F, u"0.1"_s, u"0.10000000149011612"_s);
    row("enumeration", QVariant::fromValue(Place::Kind::River), u"1"_s);
    row("QUrl", QUrl(u"http://a.b/c d?ü"_s), u"\"http://a.b/c%20d?%C3%BC\""_s);
    row("QUuid", QUuid(u"{67c8770b-44f1-410a-ab9a-f9b5446f13ee}"_s),
        u"\"67c8770b-44f1-410a-ab9a-f9b5446f13ee\""_s);
    const auto utc = QDateTime::fromString(u"2024-05-01T09:30:00Z"_s, Qt::ISODate);
    const QString zulu = u"\"2024-05-01T09:30:00.000Z\""_s;
    row("QDateTime in UTC", utc, zulu);
    row("local QDateTime", utc.toLocalTime(), zulu);
    row("QDateTime with an offset", utc.toOffsetFromUtc(7200), u"\"2024-05-01T11:30:00.000+02:00\""_s, zulu);
    row("QDateTime in a zone", utc.toTimeZone(QTimeZone("Asia/Tokyo")),
        u"\"2024-05-01T18:30:00.000+09:00\""_s, zulu);
    row("QDate", QDate(2024, 5, 1), u"\"2024-05-01\""_s, u"\"2024-05-01T00:00:00.000Z\""_s);
    row("QTime", QTime(9, 30), u"\"09:30:00.000\""_s, u"*"_s);
    row("QPoint", QPoint(1, 2), u"{\"x\":1,\"y\":2}"_s);
    row("QPointF", QPointF(1.5, 2), u"{\"x\":1.5,\"y\":2}"_s);
    row("QSize", QSize(3, 4), u"{\"width\":3,\"height\":4}"_s);
    row("QSizeF", QSizeF(3.5, 4), u"{\"width\":3.5,\"height\":4}"_s);
    row("QRect", QRect(1, 2, 3, 4), u"{\"x\":1,\"y\":2,\"width\":3,\"height\":4}"_s);
    row("QRectF", QRectF(1.5, 2, 3, 4), u"{\"x\":1.5,\"y\":2,\"width\":3,\"height\":4}"_s);
    row("QLineF", QLineF(1, 2, 3, 4.5), u"{\"x1\":1,\"y1\":2,\"x2\":3,\"y2\":4.5}"_s);
    row("QVector2D", QVariant::fromValue(QVector2D(0.1F, 2)), u"{\"x\":0.1,\"y\":2}"_s);
    row("QVector3D", QVariant::fromValue(QVector3D(0.1F, 2, 3)), u"{\"x\":0.1,\"y\":2,\"z\":3}"_s);
    row("QColor", QVariant::fromValue(QColor(255, 0, 16)), u"\"#ff0010\""_s);
    row("QColor with alpha", QVariant::fromValue(QColor(255, 0, 16, 128)), u"\"#80ff0010\""_s);
    row("QStringList", QStringList { u"a"_s, u"b"_s }, u"[\"a\",\"b\"]"_s);
    row("QVariantList", QVariantList { 1, u"b"_s, QVariant(), QPoint(1, 2) },
        u"[1,\"b\",null,{\"x\":1,\"y\":2}]"_s);
    row("QList<int>", QVariant::fromValue(QList<int> { 1, 2 }), u"[1,2]"_s);
    row("QList<double>", QVariant::fromValue(QList<double> { 0.5, 2 }), u"[0.5,2]"_s);
    row("QList<QPointF>", QVariant::fromValue(QList<QPointF> { { 1, 2 } }), u"[{\"x\":1,\"y\":2}]"_s);
    row("QList<QUrl>", QVariant::fromValue(QList<QUrl> { QUrl(u"a:b c"_s) }), u"[\"a:b%20c\"]"_s);
    row("QSet<int>", QVariant::fromValue(QSet<int> { 3 }), u"[3]"_s);
    row("std::vector<double>", QVariant::fromValue(std::vector<double> { 0.5 }), u"[0.5]"_s);
    row("QVariantMap", QVariantMap { { u"a"_s, 1 }, { u""_s, QSizeF(1, 2) } },
        u"{\"\":{\"width\":1,\"height\":2},\"a\":1}"_s);
    row("QVariantHash", QVariantHash { { u"b"_s, 1 }, { u"a"_s, 2 } }, u"{\"a\":2,\"b\":1}"_s);
    row("QMap<QString, int>", QVariant::fromValue(QMap<QString, int> { { u"a"_s, 1 } }), u"{\"a\":1}"_s);
    row("QHash<QString, QString>", QVariant::fromValue(QHash<QString, QString> { { u"a"_s, u"b"_s } }),
        u"{\"a\":\"b\"}"_s);
    row("QMap<int, double>", QVariant::fromValue(QMap<int, double> { { 7, 0.5 } }), u"{\"7\":0.5}"_s);
    row("QJsonObject", QJsonObject { { u"a"_s, QJsonArray { 1, QJsonValue() } } }, u"{\"a\":[1,null]}"_s);
    row("SyncValue", QVariant::fromValue(SyncValue::fromJson(R"({"z":1.50,"a":[]})")),
        u"{\"z\":1.50,\"a\":[]}"_s);
    row("gadget", QVariant::fromValue(Place { u"Ulm"_s, { 1, 2 } }),
        u"{\"name\":\"Ulm\",\"at\":{\"x\":1,\"y\":2}}"_s);
    row("list of gadgets", QVariant::fromValue(QList<Place> { { u"Ulm"_s, { 1, 2 } } }),
        u"[{\"name\":\"Ulm\",\"at\":{\"x\":1,\"y\":2}}]"_s);
    row("erased", SyncValue::erased(), u"nothing"_s);
}

void tst_ValueTable::everyTypeByEveryWay()
{
    QFETCH(QVariant, value);
    QFETCH(QString, stored);
    QFETCH(QString, byQml);
    const auto check = [this](const QString &way, const Cell &cell, const QString &expected) {
        note(way, cell);
        QVERIFY2(!cell.readBack.isEmpty(), qPrintable(way + u": "_s + cell.stored));
        if (expected != u"*")
            QCOMPARE(way + u": "_s + cell.stored, way + u": "_s + expected);
    };
    check(u"C++ push"_s, pushed(value), stored);
    check(u"C++ set"_s, set(value), stored);
    check(u"C++ role write"_s,
          written([&] { m_list->setData(m_list->index(0), value, SyncList::FirstFieldRole); }), stored);
    check(u"QML call"_s, called("call", value), byQml);
    check(u"QML property"_s, called("property", value), byQml);
    check(u"QML role write"_s,
          written([&] { QMetaObject::invokeMethod(m_root.get(), "write", Q_ARG(QVariant, value)); }), byQml);
}

void tst_ValueTable::everyJavaScriptValueByEveryWay_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<QString>("stored");
    const auto row = [](const char *name, const QString &script, const QString &stored) {
        QTest::newRow(name) << script << stored;
    };
    row("undefined", u"undefined"_s, u"nothing"_s);
    row("null", u"null"_s, u"null"_s);
    row("string", u"'a\\u0000\\ud83d'"_s, u"\"a\\u0000\\ud83d\""_s);
    row("number", u"0.1"_s, u"0.1"_s);
    row("large number", u"1e21"_s, u"1e+21"_s);
    row("whole number", u"9007199254740991"_s, u"9007199254740991"_s);
    row("Date", u"new Date(1714555800000)"_s, u"\"2024-05-01T09:30:00.000Z\""_s);
    row("nested Date", u"[{ d: new Date(1714555800000) }]"_s, u"[{\"d\":\"2024-05-01T09:30:00.000Z\"}]"_s);
    row("array", u"[1, , undefined, 'x']"_s, u"[1,null,null,\"x\"]"_s);
    row("object", u"({ z: 1, a: undefined, '': 2, 'b\\ud83d': [] })"_s,
        u"{\"z\":1,\"\":2,\"b\\ud83d\":[]}"_s);
    row("point", u"Qt.point(1, 2.5)"_s, u"{\"x\":1,\"y\":2.5}"_s);
    row("nested point", u"({ p: [Qt.point(1, 2.5)] })"_s, u"{\"p\":[{\"x\":1,\"y\":2.5}]}"_s);
    row("size", u"Qt.size(1, 2)"_s, u"{\"width\":1,\"height\":2}"_s);
    row("rect", u"Qt.rect(1, 2, 3, 4)"_s, u"{\"x\":1,\"y\":2,\"width\":3,\"height\":4}"_s);
    row("url", u"Qt.resolvedUrl('http://a.b/c d')"_s, u"\"http://a.b/c%20d\""_s);
    row("own toJSON()", u"({ toJSON: () => [1] })"_s, u"[1]"_s);
}

void tst_ValueTable::everyJavaScriptValueByEveryWay()
{
    QFETCH(QString, script);
    QFETCH(QString, stored);
    const QJSValue value = m_engine.evaluate(script);
    QVERIFY2(!value.isError(), qPrintable(value.toString()));
    const QVariant held = QVariant::fromValue(value);
    const auto check = [&](const QString &way, const Cell &cell) {
        note(way, cell);
        QCOMPARE(way + u": "_s + cell.stored, way + u": "_s + stored);
    };
    check(u"QML call"_s, called("call", held));
    check(u"QML property"_s, called("property", held));
    check(u"QML role write"_s,
          written([&] { QMetaObject::invokeMethod(m_root.get(), "write", Q_ARG(QVariant, held)); }));
}

void tst_ValueTable::refusalsNameTheMember_data()
{
    QTest::addColumn<QVariant>("value");
    QTest::addColumn<QString>("member");
    QTest::addColumn<QString>("reason");
    const auto row = [](const char *name, const QVariant &value, const char *member, const char *reason) {
        QTest::newRow(name) << value << QString::fromLatin1(member) << QString::fromLatin1(reason);
    };
    const auto script = [this](const char *name, const QString &code, const char *member,
                               const char *reason) {
        QTest::newRow(name) << QVariant::fromValue(m_engine.evaluate(code)) << QString::fromLatin1(member)
                            << QString::fromLatin1(reason);
    };
    const QVariant client = m_root->property("client");
    row("QObject", client, "v", "a QObject (");
    row("QObject in a list", QVariantList { 1, client }, "v[1]", "a QObject (");
    row("QObject in a map", QVariantMap { { u"a"_s, QVariantMap { { u"b"_s, client } } } }, "v.a.b",
        "a QObject (");
    row("list of QObjects", QVariant::fromValue(QObjectList { m_list }), "v[0]", "a QObject (QObject*)");
    row("QByteArray", QByteArray("x"), "v", "QByteArray cannot be stored");
    row("QFont", QVariant::fromValue(QFont()), "v", "QFont cannot be stored");
    row("own type", QVariant::fromValue(Opaque()), "v", "Opaque cannot be stored");
    row("NaN", std::numeric_limits<double>::quiet_NaN(), "v", "NaN cannot be stored");
    row("infinite", QPointF(0, std::numeric_limits<double>::infinity()), "v", "an infinite number cannot be");
    row("invalid date", QDateTime(), "v", "an invalid date cannot be stored");
    row("regular expression", QRegularExpression(u"x"_s), "v", "QRegularExpression cannot be stored");
    row("invalid SyncValue", QVariant::fromValue(SyncValue::fromJson("[")), "v", "expected a JSON object");
    QVariant deep = 1;
    for (int i = 0; i < 1100; ++i)
        deep = QVariantList { deep };
    row("too deep", deep, "v[0][0]", "nested deeper than 1024");
    script("function", u"[() => 1]"_s, "v[0]", "a function cannot be stored");
    script("ArrayBuffer", u"({ a: new ArrayBuffer(2) })"_s, "v.a", "QByteArray cannot be stored");
    script("Uint8Array", u"new Uint8Array(2)"_s, "v", "an object of the kind Uint8Array");
    script("Map", u"new Map()"_s, "v", "an object of the kind Map");
    script("Set", u"[new Set()]"_s, "v[0]", "an object of the kind Set");
    script("Promise", u"Promise.resolve(1)"_s, "v", "a promise cannot be stored");
    script("Error", u"({ a: new Error('oops') })"_s, "v.a", "an error cannot be stored");
    script("RegExp", u"({ a: /x/ })"_s, "v.a", "QRegularExpression cannot be stored");
    script("Symbol", u"({ a: Symbol('x') })"_s, "v.a", "a symbol cannot be stored");
    script("cycle", u"(() => { const a = []; a.push({ a: a }); return a })()"_s, "v[0].a", "contains itself");
    script("NaN of JavaScript", u"({ a: NaN })"_s, "v.a", "NaN cannot be stored");
    script("invalid Date", u"new Date(NaN)"_s, "v", "an invalid date cannot be stored");
}

void tst_ValueTable::refusalsNameTheMember()
{
    QFETCH(QVariant, value);
    QFETCH(QString, member);
    QFETCH(QString, reason);
    const auto check = [&](const QString &way, const Cell &cell, const QString &prefix) {
        note(way, cell);
        const QString shown = way + u": "_s + cell.stored + u' ' + cell.readBack;
        QVERIFY2(cell.readBack.isEmpty(), qPrintable(shown));
        QVERIFY2(cell.stored.startsWith(prefix + member), qPrintable(shown));
        QVERIFY2(cell.stored.contains(reason), qPrintable(shown));
    };
    check(u"C++ push"_s, pushed(value), u"value."_s);
    check(u"C++ set"_s, set(value), u"value."_s);
    check(u"C++ role write"_s,
          written([&] { m_list->setData(m_list->index(0), value, SyncList::FirstFieldRole); }), {});
    check(u"QML call"_s, called("call", value), u"value."_s);
    check(u"QML property"_s, called("property", value), u"value."_s);
    check(u"QML role write"_s,
          written([&] { QMetaObject::invokeMethod(m_root.get(), "write", Q_ARG(QVariant, value)); }), {});
}

QTEST_MAIN(tst_ValueTable)
#include "tst_valuetable.moc"
