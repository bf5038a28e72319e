#include "shared/storeplay.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <deque>
#include <map>
#include <set>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 keys = 14;

ItemKey keyAt(qint64 index) { return { index, {} }; }

//! A handle that shows what is below and above two places; it notes what it is told of.
class Viewer final : public CollectionObserver
{
    Q_DISABLE_COPY_MOVE(Viewer)

public:
    explicit Viewer(CollectionStore &store) : m_store(store) { store.observers.add(this); }
    ~Viewer() { m_store.observers.remove(this); }

    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype, std::span<const ItemPtr>) override
    {
        if (inSlot)
            inSlot();
    }
    void itemsRemoved(qsizetype, std::span<const ItemPtr>) override { }
    void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &) override { }
    [[nodiscard]] Shown shown() const override { return view; }
    void itemEvent(const ItemEvent &event) override
    {
        if (event.kind != ItemEvent::Kind::Removed && !told.insert(event.item->lastEventId()).second)
            toldTwice = event.item->lastEventId();
    }

    Shown view { Cut::bottom(), Cut::top() };
    std::set<qint64> told;
    qint64 toldTwice = -1;
    //! Called when it is told of items.
    std::function<void()> inSlot;

private:
    CollectionStore &m_store;
};

/*!
    \brief A service, its events on their way out of order and twice, and pages that come late.
*/
class Play
{
public:
    explicit Play(quint32 seed) : m_random(seed)
    {
        store.mostUnseen = 0;
        m_states.emplace_back();
    }

    void step()
    {
        switch (m_random.bounded(8)) {
        case 0:
        case 1:
        case 2:
            change();
            break;
        case 3:
        case 4:
            deliver(m_random.bounded(qMin(3, int(m_onTheirWay.size()) + 1)));
            break;
        case 5:
            m_pages.push_back({ m_random.bounded(keys), m_random.bounded(1, 6), store.root.lastEventId });
            break;
        case 6:
            if (!m_pages.empty())
                answer();
            break;
        default:
            look();
            break;
        }
    }
    void comeToRest()
    {
        while (!m_onTheirWay.empty())
            deliver(0);
        while (!m_pages.empty())
            answer();
        store.flush();
    }
    //! Empty if all that the store knows is what the service has.
    [[nodiscard]] QString difference() const
    {
        const State &truth = m_states.back();
        for (qint64 index = 0; index < keys; ++index) {
            const auto there = truth.find(index);
            const ItemPtr item = store.items().find(keyAt(index));
            const bool isRight = there == truth.end() ? !item : item && item->lastEventId() == there->second;
            const bool isUnknown = !item && !store.coverage.contains(keyAt(index));
            if (!isRight && !isUnknown)
                return u"item %1 is of event %2"_s.arg(index).arg(item ? item->lastEventId() : -1);
        }
        if (viewer.toldTwice >= 0)
            return u"event %1 told twice"_s.arg(viewer.toldTwice);
        return m_rows.difference();
    }

    CollectionStore store { CollectionStore::Kind::List };
    Viewer viewer { store };

private:
    //! Event of the last change of each item there is.
    using State = std::map<qint64, qint64>;
    struct Event
    {
        ItemEvent::Kind kind;
        qint64 index;
        qint64 id;
    };
    struct Request
    {
        qint64 from;
        int size;
        //! Where the cursor was.
        qint64 cursor;
    };

    static ItemFields fieldsOf(qint64 index, qint64 id)
    {
        ItemFields fields;
        fields.index = index;
        fields.json = "{}";
        fields.revision = "r";
        fields.lastEventId = id;
        return fields;
    }
    void change()
    {
        State next = m_states.back();
        const qint64 id = qint64(m_states.size());
        const qint64 index = m_random.bounded(keys);
        auto kind = ItemEvent::Kind::Added;
        if (next.contains(index))
            kind = m_random.bounded(3) ? ItemEvent::Kind::Updated : ItemEvent::Kind::Removed;
        if (kind == ItemEvent::Kind::Removed)
            next.erase(index);
        else
            next[index] = id;
        m_states.push_back(std::move(next));
        m_onTheirWay.push_back({ kind, index, id });
    }
    void deliver(int which)
    {
        if (which >= int(m_onTheirWay.size()))
            return;
        const Event event = m_onTheirWay[std::size_t(which)];
        m_onTheirWay.erase(m_onTheirWay.begin() + which);
        store.receive({ .kind = event.kind, .item = fieldsOf(event.index, event.id), .isInOrder = false });
        if (m_random.bounded(2))
            store.flush();
        m_delivered.push_back(event);
        if (m_random.bounded(4) == 0) { // once more, out of turn
            const Event again = m_delivered[std::size_t(m_random.bounded(int(m_delivered.size())))];
            store.receive(
                    { .kind = again.kind, .item = fieldsOf(again.index, again.id), .isInOrder = false });
        }
    }
    //! The oldest request, with any state since it was sent.
    void answer()
    {
        const Request page = m_pages.front();
        m_pages.pop_front();
        const auto at = std::size_t(m_random.bounded(qMax<qint64>(page.cursor, 0), qint64(m_states.size())));
        const State &state = m_states[at];
        std::vector<ItemFields> items;
        Cut end = Cut::top();
        for (auto it = state.lower_bound(page.from); it != state.end(); ++it) {
            if (int(items.size()) == page.size) {
                end = Cut::after(keyAt(items.back().index));
                break;
            }
            items.push_back(fieldsOf(it->first, it->second));
        }
        store.applyPage(items, Cut::before(keyAt(page.from)), end);
    }
    //! Another part is shown; the rest may go.
    void look()
    {
        const auto place = [this] { return Cut::before(keyAt(m_random.bounded(keys + 1))); };
        viewer.view = { m_random.bounded(3) ? place() : Cut::bottom(),
                        m_random.bounded(3) ? place() : Cut::top() };
        store.flush();
        store.dropUnseen(m_pages.empty() ? store.root.lastEventId : m_pages.front().cursor, {});
    }

    QRandomGenerator m_random;
    ToldRows m_rows { store };
    //! After each event, the first one is from before all.
    std::vector<State> m_states;
    std::deque<Event> m_onTheirWay;
    std::vector<Event> m_delivered;
    std::deque<Request> m_pages;
};

} // namespace

//! What a store drops, and that it is right all the same.
class tst_Dropping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void whatIsKnownIsRight();
    void whatIsNeededStays();
    void fewAreKept();
    void whatASlotDropsIsNotKnown();
};

void tst_Dropping::whatIsKnownIsRight()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator seeds(seed);
    for (int round = 0; round < 2000; ++round) {
        Play play(seeds.generate());
        play.store.root.lastEventId = 0;
        for (int step = 0; step < 80; ++step)
            play.step();
        play.comeToRest();
        const QString difference = play.difference();
        QVERIFY2(difference.isEmpty(), qPrintable(u"round %1: %2"_s.arg(round).arg(difference)));
    }
}

void tst_Dropping::whatIsNeededStays()
{
    CollectionStore store(CollectionStore::Kind::List);
    store.mostUnseen = 0;
    Viewer viewer(store);
    viewer.view.low = Cut::after(ItemKey { 1, {} });
    store.root.lastEventId = 5;
    std::vector<ItemFields> page;
    for (qint64 index = 0; index < 6; ++index) {
        ItemFields fields;
        fields.index = index;
        fields.json = "{}";
        fields.lastEventId = index + 1; // item 5 is ahead of the cursor
        page.push_back(fields);
    }
    store.applyPage(page, Cut::bottom(), Cut::top());
    // 0 and 1 are shown, 3 is needed, the states of 4 and 5 may still be unknown to a reply.
    store.dropUnseen(4, { ItemKey { 3, {} } });
    QCOMPARE(store.items().size(), 5);
    QVERIFY(!store.items().find(ItemKey { 2, {} }));
    QVERIFY(store.coverage.contains(ItemKey { 1, {} }) && !store.coverage.contains(ItemKey { 2, {} }));
    // Read again, it is there again.
    store.applyPage({ page[2] });
    QVERIFY(store.items().find(ItemKey { 2, {} }));
}

// A slot's event loop may bring an event after which there is too much, while a page is being told of.
void tst_Dropping::whatASlotDropsIsNotKnown()
{
    CollectionStore store(CollectionStore::Kind::List);
    store.mostUnseen = 0;
    store.root.lastEventId = 9;
    Viewer viewer(store);
    viewer.inSlot = [&store] {
        store.whenSettled([&store] { store.dropUnseen(store.root.lastEventId, {}); });
    };
    std::vector<ItemFields> page;
    for (qint64 index = 0; index < 3; ++index) {
        ItemFields fields;
        fields.index = index;
        fields.json = "{}";
        fields.lastEventId = index;
        page.push_back(fields);
    }
    store.applyPage(page, Cut::bottom(), Cut::top());
    QCOMPARE(store.items().size(), 0);
    QVERIFY(!store.coverage.contains(keyAt(1)));
    QVERIFY(!store.coverage.isComplete());
}

void tst_Dropping::fewAreKept()
{
    CollectionStore store(CollectionStore::Kind::List);
    const Viewer viewer(store);
    qint64 id = 0;
    for (qint64 index = 0; index <= store.mostUnseen; ++index) {
        QVERIFY(store.items().size() <= store.mostUnseen);
        ItemFields fields;
        fields.index = index;
        fields.json = "{}";
        fields.lastEventId = ++id;
        store.receive({ .kind = ItemEvent::Kind::Added, .item = fields });
        store.flush();
        store.dropUnseen(id - 1, {});
    }
    QCOMPARE(store.items().size(), 1); // the last may be unknown to a reply
}

QTEST_APPLESS_MAIN(tst_Dropping)
#include "tst_dropping.moc"
