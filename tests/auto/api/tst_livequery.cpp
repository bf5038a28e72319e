#include "server/net/gateway.h"
#include "server/net/hub.h"
#include "shared/clientfixture.h"
#include "TwilioSync/api/syncinstantquery.h"
#include "TwilioSync/api/synclivequery.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qrandom.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Live and instant queries as an application sees them.
class tst_LiveQuery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase();
    void init();
    void cleanup();
    void findsAndFollows();
    void rolesAndValues();
    void promiseFailsAsTheServiceSays_data();
    void promiseFailsAsTheServiceSays();
    void declared();
    void otherExpressionIsADifferenceOfRows();
    void otherIndexStartsAnew();
    void expressionThatIsNoneFails();
    void lostConnectionIsADifferenceOfRows();
    void handlesShareOneQuery();
    void namesOfOneIndexShareASubscription();
    void endOfTheMap();
    void closeAndReopen();
    void clientGoes();
    void modelGoesInASlot();
    void slotRunsAnEventLoop();
    void randomChanges();
    void instantQuery();
    void instantQueryFails();

private:
    void put(const QString &key, const QVariantMap &value)
    {
        QCOMPARE(textOfError(errorOfCall(m_map->set(key, value))), QString());
    }
    SyncLiveQuery *query(const QString &expression)
    {
        return established(m_client->liveQuery(m_name, expression));
    }
    static QString keys(const SyncLiveQuery &query)
    {
        QStringList keys;
        for (int row = 0; row < query.count(); ++row)
            keys << query.data(query.index(row), SyncLiveQuery::ItemKeyRole).toString();
        return keys.join(u' ');
    }
    void cut(const QString &identity) { m_server->server().gateway()->kick({ .identity = identity }); }
    [[nodiscard]] qsizetype calls(int status) const
    {
        return m_server->server().gateway()->hub().counters().byStatus.value(status);
    }

    std::unique_ptr<ServerFixture> m_server;
    std::unique_ptr<SyncClient> m_client;
    std::unique_ptr<SyncClient> m_others;
    SyncMap *m_map = nullptr;
    QString m_name;
};

void tst_LiveQuery::initTestCase() { QLoggingCategory::setFilterRules(u"twilio.sync.server*=false"_s); }

void tst_LiveQuery::init()
{
    m_server = std::make_unique<ServerFixture>();
    if (!m_server->isEmbedded())
        QSKIP("indexes of another server are not maps");
    QVERIFY2(m_server->start(), qPrintable(m_server->errorText()));
    m_client = makeClient(*m_server);
    m_others = makeClient(*m_server, u"bob"_s);
    m_others->setPaceWrites(false);
    m_name = freshName("index");
    m_map = valueOfCall(m_others->map(m_name));
    QVERIFY(m_map);
}

void tst_LiveQuery::cleanup()
{
    m_client.reset();
    m_others.reset();
    m_server.reset();
}

void tst_LiveQuery::findsAndFollows()
{
    put(u"b"_s, { { u"on"_s, u"yes"_s } });
    put(u"a"_s, { { u"on"_s, u"no"_s } });
    put(u"d"_s, { { u"on"_s, u"yes"_s } });
    SyncLiveQuery *const live = query(u"data.on == \"yes\""_s);
    QVERIFY(live);
    const ModelCheck check(live);
    ModelLog log(live);
    QSignalSpy updated(live, &SyncLiveQuery::itemUpdated);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    QSignalSpy counted(live, &SyncLiveQuery::countChanged);
    QCOMPARE(live->status(), Sync::Status::Ready);
    QCOMPARE(keys(*live), u"b d"_s);
    QVERIFY(live->sid().startsWith("QR"_L1));
    QVERIFY(updated.isEmpty()); // what was there is no event

    put(u"c"_s, { { u"on"_s, u"yes"_s }, { u"n"_s, 1 } }); // comes
    QTRY_COMPARE(updated.size(), 1);
    QCOMPARE(updated.at(0).at(0), u"c"_s);
    QCOMPARE(updated.at(0).at(1).toMap().value(u"n"_s), 1);
    QCOMPARE(keys(*live), u"b c d"_s);
    put(u"a"_s, { { u"on"_s, u"yes"_s } });
    QTRY_COMPARE(keys(*live), u"a b c d"_s);
    put(u"c"_s, { { u"on"_s, u"yes"_s }, { u"n"_s, 2 } }); // changes
    QTRY_COMPARE(live->valueOf(u"c"_s).toMap().value(u"n"_s), 2);
    put(u"b"_s, { { u"on"_s, u"no"_s } }); // leaves
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(removed.at(0).at(0), u"b"_s);
    QCOMPARE(textOfError(errorOfCall(m_map->remove(u"d"_s))), QString());
    QTRY_COMPARE(keys(*live), u"a c"_s);
    put(u"b"_s, { { u"on"_s, u"still not"_s } });
    put(u"z"_s, { { u"on"_s, u"yes"_s } });
    QTRY_COMPARE(keys(*live), u"a c z"_s);
    QCOMPARE(log.take().join(u", "_s),
             u"inserted 1-1, inserted 0-0, changed 2-2 [value], removed 1-1, removed 2-2, inserted 2-2"_s);
    QTRY_COMPARE(updated.size(), 4);
    QCOMPARE(removed.size(), 2);
    QVERIFY(counted.size() >= 1);
}

void tst_LiveQuery::rolesAndValues()
{
    put(u"k"_s, { { u"title"_s, u"one"_s }, { u"n"_s, 7 } });
    SyncLiveQuery live;
    live.setRoleDeclarations(
            { u"title"_s, QVariantMap { { u"name"_s, u"n"_s }, { u"type"_s, u"string"_s } } });
    live.setClient(m_client.get());
    live.setIndexName(m_name);
    QTRY_COMPARE(live.count(), 1);
    const auto names = live.roleNames();
    QList<QByteArray> sorted = names.values();
    std::sort(sorted.begin(), sorted.end());
    QCOMPARE(sorted, (QList<QByteArray> { "display", "itemKey", "n", "title", "value" }));
    const auto read = [&](const QByteArray &name) { return live.data(live.index(0), names.key(name)); };
    QCOMPARE(read("itemKey"), u"k"_s);
    QCOMPARE(read("title"), u"one"_s);
    QCOMPARE(read("n"), u"7"_s);
    QCOMPARE(read("display"), u"one"_s);
    QCOMPARE(read("value").toMap().value(u"n"_s), 7);
    QCOMPARE(live.valueAt(0), read("value"));
    QCOMPARE(live.rowOf(u"k"_s), 0);
    QCOMPARE(live.rowOf(u"none"_s), -1);
    QVERIFY(!live.valueOf(u"none"_s).isValid());
    QCOMPARE(live.getItems(), (QVariantMap { { u"k"_s, read("value") } }));
    QVERIFY(!live.data(live.index(0), SyncLiveQuery::RevisionRole).isValid());
    ModelLog log(&live);
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"valueRoles: expected names other"_s));
    live.setValueRoles({ u"value"_s });
    QCOMPARE(log.take(), QStringList { u"reset"_s });
    QVERIFY(live.error().message().contains(u"valueRoles"));
}

void tst_LiveQuery::promiseFailsAsTheServiceSays_data()
{
    QTest::addColumn<QString>("index");
    QTest::addColumn<QString>("expression");
    QTest::addColumn<QString>("expected");
    QTest::newRow("no index") << u"none"_s << QString() << u"Invalid index name (400, 54502)"_s;
    QTest::newRow("empty index") << QString() << QString()
                                 << u"indexName: expected a name, got an empty string (0, 0)"_s;
    QTest::newRow("no expression")
            << QString() + u"*"_s << u"data.a == b"_s
            << u"Invalid query: at character 11: expected a value in double quotes, found 'b' (400, 54507)"_s;
}

void tst_LiveQuery::promiseFailsAsTheServiceSays()
{
    QFETCH(QString, index);
    QFETCH(QString, expression);
    QFETCH(QString, expected);
    index.replace(u'*', m_name);
    QCOMPARE(textOfError(errorOfCall(m_client->liveQuery(index, expression))), expected);
    SyncClient unconnected;
    QCOMPARE(errorOfCall(unconnected.liveQuery(m_name, expression)).message().isEmpty(), false);
}

void tst_LiveQuery::declared()
{
    put(u"k"_s, { { u"on"_s, u"yes"_s } });
    SyncLiveQuery live;
    QSignalSpy statuses(&live, &SyncLiveQuery::statusChanged);
    live.setExpression(u"data.on == \"yes\""_s);
    live.setIndexName(m_name);
    QCOMPARE(live.status(), Sync::Status::Null);
    live.setClient(m_client.get());
    QTRY_COMPARE(live.status(), Sync::Status::Ready);
    QCOMPARE(keys(live), u"k"_s);
    QTRY_COMPARE(live.subscriptionState(), Sync::SubscriptionState::Established);
    QVERIFY(statuses.size() >= 1);

    // A client that has no token yet is waited for.
    SyncClient late;
    late.setUrl(m_server->url());
    SyncLiveQuery early;
    early.setIndexName(m_name);
    early.setClient(&late);
    QTRY_COMPARE(early.status(), Sync::Status::Null);
    late.setToken(m_server->token(u"late"_s));
    QTRY_COMPARE(early.count(), 1);
}

void tst_LiveQuery::otherExpressionIsADifferenceOfRows()
{
    for (int i = 0; i < 6; ++i)
        put(QString::number(i),
            { { u"even"_s, QString::number(i % 2 == 0) }, { u"big"_s, QString::number(i >= 3) } });
    SyncLiveQuery *const live = query(u"data.even == \"1\""_s);
    QVERIFY(live);
    const ModelCheck check(live);
    ModelLog log(live);
    QSignalSpy updated(live, &SyncLiveQuery::itemUpdated);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    QCOMPARE(keys(*live), u"0 2 4"_s);
    live->setExpression(u"data.big == \"1\""_s);
    QCOMPARE(keys(*live), u"0 2 4"_s); // until there is an answer
    QTRY_COMPARE(keys(*live), u"3 4 5"_s);
    QCOMPARE(live->status(), Sync::Status::Ready);
    QCOMPARE(log.take().join(u", "_s), u"inserted 3-3, inserted 2-2, removed 0-1"_s);
    // Twice in one turn is once.
    live->setExpression(u"data.even == \"9\""_s);
    live->setExpression(QString());
    QTRY_COMPARE(keys(*live), u"0 1 2 3 4 5"_s);
    put(u"6"_s, {});
    QTRY_COMPARE(updated.size(), 1); // of the query that is followed now, and only that
    QCOMPARE(updated.at(0).at(0), u"6"_s);
    QVERIFY(removed.isEmpty());
}

void tst_LiveQuery::otherIndexStartsAnew()
{
    put(u"k"_s, {});
    SyncLiveQuery *const live = query({});
    QVERIFY(live);
    QCOMPARE(live->count(), 1);
    const QString second = freshName("second");
    SyncMap *const map = valueOfCall(m_others->map(second));
    QCOMPARE(textOfError(errorOfCall(map->set(u"x"_s, {}))), QString());
    live->setIndexName(second);
    QCOMPARE(live->count(), 0);
    QTRY_COMPARE(keys(*live), u"x"_s);
}

void tst_LiveQuery::expressionThatIsNoneFails()
{
    put(u"k"_s, {});
    SyncLiveQuery *const live = query({});
    QVERIFY(live);
    live->setExpression(u"nonsense"_s);
    QTRY_COMPARE(live->status(), Sync::Status::Failed);
    QCOMPARE(live->error().code(), 54507);
    QCOMPARE(live->count(), 0);
    live->setExpression(u"key == \"k\""_s);
    QTRY_COMPARE(live->status(), Sync::Status::Ready);
    QVERIFY(live->error().isNull());
    QCOMPARE(live->count(), 1);
}

void tst_LiveQuery::lostConnectionIsADifferenceOfRows()
{
    for (const char *const key : { "a", "b", "c" })
        put(QString::fromLatin1(key), { { u"on"_s, u"yes"_s } });
    SyncLiveQuery *const live = query(u"data.on == \"yes\""_s);
    QVERIFY(live);
    const ModelCheck check(live);
    ModelLog log(live);
    QSignalSpy updated(live, &SyncLiveQuery::itemUpdated);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    m_client->goOffline();
    QTRY_COMPARE(m_client->connectionState(), SyncClient::ConnectionState::Disconnected);
    QCOMPARE(keys(*live), u"a b c"_s);
    QCOMPARE(live->status(), Sync::Status::Ready);
    put(u"b"_s, { { u"on"_s, u"no"_s } });
    put(u"c"_s, { { u"on"_s, u"yes"_s }, { u"n"_s, 1 } });
    put(u"d"_s, { { u"on"_s, u"yes"_s } });
    m_client->goOnline();
    QTRY_COMPARE(keys(*live), u"a c d"_s);
    QTRY_COMPARE(updated.size(), 2);
    QCOMPARE(removed.size(), 1);
    QCOMPARE(log.take().join(u", "_s), u"removed 1-1, changed 1-1 [value], inserted 2-2"_s);
    QTRY_COMPARE(live->subscriptionState(), Sync::SubscriptionState::Established);
    put(u"e"_s, { { u"on"_s, u"yes"_s } });
    QTRY_COMPARE(keys(*live), u"a c d e"_s);

    cut(u"alice"_s);
    put(u"a"_s, { { u"on"_s, u"no"_s } });
    QTRY_COMPARE_WITH_TIMEOUT(keys(*live), u"c d e"_s, wireTimeout);
}

void tst_LiveQuery::handlesShareOneQuery()
{
    put(u"k"_s, {});
    SyncLiveQuery *const first = query({});
    QVERIFY(first);
    const qsizetype before = calls(200);
    SyncLiveQuery *const second = query({});
    QVERIFY(second && second != first);
    QCOMPARE(keys(*second), u"k"_s);
    QCOMPARE(calls(200), before); // nothing was asked
    delete first;
    put(u"l"_s, {});
    QTRY_COMPARE(second->count(), 2);
    second->close();
    QTRY_COMPARE(calls(200), before + 1); // the end of the subscription
}

void tst_LiveQuery::namesOfOneIndexShareASubscription()
{
    put(u"k"_s, {});
    SyncLiveQuery *const byName = query({});
    SyncLiveQuery *const bySid = established(m_client->liveQuery(m_map->sid(), {}));
    QVERIFY(byName && bySid);
    QCOMPARE(byName->sid(), bySid->sid());
    put(u"l"_s, {});
    QTRY_COMPARE(byName->count(), 2);
    QTRY_COMPARE(bySid->count(), 2);
    byName->close();
    put(u"m"_s, {});
    QTRY_COMPARE(bySid->count(), 3);
    QCOMPARE(byName->count(), 0);
}

void tst_LiveQuery::endOfTheMap()
{
    put(u"k"_s, {});
    SyncLiveQuery *const live = query({});
    QVERIFY(live);
    QSignalSpy removed(live, &SyncLiveQuery::itemRemoved);
    QCOMPARE(textOfError(errorOfCall(m_map->removeMap())), QString());
    QTRY_COMPARE(removed.size(), 1);
    QCOMPARE(live->count(), 0);
    // With the next session there is no such index.
    cut(u"alice"_s);
    QTRY_COMPARE_WITH_TIMEOUT(live->status(), Sync::Status::Failed, wireTimeout);
    QCOMPARE(live->error().code(), 54502);
    SyncMap *const again = valueOfCall(m_others->map(m_name));
    QCOMPARE(textOfError(errorOfCall(again->set(u"new"_s, {}))), QString());
    live->reopen();
    QTRY_COMPARE(keys(*live), u"new"_s);
}

void tst_LiveQuery::closeAndReopen()
{
    put(u"k"_s, {});
    SyncLiveQuery *const live = query({});
    QVERIFY(live);
    const ModelCheck check(live);
    live->close();
    QCOMPARE(live->status(), Sync::Status::Closed);
    QCOMPARE(live->count(), 0);
    live->reopen();
    QTRY_COMPARE(live->status(), Sync::Status::Ready);
    QCOMPARE(live->count(), 1);
}

void tst_LiveQuery::clientGoes()
{
    put(u"k"_s, {});
    SyncLiveQuery live;
    live.setClient(m_client.get());
    live.setIndexName(m_name);
    QTRY_COMPARE(live.count(), 1);
    QSignalSpy clients(&live, &SyncLiveQuery::clientChanged);
    const auto pending = m_client->liveQuery(m_name, u"key == \"x\""_s);
    m_client.reset();
    QCOMPARE(live.status(), Sync::Status::Closed);
    QCOMPARE(live.count(), 0);
    QVERIFY(!live.client());
    QCOMPARE(errorOfCall(pending).message(), u"client destroyed"_s);
    QTRY_COMPARE(clients.size(), 1);
}

void tst_LiveQuery::modelGoesInASlot()
{
    put(u"k"_s, {});
    auto *const live = new SyncLiveQuery;
    live->setClient(m_client.get());
    live->setIndexName(m_name);
    connect(live, &QAbstractItemModel::rowsInserted, this, [live] { delete live; });
    const QPointer guard(live);
    QTRY_VERIFY(!guard);
    SyncLiveQuery *const other = query({});
    QVERIFY(other);
    QCOMPARE(other->count(), 1);
}

// What comes meanwhile is shown once the rows are told, and the model's rules hold.
void tst_LiveQuery::slotRunsAnEventLoop()
{
    put(u"b"_s, {});
    SyncLiveQuery *const live = query({});
    QVERIFY(live);
    const ModelCheck check(live);
    bool isFirst = true;
    connect(live, &QAbstractItemModel::rowsAboutToBeInserted, this, [this, first = &isFirst] {
        if (!std::exchange(*first, false))
            return;
        put(u"a"_s, {});
        put(u"d"_s, {});
    });
    put(u"c"_s, {});
    QTRY_COMPARE(keys(*live), u"a b c d"_s);
}

void tst_LiveQuery::randomChanges()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    SyncLiveQuery *const live = query(u"data.on == \"yes\""_s);
    QVERIFY(live);
    const ModelCheck check(live);
    QMap<QString, QVariantMap> shown; // what the signals say
    connect(live, &SyncLiveQuery::itemUpdated, this,
            [all = &shown](const QString &key, const QVariantMap &value) { (*all)[key] = value; });
    connect(live, &SyncLiveQuery::itemRemoved, this,
            [all = &shown](const QString &key) { all->remove(key); });
    QMap<QString, QVariantMap> truth;
    for (int i = 0; i < 300; ++i) {
        const QString key = QString::number(random.bounded(20));
        if (random.bounded(4) == 0 && truth.contains(key)) {
            QCOMPARE(textOfError(errorOfCall(m_map->remove(key))), QString());
            truth.remove(key);
        } else {
            truth[key] = { { u"on"_s, random.bounded(2) == 0 ? u"yes"_s : u"no"_s }, { u"n"_s, i } };
            put(key, truth[key]);
        }
        if (random.bounded(60) == 0)
            cut(u"alice"_s);
    }
    QMap<QString, QVariantMap> expected;
    for (auto it = truth.cbegin(); it != truth.cend(); ++it)
        if (it->value(u"on"_s) == u"yes"_s)
            expected.insert(it.key(), it.value());
    const auto rows = [&] {
        QMap<QString, QVariantMap> values;
        for (int row = 0; row < live->count(); ++row)
            values.insert(live->data(live->index(row), SyncLiveQuery::ItemKeyRole).toString(),
                          live->valueAt(row).toMap());
        return values;
    };
    QTRY_COMPARE_WITH_TIMEOUT(rows(), expected, wireTimeout);
    QTRY_COMPARE(shown, expected);
    QCOMPARE(keys(*live), QStringList(expected.keyBegin(), expected.keyEnd()).join(u' '));
}

void tst_LiveQuery::instantQuery()
{
    put(u"a"_s, { { u"n"_s, 1 } });
    put(u"b"_s, { { u"n"_s, 2 } });
    SyncInstantQuery *const search = valueOfCall(m_client->instantQuery(m_name));
    QVERIFY(search);
    QCOMPARE(search->indexName(), m_name);
    QSignalSpy results(search, &SyncInstantQuery::searchResult);
    QCOMPARE(errorOfCall(search->subscribe()).code(), 54507); // nothing has been searched for
    const QVariantMap found = valueOfCall(search->search(u"data.n == \"2\""_s));
    QCOMPARE(found, (QVariantMap { { u"b"_s, QVariantMap { { u"n"_s, 2 } } } }));
    QCOMPARE(results.size(), 1);
    QCOMPARE(results.at(0).at(0).toMap(), found);
    QCOMPARE(search->getItems(), found);
    SyncLiveQuery *const live = valueOfCall(search->subscribe());
    QVERIFY(live);
    QCOMPARE(keys(*live), u"b"_s);
    QCOMPARE(live->expression(), u"data.n == \"2\""_s);
    QCOMPARE(valueOfCall(search->search(QString())).keys(), (QStringList { u"a"_s, u"b"_s }));
}

void tst_LiveQuery::instantQueryFails()
{
    SyncInstantQuery search;
    QCOMPARE(errorOfCall(search.search({})).message(), u"query: no client has been set"_s);
    search.setClient(m_client.get());
    QCOMPARE(errorOfCall(search.search({})).message(), u"indexName: expected a name, got an empty string"_s);
    search.setIndexName(m_name);
    QVERIFY(errorOfCall(search.search({})).isNull());
    QCOMPARE(errorOfCall(search.search(u"("_s)).code(), 54507);
    QCOMPARE(errorOfCall(search.subscribe()).code(), 54507); // the last search has failed
    QVERIFY(errorOfCall(m_client->instantQuery(QString())).message().contains(u"indexName"));
}

QTEST_GUILESS_MAIN(tst_LiveQuery)
#include "tst_livequery.moc"
