#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include "shared/twoclients.h"

#include <map>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

SyncValue number(int n) { return { { u"n"_s, n } }; }

QString keyOf(int n) { return u"k%1"_s.arg(n, 3, 10, QChar(u'0')); }

/*!
    \brief Looks at a list or map in every signal that tells of an event.

    A revision is one state: whatever is read beside it is the same in every one of them.
*/
class Witness : public QObject
{
public:
    explicit Witness(SyncCollection *model) : m_model(model)
    {
        using Model = QAbstractItemModel;
        connect(model, &Model::rowsInserted, this, [this] { look(u"rowsInserted"_s); });
        connect(model, &Model::rowsRemoved, this, [this] { look(u"rowsRemoved"_s); });
        connect(model, &Model::dataChanged, this, [this] { look(u"dataChanged"_s); });
        connect(model, &SyncCollection::countChanged, this, [this] { look(u"countChanged"_s); });
        connect(model, &SyncCollection::revisionChanged, this, [this] {
            m_toldRevision = m_model->revision();
            look(u"revisionChanged"_s);
        });
        connect(model, &SyncCollection::dateUpdatedChanged, this, [this] {
            m_toldDate = m_model->dateUpdated();
            look(u"dateUpdatedChanged"_s);
        });
        watchItems(qobject_cast<SyncList *>(model));
        watchItems(qobject_cast<SyncMap *>(model));
    }

    [[nodiscard]] int itemSignals() const { return m_itemSignals; }
    //! Empty if there was none.
    [[nodiscard]] QString contradiction() const { return m_contradiction; }
    //! What was told last is what there is.
    [[nodiscard]] bool isUpToDate() const
    {
        return m_toldRevision == m_model->revision() && m_toldDate == m_model->dateUpdated();
    }
    QStringList takeOrder() { return std::exchange(m_order, {}); }

private:
    template <typename Object>
    void watchItems(Object *object)
    {
        if (!object)
            return;
        const auto happened = [this](const QString &signal) {
            ++m_itemSignals;
            look(signal);
        };
        connect(object, &Object::itemAdded, this, [happened] { happened(u"itemAdded"_s); });
        connect(object, &Object::itemUpdated, this, [happened] { happened(u"itemUpdated"_s); });
        connect(object, &Object::itemRemoved, this, [happened] { happened(u"itemRemoved"_s); });
    }
    void look(const QString &signal)
    {
        m_order.append(signal);
        QStringList rows;
        for (int row = 0; row < m_model->rowCount(); ++row)
            rows.append(QString::number(m_model->valueAt(row).toMap().value(u"n"_s).toInt()));
        const QString state = m_model->dateUpdated().toString(Qt::ISODateWithMs) + u": "_s + rows.join(u' ');
        const auto [known, isNew] = m_states.emplace(m_model->revision(), state);
        if (!isNew && known->second != state && m_contradiction.isEmpty())
            m_contradiction =
                    u"%1 at %2: %3, before: %4"_s.arg(signal, m_model->revision(), state, known->second);
    }

    SyncCollection *const m_model;
    std::map<QString, QString> m_states;
    QStringList m_order;
    QString m_contradiction;
    QString m_toldRevision;
    QDateTime m_toldDate;
    int m_itemSignals = 0;
};

} // namespace

//! State is committed, then told: every signal of an event finds all that the event has changed.
class tst_EventState : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void oneStatePerRevision_data();
    void oneStatePerRevision();
    void orderOfSignals_data();
    void orderOfSignals();

private:
    template <typename Object>
    std::unique_ptr<Object> open(const QString &name, Qt::SortOrder order, int pageSize)
    {
        auto object = std::make_unique<Object>();
        object->setOrder(order);
        object->setPageSize(pageSize);
        object->setClient(m_alice.get());
        object->setUniqueName(name);
        bool isCountTold = false; // a turn after there are rows
        QObject scope;
        connect(object.get(), &Object::countChanged, &scope, [&] { isCountTold = true; });
        waitFor([&] {
            return object->subscriptionState() == Sync::SubscriptionState::Established && isCountTold;
        });
        return object;
    }
};

void tst_EventState::oneStatePerRevision_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<bool>("isDescending");
    QTest::addColumn<int>("pageSize"); // 2: most happens outside of the window
    for (const bool isList : { true, false }) {
        for (const bool isDescending : { false, true }) {
            for (const int pageSize : { 50, 2 })
                QTest::addRow("%s, %s, %d rows", isList ? "list" : "map",
                              isDescending ? "descending" : "ascending", pageSize)
                        << isList << isDescending << pageSize;
        }
    }
}

void tst_EventState::oneStatePerRevision()
{
    QFETCH(bool, isList);
    QFETCH(bool, isDescending);
    QFETCH(int, pageSize);
    const QString name = freshName();
    m_bob->setPaceWrites(false);
    const Qt::SortOrder order = isDescending ? Qt::DescendingOrder : Qt::AscendingOrder;
    std::unique_ptr<SyncCollection> shown;
    std::function<void(int)> add;
    std::function<void(int)> update;
    std::function<void(int)> remove;
    if (isList) {
        auto *const list = established(m_bob->list(name));
        add = [list](int n) { list->push(number(n)); };
        update = [list](int n) { list->set(n, number(1000 + n)); };
        remove = [list](int n) { list->remove(n); };
        for (int n = 0; n < 4; ++n)
            valueOfCall(list->push(number(n)));
        shown = open<SyncList>(name, order, pageSize);
    } else {
        auto *const map = established(m_bob->map(name));
        add = [map](int n) { map->set(keyOf(n), number(n)); };
        update = [map](int n) { map->set(keyOf(n), number(1000 + n)); };
        remove = [map](int n) { map->remove(keyOf(n)); };
        for (int n = 0; n < 4; ++n)
            valueOfCall(map->set(keyOf(n), number(n)));
        shown = open<SyncMap>(name, order, pageSize);
    }
    Witness witness(shown.get());
    int expected = 0;
    const auto settled = [&](int events) {
        expected += events;
        QTRY_COMPARE(witness.itemSignals(), expected);
        QTRY_VERIFY(witness.isUpToDate());
        QVERIFY2(witness.contradiction().isEmpty(), qPrintable(witness.contradiction()));
    };
    add(4); // one by one
    settled(1);
    update(1);
    settled(1);
    remove(2);
    settled(1);
    for (int n = 5; n < 25; ++n) // and as runs
        add(n);
    settled(20);
    for (int n = 10; n < 20; ++n)
        remove(n);
    settled(10);
    for (int n = 5; n < 10; ++n) {
        update(n);
        add(20 + n);
        remove(15 + n);
    }
    settled(15);
}

void tst_EventState::orderOfSignals_data()
{
    QTest::addColumn<int>("pageSize");
    QTest::newRow("within the window") << 50;
    QTest::newRow("outside of it") << 2;
}

void tst_EventState::orderOfSignals()
{
    QFETCH(int, pageSize);
    const QString name = freshName();
    auto *const list = established(m_bob->list(name));
    for (int n = 0; n < 4; ++n)
        valueOfCall(list->push(number(n)));
    const auto shown = open<SyncList>(name, Qt::AscendingOrder, pageSize);
    const bool isVisible = pageSize > 4;
    Witness witness(shown.get());
    const auto orderOf = [&](int signalsSoFar) {
        waitFor([&] { return witness.itemSignals() == signalsSoFar; });
        QCoreApplication::processEvents();
        passAMillisecond();
        return witness.takeOrder().join(u' ');
    };
    const QString state = u"dateUpdatedChanged revisionChanged "_s;
    valueOfCall(list->push(number(4)));
    QCOMPARE(orderOf(1),
             (isVisible ? u"rowsInserted "_s + state + u"countChanged "_s : state) + u"itemAdded"_s);
    valueOfCall(list->set(3, number(7)));
    // Changed rows of one turn come as one, at its end.
    QString order = orderOf(2);
    QCOMPARE(order.remove(u"dataChanged "_s), state + u"itemUpdated"_s);
    outcomeOf(list->remove(3));
    QCOMPARE(orderOf(3),
             (isVisible ? u"rowsRemoved "_s + state + u"countChanged "_s : state) + u"itemRemoved"_s);
}

QTEST_GUILESS_MAIN(tst_EventState)
#include "tst_eventstate.moc"
