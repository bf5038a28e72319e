#include "convergence/world.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <array>
#include <optional>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! An item by its number: itself in a list, a letter in a map.
QString keyOf(Kind kind, int number)
{
    return kind == Kind::List ? QString::number(number) : QString(QChar(u'a' + number));
}

/*!
    \brief Four windows on a list or map of three items, and five changes of it whose news are still on their
   way.

    A step is a letter and the number of an item: a added, u updated, r removed, t given a TTL; in capitals by
   a call of our own, whose reply is on its way as well.
*/
class Scene
{
public:
    Scene(VirtualTime &time, Kind kind, const QStringList &steps) : world(time), m_kind(kind)
    {
        // Without the counter that schedules have: items are counted from 0 here.
        world.service.call("POST", kind == Kind::List ? "/v3/Lists" : "/v3/Maps",
                           "{\"unique_name\":\"" + m_object.name().toUtf8() + "\"}");
        for (int number = 0; number < 3; ++number)
            play(u'a', number);
        world.addClient(false, false, false, std::nullopt);
        for (const auto order : { Qt::AscendingOrder, Qt::DescendingOrder }) {
            for (const int pageSize : { 2, 50 })
                world.addHandle(*world.clients.front(), m_object, { order, pageSize, false });
        }
        world.comeToRest();
        m_link = world.network.linkOf(0);
        m_known = world.service.changes.size();
        for (const QString &step : steps)
            play(step.front(), step.at(1).digitValue());
        for (SimulatedLink::Frame &frame : m_link->down)
            (frame.isLive ? events : replies).push_back(std::move(frame));
        m_link->down.clear();
        for (const Handle *handle : world.handles()) {
            m_changesBefore.push_back(handle->replica().changes());
            m_toldBefore.push_back(toldBy(*handle));
        }
    }

    //! \a frame arrives, in a turn of the event loop of its own if \a isTurn.
    void deliver(const SimulatedLink::Frame &frame, bool isTurn)
    {
        m_link->down.push_front(frame);
        world.network.deliverDown(m_link);
        if (isTurn)
            world.settle();
    }

    //! Visible changes of handle \a number since the steps.
    [[nodiscard]] int changes(std::size_t number) const
    {
        return world.handles()[number]->replica().changes() - m_changesBefore[number];
    }
    //! Item signals of handle \a number since the steps.
    [[nodiscard]] int signalCount(std::size_t number) const
    {
        return toldBy(*world.handles()[number]) - m_toldBefore[number];
    }
    //! Newest changes of items that \a handle has not told of.
    [[nodiscard]] QStringList untold(const Handle &handle) const
    {
        QHash<QString, QJsonObject> newest;
        for (auto it = world.service.changes.begin() + std::ptrdiff_t(m_known);
             it != world.service.changes.end(); ++it) {
            QJsonObject json = QJsonDocument::fromJson(it->event.json).object();
            json[u"type"_s] = QString::fromLatin1(it->event.type);
            newest[m_kind == Kind::List ? QString::number(json[u"item_index"_s].toInteger())
                                        : json[u"item_key"_s].toString()] = json;
        }
        QStringList untold;
        for (auto it = newest.cbegin(); it != newest.cend(); ++it) {
            const bool told = it.value()[u"type"_s].toString().endsWith("removed"_L1)
                    ? handle.toldRemovals().value(it.key()) == 1
                    : handle.told().value(it.value()[u"item_revision"_s].toString()) == 1;
            if (!told)
                untold.append(it.key());
        }
        return untold;
    }

    World world;
    std::vector<SimulatedLink::Frame> events;
    std::vector<SimulatedLink::Frame> replies;

private:
    static int toldBy(const Handle &handle)
    {
        int count = 0;
        for (const int each : handle.told())
            count += each;
        for (const int each : handle.toldRemovals())
            count += each;
        return count;
    }

    void play(QChar what, int number)
    {
        const QString key = keyOf(m_kind, number);
        const QByteArray items = m_object.path() + "/Items";
        const QByteArray item = items + '/' + key.toUtf8();
        const QByteArray json = "{\"n\":" + QByteArray::number(++m_serial) + '}';
        const QByteArray body = "{\"data\":" + json + '}';
        const SyncValue value = SyncValue::fromJson(json);
        Handle *const handle = what.isUpper() ? world.handles().front() : nullptr;
        Server::RestReply reply;
        switch (what.unicode()) {
        case 'a':
            reply = m_kind == Kind::List ? world.service.call("POST", items, body)
                                         : world.service.call("PUT", item, body);
            break;
        case 'u':
            reply = world.service.call("POST", item, body);
            break;
        case 'r':
            reply = world.service.call("DELETE", item);
            break;
        case 't':
            reply = world.service.call("POST", item, "{\"ttl\":100}");
            break;
        case 'A':
            m_calls.push_back(handle->add(value, {}, key));
            break;
        case 'U':
            m_calls.push_back(handle->set(key, value, {}));
            break;
        case 'R':
            m_calls.push_back(handle->remove(key));
            break;
        case 'T':
            m_calls.push_back(handle->setItemTtl(key, 100));
            break;
        default:
            qFatal("unknown step");
        }
        if (reply.status >= 300)
            qFatal("step %c%d failed: %s", what.toLatin1(), number, reply.body.constData());
        world.settle();
        while (m_link && !m_link->up.empty())
            world.network.deliverUp(m_link);
    }

    const Kind m_kind;
    const RemoteObject m_object { m_kind };
    std::vector<QFuture<void>> m_calls;
    SimulatedLinkPtr m_link;
    std::size_t m_known = 0;
    int m_serial = 0;
    std::vector<int> m_changesBefore;
    std::vector<int> m_toldBefore;
};

VirtualTime *theTime = nullptr;

} // namespace

class tst_Interleavings : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyOrderEndsTheSame_data();
    void everyOrderEndsTheSame();
};

void tst_Interleavings::everyOrderEndsTheSame_data()
{
    QTest::addColumn<int>("kind");
    QTest::addColumn<QString>("steps");
    QTest::addColumn<bool>("inOneTurn");
    const auto row = [](Kind kind, const char *name, const char *steps, bool inOneTurn = false) {
        QTest::addRow("%s, %s", kind == Kind::List ? "list" : "map", name)
                << int(kind) << QString::fromLatin1(steps) << inOneTurn;
    };
    row(Kind::List, "own update", "u1 U1 u0 r2 u1");
    row(Kind::List, "own addition", "a3 A4 u1 r3 u4");
    row(Kind::List, "all in one turn", "a3 A4 r0 u2 r1", true);
    row(Kind::Map, "own removal", "u1 R1 u0 r2 a3");
    row(Kind::Map, "own TTL that overtakes another update", "u1 T1 u0 r2 a3");
    row(Kind::Map, "removed and made again", "r1 U1 u1 r0 u2");
}

//! All 120 orders of the five events, with the reply to the local write in each of the six slots.
void tst_Interleavings::everyOrderEndsTheSame()
{
    QFETCH(int, kind);
    QFETCH(QString, steps);
    QFETCH(bool, inOneTurn);
    const QStringList all = steps.split(u' ');
    std::vector<Row> first;
    std::array<std::size_t, 5> order { 0, 1, 2, 3, 4 };
    int orders = 0;
    do {
        for (std::size_t slot = 0; slot <= order.size(); ++slot) {
            Scene scene(*theTime, Kind(kind), all);
            QCOMPARE(scene.events.size(), order.size());
            QCOMPARE(scene.replies.size(), std::size_t(1));
            QStringList shown;
            for (std::size_t i = 0; i <= order.size(); ++i) {
                if (i == slot) {
                    shown.append(u"reply"_s);
                    scene.deliver(scene.replies.front(), !inOneTurn);
                }
                if (i < order.size()) {
                    shown.append(all.at(qsizetype(order[i])));
                    scene.deliver(scene.events[order[i]], !inOneTurn);
                }
            }
            const QByteArray where = shown.join(u' ').toUtf8();
            scene.world.comeToRest();
            QVERIFY2(scene.world.failure().isEmpty(), where + ": " + scene.world.failure().toUtf8());
            if (first.empty())
                first = scene.world.truth.listing({ Kind(kind) });
            QVERIFY2(first == scene.world.truth.listing({ Kind(kind) }), where);

            const auto handles = scene.world.handles();
            std::vector<int> changes;
            std::vector<int> told;
            for (std::size_t i = 0; i < handles.size(); ++i) {
                changes.push_back(scene.changes(i));
                told.push_back(scene.signalCount(i));
                // One more where a window went empty, and showed what another one has loaded.
                QVERIFY2(changes[i] <= int(order.size()) + 1, where);
                QVERIFY2(told[i] <= int(order.size()), where);
                QVERIFY2(scene.untold(*handles[i]).isEmpty(),
                         where + ": " + scene.untold(*handles[i]).join(u' ').toUtf8());
            }
            // Once more, and nothing happens.
            for (const std::size_t number : order)
                scene.deliver(scene.events[number], true);
            for (std::size_t i = 0; i < handles.size(); ++i) {
                QVERIFY2(scene.changes(i) == changes[i], where);
                QVERIFY2(scene.signalCount(i) == told[i], where);
            }
        }
        ++orders;
    } while (std::next_permutation(order.begin(), order.end()));
    QCOMPARE(orders, 120);
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    theTime = &application.time();
    tst_Interleavings test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_interleavings.moc"
