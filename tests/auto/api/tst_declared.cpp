#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncmetrics.h"
#include "TwilioSync/api/syncstream.h"

#include "shared/twoclients.h"

using namespace Twilio;
using namespace Qt::StringLiterals;
using Status = Sync::Status;
using State = Sync::SubscriptionState;

// What the application wrote names the object, whatever happens to it.
class tst_Declared : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void anotherClientOpensTheSameName_data() { kinds(); }
    void anotherClientOpensTheSameName();
    void rowsAreThoseOfTheOtherClient();
    void passingFailuresAreTriedAgain_data();
    void passingFailuresAreTriedAgain();
    void finalFailuresAreNot();
    void removedOnesReopen_data() { kinds(); }
    void removedOnesReopen();
    void removedOnesComeBack_data() { kinds(); }
    void removedOnesComeBack();
    void removedOnesAreNotMadeAnew();
    void waitsForIt();
    void writingTheModeTriesAgain();
    void writingTheNameTriesAgain();
    void openedByTheClientKnowsItsName();
    void noneIsMadeUnderASid();

private:
    enum class Kind { Document, List, Map, Stream };

    static void kinds()
    {
        QTest::addColumn<int>("kind");
        QTest::newRow("document") << int(Kind::Document);
        QTest::newRow("list") << int(Kind::List);
        QTest::newRow("map") << int(Kind::Map);
        QTest::newRow("stream") << int(Kind::Stream);
    }
    //! Calls \a act with a new handle of the kind that the row names.
    template <typename Act>
    static void withHandle(Act act)
    {
        QFETCH(int, kind);
        switch (Kind(kind)) {
        case Kind::Document: {
            SyncDocument document;
            act(document);
            break;
        }
        case Kind::List: {
            SyncList list;
            const ModelCheck check(&list);
            act(list);
            break;
        }
        case Kind::Map: {
            SyncMap map;
            const ModelCheck check(&map);
            act(map);
            break;
        }
        case Kind::Stream: {
            SyncStream stream;
            act(stream);
            break;
        }
        }
    }
    static QFuture<void> remove(SyncDocument &document) { return document.removeDocument(); }
    static QFuture<void> remove(SyncList &list) { return list.removeList(); }
    static QFuture<void> remove(SyncMap &map) { return map.removeMap(); }
    static QFuture<void> remove(SyncStream &stream) { return stream.removeStream(); }
    //! Bob's own object of the same name, open.
    template <typename Handle>
    std::unique_ptr<Handle> theirs(const QString &name)
    {
        auto handle = std::make_unique<Handle>();
        handle->setClient(m_bob.get());
        handle->setUniqueName(name);
        waitFor([&] { return handle->status() == Status::Ready; });
        return handle;
    }
    void answerInstead(int status, int count)
    {
        Server::AnswerFault fault;
        fault.count = count;
        fault.answer.status = status;
        m_server.injector().faults().add(fault);
    }
};

void tst_Declared::init()
{
    if (!m_server.isEmbedded())
        QSKIP("needs a server that fails as it is told");
    TwoClients::init();
    m_server.injector().faults().clear();
}

void tst_Declared::anotherClientOpensTheSameName()
{
    ServerFixture elsewhere; // where the same name has another SID
    QVERIFY2(elsewhere.start(), qPrintable(elsewhere.errorText()));
    const auto there = makeClient(elsewhere);
    withHandle([&](auto &handle) {
        const QString name = freshName();
        QList<Status> path;
        connect(&handle, &std::decay_t<decltype(handle)>::statusChanged, this,
                [&] { path.append(handle.status()); });
        handle.setClient(m_alice.get());
        handle.setUniqueName(name);
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        const QString sid = handle.sid();
        handle.setClient(there.get());
        QCOMPARE(handle.sid(), QString());
        QCOMPARE(handle.uniqueName(), name);
        QTRY_VERIFY(!handle.sid().isEmpty() && handle.sid() != sid);
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        QCOMPARE(handle.uniqueName(), name);
        handle.setClient(nullptr); // logged out
        QTRY_COMPARE(handle.status(), Status::Null);
        QCOMPARE(handle.uniqueName(), name);
        handle.setClient(m_alice.get());
        QTRY_COMPARE(handle.sid(), sid);
        QVERIFY2(!path.contains(Status::Failed), "an opening failed");
        handle.close();
    });
}

void tst_Declared::rowsAreThoseOfTheOtherClient()
{
    ServerFixture elsewhere;
    QVERIFY2(elsewhere.start(), qPrintable(elsewhere.errorText()));
    const auto there = makeClient(elsewhere);
    const QString name = freshName();
    SyncList *const first = established(m_bob->list(name));
    SyncList *const second = established(there->list(name));
    QVERIFY(first && second);
    valueOfCall(first->push({ { u"title"_s, u"here"_s } }));
    valueOfCall(second->push({ { u"title"_s, u"there"_s } }));
    valueOfCall(second->push({ { u"title"_s, u"too"_s } }));
    SyncList list;
    const ModelCheck check(&list);
    list.setValueRoles({ u"title"_s });
    const auto titles = [&list] {
        QStringList all;
        for (int row = 0; row < list.rowCount(); ++row)
            all.append(list.valueAt(row).toMap().value(u"title"_s).toString());
        return all;
    };
    list.setClient(m_alice.get());
    list.setUniqueName(name);
    QTRY_COMPARE(titles(), QStringList({ u"here"_s }));
    list.setClient(there.get());
    QTRY_COMPARE(titles(), QStringList({ u"there"_s, u"too"_s }));
    QVERIFY(list.error().isNull());
    list.close();
}

void tst_Declared::passingFailuresAreTriedAgain_data()
{
    QTest::addColumn<int>("status");
    QTest::addColumn<bool>("exists");
    for (const int status : { 429, 500, 502, 503, 504 }) {
        QTest::addRow("%d while it is read", status) << status << true;
        QTest::addRow("%d while it is made", status) << status << false;
    }
}

void tst_Declared::passingFailuresAreTriedAgain()
{
    QFETCH(int, status);
    QFETCH(bool, exists);
    QTest::failOnWarning(QRegularExpression(u"nothing"_s));
    const QString name = freshName();
    if (exists)
        QVERIFY(valueOfCall(m_bob->list(name)));
    Server::AnswerFault fault;
    fault.answer.status = status;
    fault.target.method = exists ? "GET" : "POST";
    fault.target.path = "/v3/Lists";
    m_server.injector().faults().add(fault);
    SyncList list;
    const ModelCheck check(&list);
    QList<Status> path;
    connect(&list, &SyncList::statusChanged, this, [&] { path.append(list.status()); });
    list.setClient(m_alice.get());
    list.setUniqueName(name);
    QTRY_COMPARE(list.subscriptionState(), State::Established);
    QCOMPARE(path, QList<Status>({ Status::Opening, Status::Ready }));
    QVERIFY(list.error().isNull());
    list.close();
}

void tst_Declared::finalFailuresAreNot()
{
    QTest::failOnWarning(QRegularExpression(u"nothing"_s));
    answerInstead(403, 1);
    SyncList list;
    const ModelCheck check(&list);
    list.setClient(m_alice.get());
    list.setUniqueName(freshName());
    QTRY_COMPARE(list.status(), Status::Failed);
    QCOMPARE(list.error().status(), 403);
    list.reopen();
    QTRY_COMPARE(list.status(), Status::Ready);
    list.close();
}

void tst_Declared::removedOnesReopen()
{
    withHandle([&](auto &handle) {
        const QString name = freshName();
        handle.setClient(m_alice.get());
        handle.setUniqueName(name);
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        const QString sid = handle.sid();
        const auto other = theirs<std::decay_t<decltype(handle)>>(name);
        QCOMPARE(textOfError(errorOfCall(remove(*other))), QString());
        QTRY_COMPARE(handle.status(), Status::Removed);
        handle.reopen();
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        QVERIFY(handle.sid() != sid);
        handle.close();
    });
}

void tst_Declared::removedOnesComeBack()
{
    withHandle([&](auto &handle) {
        const QString name = freshName();
        handle.setAutoReopen(true);
        handle.setClient(m_alice.get());
        handle.setUniqueName(name);
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        const QString sid = handle.sid();
        auto other = theirs<std::decay_t<decltype(handle)>>(name);
        QCOMPARE(textOfError(errorOfCall(remove(*other))), QString());
        QTRY_COMPARE(handle.status(), Status::Removed);
        other = theirs<std::decay_t<decltype(handle)>>(name); // made again
        QList<Status> path;
        connect(&handle, &std::decay_t<decltype(handle)>::statusChanged, this,
                [&] { path.append(handle.status()); });
        QTRY_COMPARE(handle.subscriptionState(), State::Established);
        QCOMPARE(path, QList<Status>({ Status::Ready }));
        QVERIFY(handle.sid() != sid);
        QCOMPARE(handle.sid(), other->sid());
        handle.close();
    });
}

// Only reopen() makes it again.
void tst_Declared::removedOnesAreNotMadeAnew()
{
    const QString name = freshName();
    SyncMap map;
    const ModelCheck check(&map);
    map.setAutoReopen(true);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    QTRY_COMPARE(map.subscriptionState(), State::Established);
    QCOMPARE(textOfError(errorOfCall(map.removeMap())), QString());
    QCOMPARE(map.status(), Status::Removed);
    const double sent = m_alice->metrics().bytesSent;
    QTRY_VERIFY(m_alice->metrics().bytesSent > sent + 200); // it is looked for
    QTRY_COMPARE(m_alice->metrics().requestsInFlight, 0);
    QCOMPARE(map.status(), Status::Removed);
    OpenOptions options { name };
    options.mode = SyncClient::OpenMode::OpenExisting;
    QCOMPARE(errorOfCall(m_bob->map(options)).status(), 404);
    map.reopen();
    QTRY_COMPARE(map.status(), Status::Ready);
    map.close();
}

void tst_Declared::waitsForIt()
{
    const QString name = freshName();
    SyncMap map;
    const ModelCheck check(&map);
    map.setMode(SyncClient::OpenMode::OpenExisting);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    QTRY_COMPARE(map.status(), Status::Failed);
    map.setWaitForIt(true);
    QTRY_COMPARE(map.status(), Status::Opening);
    QTRY_COMPARE(map.error().status(), 404);
    QVERIFY(valueOfCall(m_bob->map(name)));
    QTRY_COMPARE(map.subscriptionState(), State::Established);
    QVERIFY(map.error().isNull());
    map.close();
}

void tst_Declared::writingTheModeTriesAgain()
{
    SyncMap map;
    const ModelCheck check(&map);
    map.setMode(SyncClient::OpenMode::OpenExisting);
    map.setClient(m_alice.get());
    map.setUniqueName(freshName());
    QTRY_COMPARE(map.status(), Status::Failed);
    map.setMode(SyncClient::OpenMode::OpenOrCreate);
    QTRY_COMPARE(map.status(), Status::Ready);
    map.close();
}

void tst_Declared::writingTheNameTriesAgain()
{
    const QString name = freshName();
    SyncMap map;
    const ModelCheck check(&map);
    map.setMode(SyncClient::OpenMode::OpenExisting);
    map.setClient(m_alice.get());
    map.setUniqueName(name);
    QTRY_COMPARE(map.status(), Status::Failed);
    QVERIFY(valueOfCall(m_bob->map(name)));
    map.setUniqueName(name);
    QTRY_COMPARE(map.status(), Status::Ready);
    const QString sid = map.sid();
    map.setUniqueName(name); // nothing, as it is open
    QCOMPARE(map.status(), Status::Ready);
    QCOMPARE(map.sid(), sid);
    map.close();
}

void tst_Declared::openedByTheClientKnowsItsName()
{
    const QString name = freshName();
    SyncMap *const map = valueOfCall(m_alice->map(name));
    SyncMap *const nameless = valueOfCall(m_alice->map());
    QVERIFY(map && nameless);
    const QString sid = nameless->sid();
    map->setClient(m_bob.get());
    nameless->setClient(m_bob.get());
    QTRY_COMPARE(map->status(), Status::Ready);
    QTRY_COMPARE(nameless->status(), Status::Ready);
    QCOMPARE(map->uniqueName(), name);
    QCOMPARE(nameless->sid(), sid);
}

// A SID that nothing has is no name for something new.
void tst_Declared::noneIsMadeUnderASid()
{
    SyncMap map;
    const ModelCheck check(&map);
    map.setClient(m_alice.get());
    map.setSid(u"MP00000000000000000000000000000000"_s);
    QTRY_COMPARE(map.status(), Status::Failed);
    QCOMPARE(map.error().status(), 404);
}

QTEST_GUILESS_MAIN(tst_Declared)
#include "tst_declared.moc"
