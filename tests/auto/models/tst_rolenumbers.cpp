#include "TwilioSync/models/itemroles.h"
#include "TwilioSync/models/rolenumbers.h"

#include <QtCore/qdatetime.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! A name keeps the number that it had once.
class tst_RoleNumbers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void proxyKeepsItsNumbers();
    void fieldsKeepTheirNumbers();
    void fieldsHaveTypes();

private:
    static ItemPtr item(const char *json) { return ItemPtr::make({ .index = 0, .json = json }); }
};

void tst_RoleNumbers::proxyKeepsItsNumbers()
{
    RoleNumbers numbers;
    numbers.follow({ { 257, "title" }, { 258, "done" } });
    QVERIFY(numbers.isSame());
    QCOMPARE(numbers.toSource(257), 257);
    QCOMPARE(numbers.toSource(Qt::DisplayRole), int(Qt::DisplayRole));

    numbers.follow({ { 257, "done" }, { 258, "count" }, { 259, "title" } });
    QVERIFY(!numbers.isSame());
    QCOMPARE(numbers.names().value(257), "title");
    QCOMPARE(numbers.names().value(258), "done");
    const int count = numbers.names().key("count");
    QVERIFY(count > 259);
    QCOMPARE(numbers.toSource(257), 259);
    QCOMPARE(numbers.toSource(258), 257);
    QCOMPARE(numbers.toSource(count), 258);
    QCOMPARE(numbers.fromSource({ 259, 258, Qt::DisplayRole }), QList<int>({ 257, count, Qt::DisplayRole }));

    numbers.follow({ { 300, "done" } });
    QCOMPARE(numbers.names(), (QHash<int, QByteArray> { { 258, "done" } }));
    QCOMPARE(numbers.toSource(258), 300);
    QCOMPARE(numbers.toSource(257), -1); // not what another name has got that number for
    numbers.follow({ { 258, "done" } });
    QVERIFY(numbers.isSame());
    QCOMPARE(numbers.toSource(257), -1);
}

void tst_RoleNumbers::fieldsKeepTheirNumbers()
{
    ItemRoles roles(true);
    roles.setFields({ { u"a"_s }, { u"b"_s } });
    QCOMPARE(roles.names().key("b"), FirstFieldRole + 1);
    roles.setFields({ { u"c"_s }, { u"b"_s } });
    QCOMPARE(roles.names().key("b"), FirstFieldRole + 1);
    QCOMPARE(roles.names().key("c"), FirstFieldRole + 2);
    QVERIFY(!roles.names().contains(FirstFieldRole));
    const ItemPtr before = item(R"({"a":1,"b":2,"c":3})");
    const ItemPtr after = item(R"({"a":1,"b":2,"c":4})");
    QCOMPARE(roles.differing(*before, *after), ItemRoles::Differing({ ValueRole, FirstFieldRole + 2 }));
    QCOMPARE(roles.read(after, FirstFieldRole + 2), 4);
    QCOMPARE(roles.read(after, FirstFieldRole), 1); // a view that knows the name goes on showing its field
}

void tst_RoleNumbers::fieldsHaveTypes()
{
    ItemRoles roles(true);
    roles.setFields({ { u"a"_s }, { u"b"_s, FieldType::Date }, { u"c"_s, FieldType::Any } });
    const auto read = [&roles](const char *json, int field) {
        return roles.read(item(json), FirstFieldRole + field);
    };
    QVERIFY(!read("{}", 0).isValid()); // nobody knows yet
    QCOMPARE(read(R"({"a":"x"})", 0), u"x"_s);
    QCOMPARE(read("{}", 0), QString());
    QCOMPARE(read(R"({"a":null})", 0).typeId(), int(QMetaType::QString));
    QCOMPARE(read(R"({"b":"2024-05-01T09:30:00.000Z"})", 1),
             QDateTime::fromString(u"2024-05-01T09:30:00Z"_s, Qt::ISODate));
    QCOMPARE(read(R"({"b":"soon"})", 1), QDateTime());
    QCOMPARE(read(R"({"c":null})", 2), QVariant::fromValue(nullptr));
    QVERIFY(!read("{}", 2).isValid());
    QVERIFY(!roles.read(item("{}"), exactRole(FirstFieldRole)).isValid());
    QCOMPARE(roles.read(item(R"({"a":null})"), exactRole(FirstFieldRole)), QVariant::fromValue(nullptr));
}

QTEST_APPLESS_MAIN(tst_RoleNumbers)
#include "tst_rolenumbers.moc"
