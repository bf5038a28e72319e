#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/session/documententity.h"

#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Protocol::EventType;

namespace {

//! Writes down what happens to items.
class ItemLog final : public CollectionObserver
{
public:
    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype, std::span<const ItemPtr>) override { }
    void itemsRemoved(qsizetype, std::span<const ItemPtr>) override { }
    void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &) override { }
    [[nodiscard]] Shown shown() const override { return { Cut::bottom(), Cut::top() }; }
    void itemEvent(const ItemEvent &event) override
    {
        static const QStringList kinds { u"Added"_s, u"Updated"_s, u"Removed"_s };
        lines.append(u"%1 %2"_s.arg(kinds.at(int(event.kind)), QString::fromUtf8(event.item->json())));
    }

    QStringList lines;
};

Protocol::RootResource root(const char *sid, qint64 lastEventId)
{
    Protocol::RootResource resource;
    resource.sid = sid;
    resource.url = "https://cds.us1.twilio.com/v3/X/" + resource.sid;
    resource.revision = QByteArray::number(lastEventId);
    resource.lastEventId = lastEventId;
    return resource;
}

} // namespace

// Remote objects that are told of events, without a connection.
class tst_Entity : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void mapEvents_data();
    void mapEvents();
    void cursorWaitsForTheSubscription();
    void off08_olderDocumentIsIgnored();
};

void tst_Entity::mapEvents_data()
{
    QTest::addColumn<QString>("steps"); // "a1 value0": added by event 1; u updated, r removed
    QTest::addColumn<QString>("events");
    QTest::addColumn<int>("lastEventId");
    QTest::newRow("SUB-15 in order") << u"a1 value0, u2 value1, r3 value1"_s
                                     << u"Added value0, Updated value1, Removed value1"_s << 3;
    QTest::newRow("SUB-16 removal comes late")
            << u"a1 value0, a3 value1, r2 value0"_s << u"Added value0, Updated value1"_s << 3;
    QTest::newRow("SUB-17 comes back")
            << u"a1 value0, r2 value0, a3 value1"_s << u"Added value0, Removed value0, Added value1"_s << 3;
    QTest::newRow("SUB-18 removed twice")
            << u"a1 value0, r2 value0, r2 value0"_s << u"Added value0, Removed value0"_s << 2;
}

void tst_Entity::mapEvents()
{
    QFETCH(QString, steps);
    QFETCH(QString, events);
    QFETCH(int, lastEventId);
    ClientSession session;
    const auto map = std::make_shared<CollectionEntity>(ObjectKind::Map, &session);
    map->adopt(root("MP1", -1));
    ItemLog log;
    map->store().observers.add(&log);
    const auto json = [](const QString &value) { return "{\"key\":\"" + value.toUtf8() + "\"}"; };
    for (const QString &step : steps.split(u", "_s)) {
        const QByteArray data = json(step.section(u' ', 1));
        Protocol::Event event;
        event.sid = "MP1";
        event.key = "key";
        event.id = step.at(1).digitValue();
        event.data = data;
        map->handleEvent(step.front() == u'a'           ? EventType::MapItemAdded
                                 : step.front() == u'u' ? EventType::MapItemUpdated
                                                        : EventType::MapItemRemoved,
                         event, true);
    }
    map->flush();
    QStringList expected;
    for (const QString &line : events.split(u", "_s))
        expected.append(line.section(u' ', 0, 0) + u' ' + QString::fromUtf8(json(line.section(u' ', 1))));
    QCOMPARE(log.lines, expected);
    QCOMPARE(map->root().lastEventId, lastEventId);
}

// Live events before the subscription is established may overtake the replay (protocol.md 8.3).
void tst_Entity::cursorWaitsForTheSubscription()
{
    ClientSession session;
    const auto list = std::make_shared<CollectionEntity>(ObjectKind::List, &session);
    list->adopt(root("ES1", 4));
    ItemLog log;
    list->store().observers.add(&log);
    Protocol::Event event;
    event.sid = "ES1";
    event.index = 0;
    event.id = 7;
    event.data = "{}";
    list->handleEvent(EventType::ListItemAdded, event, false);
    QCOMPARE(list->replayCursor(), std::optional<qint64>(4));
    list->subscriptionChanged(Sync::SubscriptionState::Established, {});
    event.id = 8;
    list->handleEvent(EventType::ListItemUpdated, event, false);
    QCOMPARE(list->replayCursor(), std::optional<qint64>(4)); // 5 and 6 may still be on their way
    for (const qint64 late : { 6, 5 }) {
        event.id = late;
        list->handleEvent(EventType::ListItemUpdated, event, false);
    }
    QCOMPARE(list->replayCursor(), std::optional<qint64>(8));
    list->flush();
    QCOMPARE(log.lines, QStringList({ u"Added {}"_s, u"Updated {}"_s }));
}

void tst_Entity::off08_olderDocumentIsIgnored()
{
    ClientSession session;
    const auto document = std::make_shared<DocumentEntity>(&session);
    const auto stateOf = [](qint64 id) {
        Protocol::RootResource state = root("ET1", id);
        state.data = "{\"id\":" + QByteArray::number(id) + '}';
        return state;
    };
    document->adopt(stateOf(1));
    document->refresh(stateOf(0));
    QCOMPARE(document->store().contents(), "{\"id\":1}");
    QCOMPARE(document->root().revision, "1");
    QCOMPARE(document->root().lastEventId, 1);
    document->refresh(stateOf(2));
    QCOMPARE(document->store().contents(), "{\"id\":2}");
    QCOMPARE(document->root().revision, "2");
    QCOMPARE(document->root().lastEventId, 2);
}

QTEST_GUILESS_MAIN(tst_Entity)
#include "tst_entity.moc"
