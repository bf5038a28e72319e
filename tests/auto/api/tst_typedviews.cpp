#include "TwilioSync/api/syncdocumentof.h"
#include "TwilioSync/api/synclistof.h"
#include "TwilioSync/api/syncmapof.h"

#include "shared/twoclients.h"

#include <QtCore/qtimezone.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

struct Place
{
    Q_GADGET
    Q_PROPERTY(double x MEMBER x)
    Q_PROPERTY(double y MEMBER y)

public:
    double x = 0;
    double y = 0;
    bool operator==(const Place &) const = default;
};

struct Task
{
    Q_GADGET
    Q_PROPERTY(QString title MEMBER title)
    Q_PROPERTY(bool done MEMBER done)
    Q_PROPERTY(qint64 number MEMBER number)
    Q_PROPERTY(double weight MEMBER weight)
    Q_PROPERTY(QDateTime due MEMBER due)
    Q_PROPERTY(Urgency urgency MEMBER urgency)
    Q_PROPERTY(QStringList tags MEMBER tags)
    Q_PROPERTY(Place place MEMBER place)
    Q_PROPERTY(QList<Place> way MEMBER way)

public:
    enum class Urgency { Low, High };
    Q_ENUM(Urgency)

    QString title = u"untitled"_s;
    bool done = false;
    qint64 number = 0;
    double weight = 0;
    QDateTime due = {};
    Urgency urgency = Urgency::Low;
    QStringList tags = {};
    Place place = {};
    QList<Place> way = {};
    bool operator==(const Task &) const = default;
};

//! Not a gadget.
struct Gauge
{
    double level = 0;
};

template <>
struct Twilio::SyncFields<Gauge>
{
    static Gauge read(const QVariantMap &value) { return { value.value(u"level"_s, -1).toDouble() }; }
    static SyncValue write(const Gauge &gauge) { return { { u"level"_s, gauge.level } }; }
};

static_assert(SyncStruct<Task> && SyncStruct<Gauge>);
static_assert(!SyncStruct<int> && !SyncStruct<QObject> && !SyncStruct<QString>);

class tst_TypedViews : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void readsWhatItWrites();
    void readsWhatItCan_data();
    void readsWhatItCan();
    void listKeepsUnknownFields();
    void mapMakesWhatIsMissing();
    void documentIsTyped();
    void rolesComeFromTheGadget();
    void failuresAreThoseOfTheCall();

private:
    static Task full()
    {
        return { .title = u"Milk"_s,
                 .done = true,
                 .number = 9007199254740993,
                 .weight = 0.1,
                 .due = QDateTime({ 2024, 5, 1 }, { 7, 8, 9, 123 }, QTimeZone::utc()),
                 .urgency = Task::Urgency::High,
                 .tags = { u"a"_s, u"b"_s },
                 .place = { 1, 2 },
                 .way = { { 3, 4 }, { 5, 6 } } };
    }
};

void tst_TypedViews::readsWhatItWrites()
{
    const SyncValue written = SyncFields<Task>::write(full());
    QVERIFY2(written.isValid(), qPrintable(written.errorString()));
    QCOMPARE(SyncFields<Task>::read(SyncValue::fromJson(written.toJson()).toVariantMap()), full());
}

void tst_TypedViews::readsWhatItCan_data()
{
    QTest::addColumn<QByteArray>("json");
    QTest::addColumn<Task>("expected");
    QTest::newRow("nothing") << QByteArray("{}") << Task();
    QTest::newRow("null") << QByteArray(R"({"title":null,"done":null,"way":null,"place":null})") << Task();
    QTest::newRow("other types") << QByteArray(
            R"({"title":{},"number":[1],"tags":{"a":1},"place":7,"due":"soon"})")
                                 << Task();
    QTest::newRow("numbers as texts")
            << QByteArray(R"({"title":5,"number":"7"})") << Task { .title = u"5"_s, .number = 7 };
    QTest::newRow("unknown fields") << QByteArray(R"({"colour":"red","title":"T"})")
                                    << Task { .title = u"T"_s };
    QTest::newRow("a part of a gadget") << QByteArray(R"({"place":{"y":2}})") << Task { .place = { 0, 2 } };
    QTest::newRow("a list with something else in it") << QByteArray(R"({"way":[{"x":1},7]})") << Task();
}

void tst_TypedViews::readsWhatItCan()
{
    QFETCH(QByteArray, json);
    QFETCH(Task, expected);
    QCOMPARE(SyncFields<Task>::read(SyncValue::fromJson(json).toVariantMap()), expected);
}

void tst_TypedViews::listKeepsUnknownFields()
{
    SyncList *const list = established(m_alice->list());
    QVERIFY(list);
    SyncListOf<Task> tasks(list);
    QList<QString> told;
    tasks.onItemAdded(this, [&](const auto &item, bool isLocal) {
        told << u"added %1 %2 %3"_s.arg(item.index).arg(item.value.title).arg(isLocal);
    });
    tasks.onItemUpdated(this, [&](const auto &item, bool, const Task &previous) {
        told << u"updated %1 -> %2"_s.arg(previous.title, item.value.title);
    });
    tasks.onItemRemoved(this, [&](const auto &item, bool) { told << u"removed %1"_s.arg(item.value.title); });
    const SyncListItem raw = valueOfCall(list->push(
            SyncValue::fromJson(R"({"title":"Milk","colour":"white","big":12345678901234567890123})")));
    QTRY_COMPARE(list->count(), 1);
    QCOMPARE(tasks.at(0)->title, u"Milk"_s);
    QVERIFY(!tasks.at(1));

    QCOMPARE(valueOfCall(tasks.set(raw.index(), { .title = u"Cream"_s })).value.title, u"Cream"_s);
    const auto shout = [](const Task &task) { return std::optional(Task { .title = task.title.toUpper() }); };
    QCOMPARE(valueOfCall(tasks.mutate(raw.index(), shout)).value.title, u"CREAM"_s);
    const auto nothing = [](const Task &) { return std::optional<Task>(); };
    QCOMPARE(valueOfCall(tasks.mutate(raw.index(), nothing)).value.title, u"CREAM"_s);
    QCOMPARE(valueOfCall(list->get(raw.index())).value().value(u"colour"_s).toString(), u"white"_s);
    QCOMPARE(valueOfCall(tasks.get(raw.index())).value.title, u"CREAM"_s);
    QCOMPARE(textOfError(errorOfCall(tasks.remove(raw.index()))), QString());
    QTRY_COMPARE(told,
                 (QList<QString> { u"added 0 Milk 1"_s, u"updated Milk -> Cream"_s,
                                   u"updated Cream -> CREAM"_s, u"removed CREAM"_s }));
}

void tst_TypedViews::mapMakesWhatIsMissing()
{
    SyncMap *const map = established(m_alice->map());
    QVERIFY(map);
    SyncMapOf<Gauge> gauges(map);
    QVERIFY(!gauges.valueOf(u"boiler"_s));
    const auto item = valueOfCall(gauges.set(u"boiler"_s, { 71.5 }));
    QCOMPARE(item.key, u"boiler"_s);
    QCOMPARE(item.value.level, 71.5);
    QTRY_VERIFY(gauges.valueOf(u"boiler"_s));
    QCOMPARE(gauges.valueOf(u"boiler"_s)->level, 71.5);
    QCOMPARE(valueOfCall(
                     gauges.mutate(u"fan"_s,
                                   [](const Gauge &now) { return std::optional(Gauge { now.level + 3 }); }))
                     .value.level,
             2);
}

void tst_TypedViews::documentIsTyped()
{
    SyncDocument *const document = established(m_alice->document());
    QVERIFY(document);
    SyncDocumentOf<Task> typed(document);
    QCOMPARE(typed.value(), Task());
    valueOfCall(document->set({ { u"colour"_s, u"white"_s } }));
    QList<QString> told;
    typed.onUpdated(this, [&](const Task &now, bool, const Task &before) {
        told << before.title + u">"_s + now.title;
    });
    QCOMPARE(valueOfCall(typed.set(full())), full());
    QCOMPARE(typed.value(), full());
    QCOMPARE(document->value().value(u"colour"_s).toString(), u"white"_s);
    QTRY_COMPARE(told, QList<QString> { u"untitled>Milk"_s });
}

void tst_TypedViews::rolesComeFromTheGadget()
{
    SyncList *const list = established(m_alice->list());
    QVERIFY(list);
    SyncListOf<Task> tasks(list);
    tasks.declareRoles();
    QCOMPARE(list->valueRoles(),
             (QStringList { u"title"_s, u"done"_s, u"number"_s, u"weight"_s, u"due"_s, u"urgency"_s,
                            u"tags"_s, u"place"_s, u"way"_s }));
    QVERIFY(list->error().isNull());
    valueOfCall(tasks.push(full()));
    QTRY_COMPARE(list->count(), 1);
    QCOMPARE(list->index(0, 0).data(), u"Milk"_s);
    QCOMPARE(list->index(0, 1).data(), true);
    QCOMPARE(list->index(0, 4).data().toDateTime(), full().due);
    QCOMPARE(list->index(0, 6).data().toList(), (QVariantList { u"a"_s, u"b"_s }));
}

void tst_TypedViews::failuresAreThoseOfTheCall()
{
    SyncList *const list = established(m_alice->list());
    QVERIFY(list);
    SyncListOf<Task> tasks(list);
    QCOMPARE(errorOfCall(tasks.get(99)).code(), 54151);
    QVERIFY(errorOfCall(tasks.push({ .weight = qInf() })).message().contains(u"weight"_s));
    list->close();
    QVERIFY(errorOfCall(tasks.get(0)).message().contains(u"closed"_s));
}

QTEST_GUILESS_MAIN(tst_TypedViews)
#include "tst_typedviews.moc"
