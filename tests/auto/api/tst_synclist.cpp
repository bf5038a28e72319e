#include "TwilioSync/api/synclist.h"

#include "TwilioSync/api/syncpaginator.h"

#include "shared/twoclients.h"

#include <QtCore/qregularexpression.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! A list of the client "bob", who changes what the handle under test shows.
class tst_SyncList : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void opensByNameAndSid();
    void openExistingOfMissingListFails();
    void pushGivesTheItemAndShowsItOnce();
    void valuesAreExact();
    void setUpdateMutateReplaceTheValue();
    void mutatorsMayAbortOrThrow();
    void lostRacesAreRunAgain();
    void defect19_removeReportsOnce();
    void missingItemsReject();
    void wrongArgumentsRejectAtOnce_data();
    void wrongArgumentsRejectAtOnce();
    void remoteChangesReachTheModel();
    void ttlOfListAndItems();
    void defect20_removeListEndsEveryHandle();
    void closeStopsOneHandleOnly();
    void rowsThatGoCanBeReadUntilTheyAreGone_data();
    void rowsThatGoCanBeReadUntilTheyAreGone();
    void defect15_readsPagesBothWays();
    void declaredListOpensByItself();
    void declaredListMovesToAnotherName();
    void valueRolesReadAndWrite();
    void unusableValueRolesAreRefused();
    void refusedWriteBackShowsTheOldValue();

private:
    SyncList *open(SyncClient &client, const QString &name) const
    {
        SyncList *const list = valueOfCall(client.list(name));
        if (list) {
            new ModelCheck(list);
            waitFor([&] { return list->subscriptionState() == Sync::SubscriptionState::Established; });
            waitFor([&] { return list->isComplete() || list->count() > 0; });
        }
        return list;
    }
    static QVariantMap title(const QString &text) { return { { u"title"_s, text } }; }
};

void tst_SyncList::opensByNameAndSid()
{
    const QString name = freshName();
    SyncList *const list = open(*m_alice, name);
    QCOMPARE(list->status(), Sync::Status::Ready);
    QCOMPARE(list->uniqueName(), name);
    QVERIFY(list->sid().startsWith(u"ES"_s));
    QVERIFY(list->dateCreated().isValid() && list->dateUpdated().isValid());
    QVERIFY(!list->dateExpires().isValid() && list->property("dateExpires").isNull());
    QVERIFY(!list->revision().isEmpty());
    QCOMPARE(list->parent(), m_alice.get());

    SyncList *const bySid = valueOfCall(m_bob->list(list->sid()));
    QCOMPARE(bySid->uniqueName(), name);
    SyncList *const again =
            valueOfCall(m_alice->list({ .id = name, .mode = SyncClient::OpenMode::OpenExisting }));
    QCOMPARE(again->sid(), list->sid());
    SyncList *const nameless = valueOfCall(m_alice->list());
    QVERIFY(nameless->uniqueName().isEmpty() && nameless->sid() != list->sid());
    SyncList *const limited = valueOfCall(m_alice->list({ .id = freshName(), .ttl = 3600 }));
    QVERIFY(limited->dateExpires().isValid());
}

void tst_SyncList::openExistingOfMissingListFails()
{
    const auto error =
            errorOfCall(m_alice->list({ .id = freshName(), .mode = SyncClient::OpenMode::OpenExisting }));
    QCOMPARE(textOfError(error), u"Unique name not found (404, 54300)"_s);
    QCOMPARE(m_alice->connectionState(), SyncClient::ConnectionState::Connected);
    QCOMPARE(m_alice->findChildren<SyncList *>().size(), 0);
}

void tst_SyncList::pushGivesTheItemAndShowsItOnce()
{
    SyncList *const list = open(*m_alice, freshName());
    const ModelLog log(list);
    QSignalSpy added(list, &SyncList::itemAdded);
    QVERIFY(added.isValid());
    const SyncListItem item = valueOfCall(list->push(title(u"milk"_s), { .ttl = 3600 }));
    QCOMPARE(item.index(), 0);
    QCOMPARE(item.value(), title(u"milk"_s));
    QVERIFY(item.dateExpires().isValid() && item.dateCreated().isValid() && !item.revision().isEmpty());
    QCOMPARE(valueOfCall(list->push(title(u"eggs"_s))).index(), 1);

    // What bob sees is what alice's echoes were, and they changed nothing.
    SyncList *const other = open(*m_bob, list->sid());
    valueOfCall(other->push(title(u"tea"_s)));
    QTRY_COMPARE(list->count(), 3);
    QCOMPARE(log.lines(), QStringList({ u"inserted 0-0"_s, u"inserted 1-1"_s, u"inserted 2-2"_s }));
    QTRY_COMPARE(added.size(), 3);
    QCOMPARE(added.at(0).at(1).toBool(), true);
    QCOMPARE(added.at(2).at(1).toBool(), false);
    QCOMPARE(added.at(2).at(0).value<SyncListItem>().value(), title(u"tea"_s));
    QCOMPARE(list->dateUpdated(), added.at(2).at(0).value<SyncListItem>().dateUpdated());
}

void tst_SyncList::valuesAreExact()
{
    const QByteArray json =
            R"({"z":9007199254740993,"a":1.50,"n":null,"text":"\u00fc \ud83d\ude00","o":{"b":[],"a":{}}})";
    SyncList *const list = open(*m_alice, freshName());
    SyncList *const other = open(*m_bob, list->sid());
    QCOMPARE(valueOfCall(list->push(SyncValue::fromJson(json))).json(), json);
    QTRY_COMPARE(other->count(), 1);
    QCOMPARE(valueOfCall(other->get(0)).json(), json);
    const QVariantMap value = other->valueAt(0).toMap();
    QCOMPARE(value.value(u"z"_s).toLongLong(), 9007199254740993);
    QVERIFY(value.contains(u"n"_s) && value.value(u"n"_s).isNull());
}

void tst_SyncList::setUpdateMutateReplaceTheValue()
{
    SyncList *const list = open(*m_alice, freshName());
    valueOfCall(list->push({ { u"title"_s, u"milk"_s }, { u"count"_s, 1 } }));
    const ModelLog log(list);
    QSignalSpy updated(list, &SyncList::itemUpdated);

    QCOMPARE(valueOfCall(list->update(0, { { u"count"_s, 2 } })).json(), R"({"count":2,"title":"milk"})");
    QCOMPARE(valueOfCall(list->set(0, { { u"count"_s, 5 } })).json(), R"({"count":5})");
    passAMillisecond();
    const auto add = [](QVariantMap value) {
        value[u"count"_s] = value.value(u"count"_s).toInt() + 1;
        return value;
    };
    QCOMPARE(valueOfCall(list->mutate(0, add)).json(), R"({"count":6})");
    QTRY_COMPARE(log.lines().size(), 3);
    QCOMPARE(log.lines().at(2), u"changed 0-0 [dateUpdated revision value]"_s);
    QCOMPARE(updated.size(), 3);
    QCOMPARE(updated.at(2).at(1).toBool(), true);
    QCOMPARE(updated.at(2).at(2).toMap(), QVariantMap({ { u"count"_s, 5 } }));
    QCOMPARE(list->pendingWrites(), 0);
}

void tst_SyncList::mutatorsMayAbortOrThrow()
{
    SyncList *const list = open(*m_alice, freshName());
    const SyncListItem item = valueOfCall(list->push(title(u"milk"_s)));
    const QString before = item.revision();
    const SyncListItem kept = valueOfCall(
            list->mutate(0, [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; }));
    QCOMPARE(kept.revision(), before);
    QCOMPARE(kept.value(), title(u"milk"_s));
    QCOMPARE(errorOfCall(list->mutate(0,
                                      [](const SyncValue &) -> SyncValue {
                                          throw std::runtime_error("not today");
                                      }))
                     .message(),
             u"not today"_s);
    QCOMPARE(textOfError(errorOfCall(list->mutate(0,
                                                  [](const SyncValue &) -> SyncValue {
                                                      throw SyncException(SyncError(u"full"_s, 418, 7));
                                                  }))),
             u"full (418, 7)"_s);
    QCOMPARE(valueOfCall(list->get(0)).revision(), before);
}

void tst_SyncList::lostRacesAreRunAgain()
{
    SyncList *const list = open(*m_alice, freshName());
    SyncList *const other = open(*m_bob, list->sid());
    valueOfCall(list->push({ { u"n"_s, 0 } }));
    const auto add = [](const QVariantMap &value) {
        return QVariantMap { { u"n"_s, value.value(u"n"_s).toInt() + 1 } };
    };
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < 10; ++i) {
        calls.append(list->mutate(0, add));
        calls.append(other->mutate(0, add));
    }
    QCOMPARE(list->pendingWrites(), 10);
    for (const auto &call : std::as_const(calls))
        valueOfCall(call);
    QTRY_COMPARE(list->valueAt(0).toMap().value(u"n"_s).toInt(), 20);
    QTRY_COMPARE(other->valueAt(0).toMap().value(u"n"_s).toInt(), 20);
    QCOMPARE(m_alice->pendingWrites(), 0);
}

void tst_SyncList::defect19_removeReportsOnce()
{
    SyncList *const list = open(*m_alice, freshName());
    SyncList *const other = open(*m_bob, list->sid());
    for (const auto *text : { "a", "b", "c" })
        valueOfCall(list->push(title(QString::fromLatin1(text))));
    QTRY_COMPARE(other->count(), 3);
    const ModelLog log(list);
    QSignalSpy removed(list, &SyncList::itemRemoved);
    QSignalSpy removedThere(other, &SyncList::itemRemoved);
    QVERIFY(errorOfCall(list->remove(1)).isNull());
    QVERIFY(errorOfCall(other->remove(0)).isNull());
    QTRY_COMPARE(list->count(), 1);
    QTRY_COMPARE(removedThere.size(), 2);
    valueOfCall(other->push(title(u"after"_s)));
    QTRY_COMPARE(list->count(), 2);
    QCOMPARE(removed.size(), 2);
    QCOMPARE(removed.at(0), QVariantList({ 1, true, title(u"b"_s) }));
    QCOMPARE(removed.at(1), QVariantList({ 0, false, title(u"a"_s) }));
    QCOMPARE(log.lines(), QStringList({ u"removed 1-1"_s, u"removed 0-0"_s, u"inserted 1-1"_s }));
    QCOMPARE(list->rowOf(2), 0);
    QCOMPARE(list->rowOf(0), -1);
}

void tst_SyncList::missingItemsReject()
{
    SyncList *const list = open(*m_alice, freshName());
    QCOMPARE(textOfError(errorOfCall(list->get(7))), u"No item with index 7 found (404, 54151)"_s);
    QCOMPARE(textOfError(errorOfCall(list->remove(7))), u"No item with index 7 found (404, 54151)"_s);
    QCOMPARE(textOfError(errorOfCall(list->set(7, {}))), u"No item with index 7 found (404, 54151)"_s);
    QCOMPARE(textOfError(errorOfCall(list->update(7, {}))), u"No item with index 7 found (404, 54151)"_s);
    QCOMPARE(textOfError(errorOfCall(list->setItemTtl(7, 5))), u"No item with index 7 found (404, 54151)"_s);
    QCOMPARE(list->status(), Sync::Status::Ready);
    valueOfCall(list->push({}));
    QVERIFY(errorOfCall(list->remove(0)).isNull());
    QCOMPARE(errorOfCall(list->get(0)).code(), 54151);
}

void tst_SyncList::wrongArgumentsRejectAtOnce_data()
{
    QTest::addColumn<std::function<QFuture<SyncListItem>(SyncList *)>>("call");
    QTest::addColumn<QString>("message");
    using Call = std::function<QFuture<SyncListItem>(SyncList *)>;
    QTest::newRow("array") << Call([](SyncList *list) { return list->push(SyncValue::fromJson("[1]")); })
                           << u"value: expected a JSON object, got an array"_s;
    QTest::newRow("broken") << Call([](SyncList *list) {
        return list->push(SyncValue::fromJson("{"));
    }) << u"value: expected a JSON object, got malformed JSON: unterminated object at byte 1"_s;
    QTest::newRow("index") << Call([](SyncList *list) { return list->get(-1); })
                           << u"itemIndex: expected 0 or more, got -1"_s;
    QTest::newRow("ttl") << Call([](SyncList *list) { return list->push({}, { .ttl = -1 }); })
                         << u"ttl: expected 0 to 31536000 seconds, got -1"_s;
    QTest::newRow("fields") << Call([](SyncList *list) { return list->update(0, SyncValue::fromJson("3")); })
                            << u"fields: expected a JSON object, got a number"_s;
    QTest::newRow("mutator") << Call([](SyncList *list) { return list->mutate(0, Mutator()); })
                             << u"mutator: expected a function, got nothing"_s;
}

void tst_SyncList::wrongArgumentsRejectAtOnce()
{
    using Call = std::function<QFuture<SyncListItem>(SyncList *)>;
    QFETCH(Call, call);
    QFETCH(QString, message);
    SyncList *const list = open(*m_alice, freshName());
    const auto future = call(list);
    QVERIFY(future.isFinished());
    QCOMPARE(errorOfCall(future).message(), message);
    QVERIFY(errorOfCall(m_alice->list({ .id = u"x"_s, .ttl = maxTtlSeconds + 1 }))
                    .message()
                    .startsWith(u"ttl:"_s));
    QVERIFY(errorOfCall(m_alice->list({ .mode = SyncClient::OpenMode::OpenExisting }))
                    .message()
                    .startsWith(u"id:"_s));
    QVERIFY(errorOfCall(list->getItems({ .pageSize = 101 })).message().startsWith(u"pageSize:"_s));
}

void tst_SyncList::remoteChangesReachTheModel()
{
    SyncList *const list = open(*m_alice, freshName());
    SyncList *const other = open(*m_bob, list->sid());
    const ModelLog log(list);
    QSignalSpy updated(list, &SyncList::itemUpdated);
    valueOfCall(other->push(title(u"a"_s)));
    valueOfCall(other->push(title(u"b"_s)));
    passAMillisecond();
    valueOfCall(other->set(1, title(u"B"_s)));
    QVERIFY(errorOfCall(other->remove(0)).isNull());
    QTRY_COMPARE(log.lines().size(), 4);
    QCOMPARE(log.lines(),
             QStringList({ u"inserted 0-0"_s, u"inserted 1-1"_s,
                           u"changed 1-1 [dateUpdated revision value]"_s, u"removed 0-0"_s }));
    QCOMPARE(updated.size(), 1);
    QCOMPARE(updated.at(0).at(1).toBool(), false);
    QCOMPARE(updated.at(0).at(2).toMap(), title(u"b"_s));
    QCOMPARE(list->valueAt(0).toMap(), title(u"B"_s));
    QTRY_COMPARE(list->revision(), other->revision());
}

void tst_SyncList::ttlOfListAndItems()
{
    SyncList *const list = open(*m_alice, freshName());
    QSignalSpy expires(list, &SyncList::dateExpiresChanged);
    QVERIFY(errorOfCall(list->setTtl(3600)).isNull());
    QVERIFY(list->dateExpires() > QDateTime::currentDateTimeUtc());
    QTRY_COMPARE(expires.size(), 1);
    QVERIFY(errorOfCall(list->setTtl(0)).isNull());
    QVERIFY(!list->dateExpires().isValid());
    valueOfCall(list->push({}));
    QVERIFY(errorOfCall(list->setItemTtl(0, 60)).isNull());
    QVERIFY(valueOfCall(list->get(0)).dateExpires().isValid());
    // A later write without a ttl keeps it.
    QVERIFY(valueOfCall(list->set(0, title(u"x"_s))).dateExpires().isValid());
    QVERIFY(list->data(list->index(0), SyncList::DateExpiresRole).toDateTime().isValid());
    QVERIFY(errorOfCall(list->setTtl(-2)).message().startsWith(u"ttl:"_s));
}

void tst_SyncList::defect20_removeListEndsEveryHandle()
{
    SyncList *const list = open(*m_alice, freshName());
    SyncList *const second = open(*m_alice, list->sid());
    SyncList *const other = open(*m_bob, list->sid());
    valueOfCall(list->push({}));
    QSignalSpy removed(list, &SyncList::removed);
    QSignalSpy removedSecond(second, &SyncList::removed);
    QSignalSpy removedThere(other, &SyncList::removed);
    QVERIFY(errorOfCall(list->removeList()).isNull());
    QTRY_COMPARE(removedThere.size(), 1);
    QCOMPARE(removedThere.at(0).at(0).toBool(), false);
    QCOMPARE(removed, QList<QVariantList>({ { true } }));
    QCOMPARE(removedSecond, QList<QVariantList>({ { true } }));
    QCOMPARE(list->status(), Sync::Status::Removed);
    QCOMPARE(list->count(), 0);
    QCOMPARE(errorOfCall(list->push({})).status(), 404);
    QCOMPARE(textOfError(errorOfCall(
                     m_alice->list({ .id = list->sid(), .mode = SyncClient::OpenMode::OpenExisting }))),
             u"List not found (404, 54150)"_s);
}

void tst_SyncList::closeStopsOneHandleOnly()
{
    const QString name = freshName();
    SyncList *const first = open(*m_alice, name);
    SyncList *const second = open(*m_alice, name);
    first->close();
    QCOMPARE(first->status(), Sync::Status::Closed);
    QCOMPARE(first->subscriptionState(), Sync::SubscriptionState::Unsubscribed);
    QCOMPARE(errorOfCall(first->push({})).message(), u"handle closed"_s);
    QSignalSpy added(first, &SyncList::itemAdded);
    SyncList *const other = open(*m_bob, name);
    valueOfCall(other->push({}));
    QTRY_COMPARE(second->count(), 1);
    QCOMPARE(added.size(), 0);
    QCOMPARE(first->count(), 0);
}

void tst_SyncList::rowsThatGoCanBeReadUntilTheyAreGone_data()
{
    QTest::addColumn<bool>("isRemoved");
    QTest::newRow("closed") << false;
    QTest::newRow("removed") << true;
}

void tst_SyncList::rowsThatGoCanBeReadUntilTheyAreGone()
{
    QFETCH(bool, isRemoved);
    SyncList *const list = open(*m_alice, freshName());
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    const auto last = std::make_shared<QVariant>();
    connect(list, &SyncList::rowsAboutToBeRemoved, this, [list, last] { *last = list->valueAt(0); });
    if (isRemoved)
        QVERIFY(errorOfCall(list->removeList()).isNull());
    else
        list->close();
    QCOMPARE(last->toMap(), title(u"milk"_s));
    QCOMPARE(list->valueAt(0), QVariant());
}

void tst_SyncList::defect15_readsPagesBothWays()
{
    SyncList *const list = open(*m_alice, freshName());
    for (int i = 0; i < 7; ++i)
        valueOfCall(list->push({ { u"n"_s, i } }));
    const auto indexes = [](SyncPaginator *page) {
        QList<qint64> all;
        for (const SyncListItem &item : page->listItems())
            all.append(item.index());
        return all;
    };
    SyncPaginator *page = valueOfCall(list->getItems({ .pageSize = 3 }));
    QCOMPARE(indexes(page), QList<qint64>({ 0, 1, 2 }));
    QVERIFY(page->hasNextPage() && !page->hasPrevPage());
    QCOMPARE(errorOfCall(page->prevPage()).message(), u"No previous page"_s);
    page = valueOfCall(page->nextPage());
    QCOMPARE(indexes(page), QList<qint64>({ 3, 4, 5 }));
    page = valueOfCall(page->nextPage());
    QCOMPARE(indexes(page), QList<qint64>({ 6 }));
    QCOMPARE(errorOfCall(page->nextPage()).message(), u"No next page"_s);
    page = valueOfCall(page->prevPage());
    QCOMPARE(indexes(page), QList<qint64>({ 3, 4, 5 }));
    page = valueOfCall(page->prevPage());
    QCOMPARE(indexes(page), QList<qint64>({ 0, 1, 2 }));
    page = valueOfCall(list->getItems({ .from = 4, .pageSize = 2, .order = Qt::DescendingOrder }));
    QCOMPARE(indexes(page), QList<qint64>({ 4, 3 }));
    page = valueOfCall(page->prevPage());
    QCOMPARE(indexes(page), QList<qint64>({ 6, 5 }));
    // One item a page, down to item 0 and back.
    page = valueOfCall(list->getItems({ .from = 1, .pageSize = 1, .order = Qt::DescendingOrder }));
    page = valueOfCall(page->nextPage());
    QCOMPARE(indexes(page), QList<qint64>({ 0 }));
    QVERIFY(!page->hasNextPage());
    page = valueOfCall(page->prevPage());
    QCOMPARE(indexes(page), QList<qint64>({ 1 }));
}

void tst_SyncList::declaredListOpensByItself()
{
    const QString name = freshName();
    valueOfCall(open(*m_bob, name)->push(title(u"there"_s)));
    SyncClient client;
    SyncList list;
    const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
    QSignalSpy status(&list, &SyncList::statusChanged);
    list.setClient(&client);
    list.setUniqueName(name);
    QCoreApplication::processEvents();
    QCOMPARE(list.status(), Sync::Status::Null); // no token: it waits
    client.setToken(m_server.token(u"alice"_s));
    client.setUrl(m_server.url());
    QTRY_COMPARE(list.status(), Sync::Status::Ready);
    QTRY_COMPARE(list.count(), 1);
    QCOMPARE(status.size(), 2);
    QVERIFY(list.sid().startsWith(u"ES"_s));
}

void tst_SyncList::declaredListMovesToAnotherName()
{
    const QString one = freshName();
    const QString two = freshName();
    valueOfCall(open(*m_bob, one)->push(title(u"one"_s)));
    valueOfCall(open(*m_bob, two)->push(title(u"two"_s)));
    SyncList list;
    const QAbstractItemModelTester tester(&list, QAbstractItemModelTester::FailureReportingMode::Fatal);
    list.setClient(m_alice.get());
    list.setUniqueName(one);
    QTRY_COMPARE(list.count(), 1);
    const QString oldSid = list.sid();
    list.setUniqueName(two);
    QTRY_COMPARE(list.valueAt(0).toMap(), title(u"two"_s));
    QVERIFY(list.sid() != oldSid && list.status() == Sync::Status::Ready);
    list.setSid(oldSid);
    QTRY_COMPARE(list.valueAt(0).toMap(), title(u"one"_s));
    QCOMPARE(list.uniqueName(), one);
}

void tst_SyncList::valueRolesReadAndWrite()
{
    SyncList *const list = open(*m_alice, freshName());
    list->setValueRoles({ u"title"_s, u"done"_s, u"n"_s });
    QCOMPARE(list->roleNames().value(SyncList::FirstFieldRole + 1), "done");
    valueOfCall(
            list->push({ { u"title"_s, u"milk"_s }, { u"done"_s, false }, { u"n"_s, 9007199254740993LL } }));
    QTRY_COMPARE(list->count(), 1);
    const auto read = [&](int field) { return list->data(list->index(0), SyncList::FirstFieldRole + field); };
    QCOMPARE(read(0), QVariant(u"milk"_s));
    QCOMPARE(read(1), QVariant(false));
    QCOMPARE(read(2), QVariant::fromValue<qlonglong>(9007199254740993));
    const ModelLog log(list);
    passAMillisecond();
    QVERIFY(list->setData(list->index(0), true, SyncList::FirstFieldRole + 1));
    QTRY_COMPARE(read(1), QVariant(true));
    QTRY_COMPARE(log.lines(), QStringList({ u"changed 0-0 [dateUpdated done revision value]"_s }));
    QCOMPARE(list->valueAt(0).toMap().value(u"title"_s).toString(), u"milk"_s);
}

void tst_SyncList::unusableValueRolesAreRefused()
{
    SyncList list;
    QTest::ignoreMessage(QtCriticalMsg, QRegularExpression(u"valueRoles: .*index, value"_s));
    list.setValueRoles({ u"title"_s, u"index"_s, u"value"_s });
    QCOMPARE(list.valueRoles(), QStringList({ u"title"_s }));
    QCOMPARE(
            list.error().message(),
            u"valueRoles: expected names other than those that views and this model provide, got index, value"_s);
    list.setValueRoles({ u"title"_s });
    QVERIFY(list.error().isNull());
}

void tst_SyncList::refusedWriteBackShowsTheOldValue()
{
    SyncList *const list = open(*m_alice, freshName());
    list->setValueRoles({ u"title"_s });
    valueOfCall(list->push(title(u"milk"_s)));
    QTRY_COMPARE(list->count(), 1);
    const ModelLog log(list);
    QVERIFY(list->setData(list->index(0), QString(20'000, u'x'), SyncList::FirstFieldRole));
    QTRY_COMPARE(log.lines(), QStringList({ u"changed 0-0 [title]"_s }));
    QCOMPARE(list->data(list->index(0), SyncList::FirstFieldRole), QVariant(u"milk"_s));
}

QTEST_GUILESS_MAIN(tst_SyncList)
#include "tst_synclist.moc"
