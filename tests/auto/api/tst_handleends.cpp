#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Peer = ScriptedServer;

// What ends a handle, and what does not.
class tst_HandleEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();
    void closeEndsAnOpeningThatHasNotBegun();
    void onlyAnswersAboutTheObjectRemoveIt_data();
    void onlyAnswersAboutTheObjectRemoveIt();

private:
    SyncError errorOfCallTo(SyncList *list, const QString &call);
    SyncError errorOfCallTo(SyncMap *map, const QString &call);
    template <typename Object>
    void callAndCompare(Object *object);

    std::unique_ptr<ScriptedServer> m_server;
    std::unique_ptr<SyncClient> m_client;
};

void tst_HandleEnds::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_server = std::make_unique<ScriptedServer>();
    QVERIFY(m_server->listen());
    m_client = scriptedClient(*m_server);
}

void tst_HandleEnds::cleanup()
{
    m_client.reset();
    m_server.reset();
}

void tst_HandleEnds::closeEndsAnOpeningThatHasNotBegun()
{
    m_server->always("GET", "/v3/Lists/other", Peer::ok(Peer::root("ES2")));
    m_server->always("GET", "/v3/Lists/ES2/Items", Peer::ok(Peer::page()));
    SyncList closed;
    closed.setClient(m_client.get());
    closed.setUniqueName(u"l"_s);
    closed.close();
    SyncList other; // begins to open later than the first one would
    other.setClient(m_client.get());
    other.setUniqueName(u"other"_s);
    QTRY_COMPARE(other.subscriptionState(), Sync::SubscriptionState::Established);
    QVERIFY(m_server->roundTrip());
    QCOMPARE(closed.status(), Sync::Status::Closed);
    const QByteArrayList lines = m_server->lines();
    for (const QByteArray &line : lines)
        QVERIFY2(!line.contains("/v3/Lists/l"), line.constData());
}

void tst_HandleEnds::onlyAnswersAboutTheObjectRemoveIt_data()
{
    QTest::addColumn<bool>("isList");
    QTest::addColumn<QString>("call");
    QTest::addColumn<int>("code");
    QTest::addColumn<bool>("isGone");
    for (const bool isList : { true, false }) {
        const QStringList calls { u"get"_s, u"set"_s,  u"update"_s, u"mutate"_s, u"remove"_s,
                                  u"ttl"_s, u"page"_s, u"rows"_s,   u"object"_s, u"push"_s };
        for (const QString &call : calls) {
            if (call == u"push" && !isList)
                continue;
            const auto row = [&](const char *what, int code, bool isGone) {
                QTest::addRow("%s, %s: %s", isList ? "list" : "map", qPrintable(call), what)
                        << isList << call << code << isGone;
            };
            row("a bare 404", 0, call == u"object");
            row("another object's code", isList ? 54200 : 54150, call == u"object");
            if (call != u"object")
                row("the item", isList ? 54151 : 54201, false);
            row("the object", isList ? 54150 : 54200, true);
            row("its name", 54300, true);
        }
    }
}

SyncError tst_HandleEnds::errorOfCallTo(SyncList *list, const QString &call)
{
    const auto same = [](const QVariantMap &value) { return value; };
    if (call == u"get")
        return errorOfCall(list->get(8));
    if (call == u"set")
        return errorOfCall(list->set(7, {}));
    if (call == u"update")
        return errorOfCall(list->update(7, {}));
    if (call == u"mutate")
        return errorOfCall(list->mutate(7, same));
    if (call == u"remove")
        return errorOfCall(list->remove(7));
    if (call == u"ttl")
        return errorOfCall(list->setItemTtl(7, 1));
    if (call == u"push")
        return errorOfCall(list->push({}));
    if (call == u"object")
        return errorOfCall(list->setTtl(1));
    return errorOfCall(list->getItems());
}

SyncError tst_HandleEnds::errorOfCallTo(SyncMap *map, const QString &call)
{
    const auto same = [](const QVariantMap &value) { return value; };
    if (call == u"get")
        return errorOfCall(map->get(u"unread"_s));
    if (call == u"set")
        return errorOfCall(map->set(u"k"_s, {}));
    if (call == u"update")
        return errorOfCall(map->update(u"k"_s, {}));
    if (call == u"mutate")
        return errorOfCall(map->mutate(u"k"_s, same));
    if (call == u"remove")
        return errorOfCall(map->remove(u"k"_s));
    if (call == u"ttl")
        return errorOfCall(map->setItemTtl(u"k"_s, 1));
    if (call == u"object")
        return errorOfCall(map->setTtl(1));
    return errorOfCall(map->getItems());
}

template <typename Object>
void tst_HandleEnds::callAndCompare(Object *object)
{
    QFETCH(QString, call);
    QFETCH(int, code);
    QFETCH(bool, isGone);
    QVERIFY(object);
    QTRY_COMPARE(object->count(), 1);
    const Peer::Answer missing = Peer::error(404, code, "not found");
    for (const char *method : { "GET", "POST", "PUT", "DELETE" })
        m_server->always(method, {}, missing);
    QSignalSpy removed(object, &SyncCollection::removed);
    if (call == u"rows") {
        object->fetchMore();
        QTRY_VERIFY(object->error().status() == 404 || object->status() == Sync::Status::Removed);
    } else {
        QCOMPARE(errorOfCallTo(object, call).status(), 404);
    }
    QVERIFY(m_server->roundTrip()); // what is told in a turn of its own has been told
    QCOMPARE(object->status(), isGone ? Sync::Status::Removed : Sync::Status::Ready);
    QCOMPARE(removed.size(), isGone ? 1 : 0);
    QCOMPARE(object->count(), isGone ? 0 : 1);
}

void tst_HandleEnds::onlyAnswersAboutTheObjectRemoveIt()
{
    QFETCH(bool, isList);
    const QByteArray base = isList ? "/v3/Lists/ES1" : "/v3/Maps/MP1";
    const QByteArray key = isList ? R"("index":7)" : R"("key":"k")";
    m_server->always("GET", base, Peer::ok(Peer::root(isList ? "ES1" : "MP1")));
    m_server->always(
            "GET", base + "/Items",
            Peer::ok(Peer::page(
                    '{' + key
                            + R"(,"revision":"0","last_event_id":0,"date_created":"2024-05-06T07:08:09.123Z",)"
                              R"("date_updated":"2024-05-06T07:08:09.123Z","data":{}})",
                    R"("n")")));
    if (isList)
        callAndCompare(
                established(m_client->list({ .id = u"ES1"_s, .mode = SyncClient::OpenMode::OpenExisting })));
    else
        callAndCompare(
                established(m_client->map({ .id = u"MP1"_s, .mode = SyncClient::OpenMode::OpenExisting })));
}

QTEST_GUILESS_MAIN(tst_HandleEnds)
#include "tst_handleends.moc"
