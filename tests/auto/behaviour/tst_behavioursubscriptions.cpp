#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qmetaobject.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using Subscription = Sync::SubscriptionState;

// The live SUB cases; an object subscribes when it is opened and unsubscribes when its last handle is closed
// (J5).
class tst_BehaviourSubscriptions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }
    void sub01_list() { opensAndCloses<SyncList>(); }
    void sub02_map() { opensAndCloses<SyncMap>(); }
    void sub03_tenDocuments();
    void sub04_missingDocumentIsGone();
    void sub05_eventNamesTheDocument();
    void sub06_comesBackWithTheConnection();

private:
    //! The states that \a handle, not opened yet, goes through.
    template <typename Handle>
    static std::shared_ptr<QStringList> logStates(Handle &handle)
    {
        auto log = std::make_shared<QStringList>();
        connect(&handle, &Handle::subscriptionStateChanged, &handle, [&handle, log] {
            log->append(QString::fromLatin1(
                    QMetaEnum::fromType<Subscription>().valueToKey(int(handle.subscriptionState()))));
        });
        return log;
    }
    template <typename Handle>
    void opensAndCloses()
    {
        const auto client = makeClient(m_server);
        tellEverySubscriptionState(client.get());
        Handle handle;
        const auto states = logStates(handle);
        handle.setClient(client.get());
        handle.setUniqueName(freshName());
        QTRY_COMPARE(handle.subscriptionState(), Subscription::Established);
        QTRY_COMPARE(*states, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
        states->clear();
        handle.close();
        QTRY_COMPARE(*states, QStringList({ u"Unsubscribed"_s }));
    }

    ServerFixture m_server;
};

void tst_BehaviourSubscriptions::sub03_tenDocuments()
{
    const auto client = makeClient(m_server);
    QList<QFuture<SyncDocument *>> opening;
    for (int i = 0; i < 10; ++i)
        opening.append(client->document());
    QList<SyncDocument *> documents;
    for (const auto &call : std::as_const(opening))
        documents.append(valueOfCall(call));
    const auto all = [&](Subscription state) {
        return std::all_of(documents.cbegin(), documents.cend(), [state](const SyncDocument *document) {
            return document->subscriptionState() == state;
        });
    };
    QTRY_VERIFY(all(Subscription::Established));
    for (SyncDocument *document : std::as_const(documents))
        document->close();
    QVERIFY(all(Subscription::Unsubscribed));
}

// protocol.md 9.2: 404 means that the object is gone.
void tst_BehaviourSubscriptions::sub04_missingDocumentIsGone()
{
    ScriptedServer server;
    QVERIFY(server.listen());
    server.setSubscribing(false);
    server.always("GET", "/v3/Documents/ET000",
                  ScriptedServer::ok(ScriptedServer::root("ET000", ",\"data\":{}")));
    server.always("POST", "/v4/Subscriptions",
                  ScriptedServer::ok(R"({"estimated_delivery_in_ms":60000,"max_batch_size":100})"));
    const auto client = scriptedClient(server);
    SyncDocument *const document = valueOfCall(client->document(u"ET000"_s));
    QSignalSpy removed(document, &SyncDocument::removed);
    QTRY_COMPARE(server.subscriptions().size(), 1);
    const auto call = server.subscriptions().constFirst();
    QCOMPARE(call.entries.size(), 1);
    QCOMPARE(call.entries[0].objectSid, "ET000");
    QCOMPARE(call.entries[0].objectType, "document");
    server.settle("subscription_failed", call, call.entries[0],
                  R"(,"error":{"status":404,"code":54100,"message":"Document not found"})");
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0).at(0).toBool(), false);
    QCOMPARE(document->status(), Sync::Status::Removed);
    QCOMPARE(document->subscriptionState(), Subscription::Unsubscribed);
}

void tst_BehaviourSubscriptions::sub05_eventNamesTheDocument()
{
    const auto alice = makeClient(m_server);
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncDocument *const document = valueOfCall(alice->document());
    SyncDocument *const bystander = valueOfCall(alice->document());
    QTRY_COMPARE(document->subscriptionState(), Subscription::Established);
    QTRY_COMPARE(bystander->subscriptionState(), Subscription::Established);
    QSignalSpy updated(document, &SyncDocument::updated);
    QSignalSpy elsewhere(bystander, &SyncDocument::updated);
    SyncDocument *const other = valueOfCall(bob->document(document->sid()));
    const QVariantMap value { { u"data"_s, u"value"_s } };
    valueOfCall(other->set(value));
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(updated.at(0), QVariantList({ value, false, QVariantMap() }));
    QCOMPARE(elsewhere.size(), 0);
}

void tst_BehaviourSubscriptions::sub06_comesBackWithTheConnection()
{
    const auto alice = makeClient(m_server);
    tellEverySubscriptionState(alice.get());
    const auto bob = makeClient(m_server, u"bob"_s);
    SyncDocument document;
    document.setClient(alice.get());
    document.setUniqueName(freshName());
    QTRY_COMPARE(document.subscriptionState(), Subscription::Established);
    SyncDocument *const other = valueOfCall(bob->document(document.sid()));
    const auto states = logStates(document);
    QSignalSpy updated(&document, &SyncDocument::updated);

    QVERIFY(errorOfCall(alice->shutdown()).isNull());
    QCOMPARE(document.subscriptionState(), Subscription::Pending);
    valueOfCall(other->set({ { u"while"_s, u"away"_s } }));
    alice->setToken(m_server.token(u"alice"_s));
    QTRY_COMPARE(document.subscriptionState(), Subscription::Established);
    QTRY_COMPARE(*states, QStringList({ u"Pending"_s, u"Subscribing"_s, u"Established"_s }));
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(document.value(), QVariantMap({ { u"while"_s, u"away"_s } }));
}

QTEST_GUILESS_MAIN(tst_BehaviourSubscriptions)
#include "tst_behavioursubscriptions.moc"
