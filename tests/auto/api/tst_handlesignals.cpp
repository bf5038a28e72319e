#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include "shared/clientfixture.h"
#include "shared/listcontext.h"

#include <QtCore/qmetaobject.h>
#include <QtCore/qregularexpression.h>
#include <QtCore/qtemporarydir.h>

#include <algorithm>
#include <array>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Does something the first time its slot is called.
class Trap : public QObject
{
    Q_OBJECT

public:
    void set(QObject *sender, const QMetaMethod &signal, const std::function<void()> &action)
    {
        m_action = action;
        static const int slot = staticMetaObject.indexOfSlot("spring()");
        connect(sender, signal, this, staticMetaObject.method(slot));
    }
    [[nodiscard]] bool isSprung() const { return m_sprung; }

public Q_SLOTS:
    void spring()
    {
        if (!std::exchange(m_sprung, true))
            m_action();
    }

private:
    std::function<void()> m_action;
    bool m_sprung = false;
};

namespace {

//! What a scenario plays with: the object under test is alice's, and bob edits the same one.
struct Stage
{
    const ServerFixture &server;
    std::unique_ptr<SyncClient> alice;
    std::unique_ptr<SyncClient> bob;
    std::unique_ptr<QObject> object;
    Trap trap = {};

    template <typename T>
    [[nodiscard]] T *as() const
    {
        return static_cast<T *>(object.get());
    }
    void wait(const std::function<bool()> &condition) const
    {
        waitFor([&] { return trap.isSprung() || condition(); });
        if (!trap.isSprung())
            QVERIFY(condition());
    }
    //! Takes the steps until the trap is sprung: there may be nobody left then to take the next one.
    void play(const QList<std::function<void()>> &steps) const
    {
        for (const auto &step : steps) {
            if (!trap.isSprung())
                step();
        }
    }
};

SyncValue number(int n) { return { { u"n"_s, n } }; }

template <typename T>
QList<std::function<void()>> openingOf(Stage &stage, const QString &name)
{
    T *const handle = stage.as<T>();
    const auto established = [&stage, handle] {
        stage.wait([&] { return handle->subscriptionState() == Sync::SubscriptionState::Established; });
    };
    return { [&stage, handle] { handle->setClient(stage.alice.get()); },
             [handle] { handle->setMode(SyncClient::OpenMode::OpenExisting); },
             [handle] { handle->setCreationTtl(60); },
             [handle] { handle->setOrderedWrites(true); },
             [handle] { handle->setOptimistic(true); },
             [handle] { handle->setAutoReopen(true); },
             [handle] { handle->setWaitForIt(true); },
             [handle] { handle->setAutoReopen(false); },
             [handle] { handle->setWaitForIt(false); },
             [handle, name] { handle->setUniqueName(name); },
             established,
             [handle] { handle->close(); }, // and again from the cache
             [handle] { handle->reopen(); },
             established,
             [handle] { handle->setTtl(60); },
             [&stage, handle] { stage.wait([&] { return handle->dateExpires().isValid(); }); } };
}

//! The end of every scenario: a name that nothing has, and nobody holds the object any more.
template <typename T>
QList<std::function<void()>> closingOf(Stage &stage)
{
    T *const handle = stage.as<T>();
    return { [&stage, handle] { stage.wait([&] { return handle->status() == Sync::Status::Removed; }); },
             [handle] { handle->setUniqueName(freshName()); },
             [&stage, handle] { stage.wait([&] { return handle->status() == Sync::Status::Failed; }); },
             [] { QCoreApplication::processEvents(); }, // it is told in a turn of its own
             [handle] { handle->setSid(u"XX"_s); },
             [handle] { handle->close(); } };
}

void playDocument(Stage &stage)
{
    const QString name = freshName();
    SyncDocument *const theirs = valueOfCall(stage.bob->document(name));
    auto *const mine = stage.as<SyncDocument>();
    stage.play(openingOf<SyncDocument>(stage, name)
               + QList<std::function<void()>> { [&] { mine->set(number(1)); },
                                                [&] { valueOfCall(theirs->set(number(2))); },
                                                [&] { theirs->removeDocument(); } }
               + closingOf<SyncDocument>(stage));
}

template <typename T>
QList<std::function<void()>> collectionSteps(Stage &stage)
{
    T *const mine = stage.as<T>();
    const auto loaded = [&stage, mine] {
        stage.wait([&] { return mine->isComplete() && mine->count() == 3; });
    };
    return {
        loaded,
        [mine] { mine->setOrder(Qt::DescendingOrder); },
        loaded,
        [mine] { mine->setValueRoles({ u"n"_s }); },
        [mine] { mine->setData(mine->index(0), QString(20'000, u'x'), T::FirstFieldRole); },
        [&stage, mine] { stage.wait([&] { return mine->pendingWrites() == 0; }); },
        [mine] { mine->setData(mine->index(0), 7, T::FirstFieldRole); },
        [&stage, mine] { stage.wait([&] { return mine->pendingWrites() == 0; }); },
    };
}

template <typename T>
QList<std::function<void()>> collectionOpening(Stage &stage, const QString &name)
{
    T *const mine = stage.as<T>();
    return QList<std::function<void()>> { [mine] { mine->setPageSize(2); },
                                          [mine] { mine->setLoadAll(true); },
                                          [mine] { mine->setMaximumCount(3); } }
    + openingOf<T>(stage, name) + collectionSteps<T>(stage);
}

void playList(Stage &stage)
{
    const QString name = freshName();
    SyncList *const theirs = valueOfCall(stage.bob->list(name));
    for (int i = 0; i < 3; ++i)
        valueOfCall(theirs->push(number(i)));
    auto *const mine = stage.as<SyncList>();
    stage.play(collectionOpening<SyncList>(stage, name)
               + QList<std::function<void()>> {
                       [&] { QVERIFY(setListContext(*theirs, R"({"n":1})")); },
                       [&] { stage.wait([&] { return !mine->context().isEmpty(); }); },
                       [&] { valueOfCall(theirs->push(number(4))); },
                       [&] { valueOfCall(theirs->update(0, number(5))); },
                       [&] { errorOfCall(theirs->remove(1)); }, [&] { theirs->removeList(); } }
               + closingOf<SyncList>(stage));
}

void playMap(Stage &stage)
{
    const QString name = freshName();
    SyncMap *const theirs = valueOfCall(stage.bob->map(name));
    for (int i = 0; i < 3; ++i)
        valueOfCall(theirs->set(QString::number(i), number(i)));
    stage.play(collectionOpening<SyncMap>(stage, name)
               + QList<std::function<void()>> { [&] { valueOfCall(theirs->set(u"11"_s, number(4))); },
                                                [&] { valueOfCall(theirs->update(u"0"_s, number(5))); },
                                                [&] { errorOfCall(theirs->remove(u"1"_s)); },
                                                [&] { theirs->removeMap(); } }
               + closingOf<SyncMap>(stage));
}

void playStream(Stage &stage)
{
    const QString name = freshName();
    SyncStream *const theirs = valueOfCall(stage.bob->stream(name));
    auto *const mine = stage.as<SyncStream>();
    stage.play(openingOf<SyncStream>(stage, name)
               + QList<std::function<void()>> { [&] { mine->publishMessage(number(1)); },
                                                [&] { valueOfCall(theirs->publishMessage(number(2))); },
                                                [&] { theirs->removeStream(); } }
               + closingOf<SyncStream>(stage));
}

//! What a client of before has made of a value, in \a folder, is of another by now.
void leaveConflict(const Stage &stage, const QString &folder)
{
    const QString name = freshName();
    SyncList *const theirs = valueOfCall(stage.bob->list(name));
    valueOfCall(theirs->push(number(0)));
    const auto before = makeClient(stage.server);
    before->setCachePath(folder);
    before->setPersistentWrites(true);
    SyncList *const list = valueOfCall(before->list(name));
    waitFor([list] { return list->count() == 1; });
    before->goOffline();
    list->mutate(0, [](const SyncValue &) { return number(1); });
    const auto isKept = [outbox = before->outbox()] {
        return outbox->index(0).data(SyncOutbox::StateRole)
                == QVariant::fromValue(SyncOutbox::State::Waiting);
    };
    waitFor(isKept);
    QVERIFY(isKept());
    valueOfCall(theirs->set(0, number(2)));
}

void playClient(Stage &stage)
{
    auto *const client = stage.as<SyncClient>();
    const auto state = [client](SyncClient::ConnectionState awaited) {
        return [client, awaited] { return client->connectionState() == awaited; };
    };
    SyncLimits limits;
    limits.queuedRequests = 1000;
    const QTemporaryDir folder;
    leaveConflict(stage, folder.path());
    stage.play({ [&] { client->setCachePath(folder.path()); },
                 [&] { client->setMaximumCacheSize(1'000'000); },
                 [&] { client->setPersistentWrites(true); },
                 [&] { client->setMaximumWriteAge(3600); },
                 [&] { client->setRegion(u"us2"_s); },
                 [&] { client->setLimits(limits); },
                 [&] { client->setAllowInsecure(true); },
                 [&] { client->setPaceWrites(false); },
                 [&] { client->setCaFile(u"/nowhere.pem"_s); },
                 [&] { client->setLogLevel(SyncClient::LogLevel::LogSilent); },
                 [&] { client->setLogLevel(SyncClient::LogLevel::LogError); },
                 [&] { client->setUrl(stage.server.url()); },
                 [&] { client->setToken(u"no.such.token"_s); },
                 [&] { stage.wait(state(SyncClient::ConnectionState::Denied)); },
                 [&] { client->setToken(stage.server.token(u"alice"_s, 2)); },
                 [&] { stage.wait(state(SyncClient::ConnectionState::Connected)); },
                 [&] {
                     // The token may be announced as expiring, and the client go for it, while the list
                     // opens.
                     const QPointer<SyncClient> guard(client);
                     const auto opened = outcomeOf(client->list());
                     if (const auto *list = std::get_if<SyncList *>(&opened); list && guard) {
                         (*list)->push(number(1));
                         (*list)->remove(7); // is not there
                     }
                 },
                 [&] { stage.wait([&] { return client->cacheSize() > 0; }); },
                 [&] { stage.wait(state(SyncClient::ConnectionState::Denied)); },
                 [&] { client->shutdown(); } });
}

struct Scenario
{
    const char *name;
    const QMetaObject *meta;
    std::function<std::unique_ptr<QObject>()> make;
    void (*play)(Stage &);
};

const QList<Scenario> &scenarios()
{
    static const QList<Scenario> all {
        { "SyncClient", &SyncClient::staticMetaObject, [] { return std::make_unique<SyncClient>(); },
          playClient },
        { "SyncDocument", &SyncDocument::staticMetaObject, [] { return std::make_unique<SyncDocument>(); },
          playDocument },
        { "SyncList", &SyncList::staticMetaObject, [] { return std::make_unique<SyncList>(); }, playList },
        { "SyncMap", &SyncMap::staticMetaObject, [] { return std::make_unique<SyncMap>(); }, playMap },
        { "SyncStream", &SyncStream::staticMetaObject, [] { return std::make_unique<SyncStream>(); },
          playStream },
    };
    return all;
}

//! Not sent by our models, or sent while Qt itself is at work on the model, which has to live.
bool isQtsOwn(const QByteArray &signal)
{
    constexpr std::array others { "rowsAboutTo", "rowsMoved", "modelAboutTo", "columns",
                                  "header",      "layout",    "destroyed",    "objectName" };
    return std::any_of(others.begin(), others.end(),
                       [&](const char *prefix) { return signal.startsWith(prefix); });
}

} // namespace

//! The sender, or its client, is destroyed by a slot of every signal there is.
class tst_HandleSignals : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void destroyedInsideASignal_data();
    void destroyedInsideASignal();

private:
    ServerFixture m_server;
};

void tst_HandleSignals::initTestCase() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

void tst_HandleSignals::init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }

void tst_HandleSignals::destroyedInsideASignal_data()
{
    QTest::addColumn<int>("scenario");
    QTest::addColumn<QByteArray>("signal");
    QTest::addColumn<bool>("clientGoes");
    for (int i = 0; i < scenarios().size(); ++i) {
        const Scenario &scenario = scenarios().at(i);
        for (int j = 0; j < scenario.meta->methodCount(); ++j) {
            const QMetaMethod method = scenario.meta->method(j);
            const QByteArray signal = method.methodSignature();
            if (method.methodType() != QMetaMethod::Signal || isQtsOwn(signal)
                || scenario.meta->indexOfSignal(signal) != j || method.attributes() & QMetaMethod::Cloned)
                continue;
            if (scenario.meta == &SyncStream::staticMetaObject && signal == "revisionChanged()")
                continue; // streams have none
            const auto add = [&](const char *who, bool clientGoes) {
                QTest::addRow("%s.%s destroys its %s", scenario.name, method.name().constData(), who)
                        << i << signal << clientGoes;
            };
            add("sender", false);
            if (i > 0)
                add("client", true);
        }
    }
}

void tst_HandleSignals::destroyedInsideASignal()
{
    QFETCH(int, scenario);
    QFETCH(QByteArray, signal);
    QFETCH(bool, clientGoes);
    const Scenario &played = scenarios().at(scenario);
    const QTemporaryDir folder;
    Stage stage { m_server, makeClient(m_server), makeClient(m_server, u"bob"_s), played.make() };
    stage.alice->setCachePath(folder.path());
    stage.trap.set(stage.object.get(), played.meta->method(played.meta->indexOfSignal(signal)), [&] {
        if (clientGoes)
            stage.alice.reset();
        else
            stage.object.reset();
    });
    played.play(stage);
    QVERIFY(stage.trap.isSprung());
    // Whatever is on its way still comes, and finds nobody
    valueOfCall(stage.bob->stream());
    if (stage.alice)
        valueOfCall(stage.alice->stream());
    QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete);
}

QTEST_GUILESS_MAIN(tst_HandleSignals)
#include "tst_handlesignals.moc"
