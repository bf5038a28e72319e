#include "TwilioSync/session/clientsession.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/session/documententity.h"

#include <QtCore/qeventloop.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! Rows of a list whose first slot runs an event loop.
class Rows final : public CollectionObserver
{
public:
    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype, std::span<const ItemPtr> items) override
    {
        for (const ItemPtr &item : items)
            indexes.append(item->index());
        if (const auto nest = std::exchange(inSlot, nullptr))
            nest();
    }
    void itemsRemoved(qsizetype, std::span<const ItemPtr>) override { }
    void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &) override { }
    [[nodiscard]] Shown shown() const override { return { Cut::top(), Cut::bottom() }; }
    void itemEvent(const ItemEvent &event) override
    {
        if (event.kind == ItemEvent::Kind::Updated)
            updates.append(event.item->lastEventId());
    }

    QList<qint64> indexes;
    QList<qint64> updates;
    std::function<void()> inSlot;
};

Protocol::RootResource root(const char *sid)
{
    Protocol::RootResource resource;
    resource.sid = sid;
    resource.lastEventId = 0;
    resource.data = "{}";
    return resource;
}

QByteArray listEvent(const char *type, const char *sid, int id, int index)
{
    return QByteArray("{\"event_type\":\"") + type + "\",\"events\":[" + "{\"id\":" + QByteArray::number(id)
            + ",\"list_sid\":\"" + sid + "\",\"item_index\":" + QByteArray::number(index)
            + ",\"item_data\":{\"n\":1},\"item_revision\":\"r\",\"list_revision\":\"r\","
              "\"date_created\":\"2024-05-06T07:08:09.123Z\"}]}";
}

} // namespace

//! Notifications find their objects, also while one is being worked on.
class tst_Dispatching : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init()
    {
        m_session = std::make_unique<ClientSession>();
        m_list = adopt<CollectionEntity>(
                std::make_shared<CollectionEntity>(ObjectKind::List, m_session.get()), "ES1");
        m_document = adopt<DocumentEntity>(std::make_shared<DocumentEntity>(m_session.get()), "ET1");
        m_list->store().observers.add(&m_rows);
    }
    void cleanup()
    {
        m_list.reset();
        m_document.reset();
        m_session.reset();
        m_rows = {};
    }
    void nestedLoopReadsOn();
    void nestedLoopKeepsTheOrder();
    void sessionMayGoInANestedLoop();

private:
    template <typename T>
    std::shared_ptr<T> adopt(const std::shared_ptr<T> &entity, const char *sid)
    {
        entity->adopt(root(sid));
        m_session->cache().remember(entity);
        return entity;
    }
    void notify(const QByteArray &payload)
    {
        Q_EMIT m_session->channel().notificationReceived({ payload, "twilio.sync.event", payload });
    }
    //! Two events of the list in one notification: the second one makes the first one appear at once.
    static QByteArray twoEvents()
    {
        QByteArray both = listEvent("list_item_added", "ES1", 1, 5);
        const QByteArray other = listEvent("list_item_added", "ES1", 2, 3);
        both.insert(both.size() - 2, ',' + other.mid(other.indexOf('[') + 1).chopped(2));
        return both;
    }

    std::unique_ptr<ClientSession> m_session;
    std::shared_ptr<CollectionEntity> m_list;
    std::shared_ptr<DocumentEntity> m_document;
    Rows m_rows;
};

// The document's event comes while a slot of the list's rows has not returned.
void tst_Dispatching::nestedLoopReadsOn()
{
    QByteArray inside;
    m_rows.inSlot = [&] {
        QEventLoop loop;
        QMetaObject::invokeMethod(
                &loop,
                [&] {
                    notify(R"({"event_type":"document_updated","events":[{"id":1,"document_sid":"ET1",)"
                           R"("document_revision":"1","document_data":{"a":1},)"
                           R"("date_created":"2024-05-06T07:08:09.123Z"}]})");
                    inside = m_document->store().contents();
                    loop.quit();
                },
                Qt::QueuedConnection);
        loop.exec();
    };
    notify(twoEvents());
    QCOMPARE(inside, QByteArray("{\"a\":1}"));
    m_list->flush();
    QCOMPARE(m_rows.indexes, QList<qint64>({ 5, 3 }));
}

// What was left of a notification comes before the next one, whoever is at work on it.
void tst_Dispatching::nestedLoopKeepsTheOrder()
{
    QByteArray left = twoEvents();
    for (int id = 3; id <= 4; ++id) {
        const QByteArray other = listEvent("list_item_added", "ES1", id, 10 * id);
        left.insert(left.size() - 2, ',' + other.mid(other.indexOf('[') + 1).chopped(2));
    }
    m_rows.inSlot = [&] {
        QEventLoop loop;
        QMetaObject::invokeMethod(
                &loop,
                [&] {
                    for (int id = 5; id <= 6; ++id)
                        notify(listEvent("list_item_updated", "ES1", id, 30));
                    notify(listEvent("list_item_added", "ES1", 7, 50));
                    loop.quit();
                },
                Qt::QueuedConnection);
        loop.exec();
    };
    notify(left);
    m_list->flush();
    QCOMPARE(m_rows.indexes, QList<qint64>({ 5, 3, 30, 40, 50 }));
    QCOMPARE(m_rows.updates, QList<qint64>({ 5, 6 }));
    QCOMPARE(m_list->root().lastEventId, 7);
}

void tst_Dispatching::sessionMayGoInANestedLoop()
{
    m_rows.inSlot = [&] {
        QEventLoop loop;
        QMetaObject::invokeMethod(
                &loop,
                [&] {
                    notify(listEvent("list_item_added", "ES1", 3, 50));
                    m_session.reset();
                    loop.quit();
                },
                Qt::QueuedConnection);
        loop.exec();
    };
    notify(twoEvents());
    QVERIFY(!m_session);
}

QTEST_GUILESS_MAIN(tst_Dispatching)
#include "tst_dispatching.moc"
