#include "TwilioSync/store/resultstore.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

using Protocol::QueryItem;

// The result of a live query: order, what is too old, what has been removed.
class tst_ResultStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsTheOrderOfKeys();
    void oldNewsIsIgnored();
    void newsWithoutRevisionCounts();
    void replacing_data();
    void replacing();
    void remembersSomeRemovals();

private:
    static QueryItem item(const QByteArray &key, qint64 revision, QByteArrayView json = "{}")
    {
        return { key, json, revision };
    }
    static QByteArray text(const ResultStore &store)
    {
        QByteArrayList all;
        for (const ItemPtr &item : store.items())
            all << item->key().toByteArray() + '=' + item->json().toByteArray();
        return all.join(' ');
    }
    static QByteArray text(const std::vector<ResultChange> &changes)
    {
        QByteArrayList all;
        for (const ResultChange &change : changes)
            all << (change.item ? '+' : '-') + change.key;
        return all.join(' ');
    }
};

void tst_ResultStore::keepsTheOrderOfKeys()
{
    ResultStore store;
    const QByteArray beyondTheBmp = QString(u"🎉"_s).toUtf8();
    const QByteArray privateUse = QString(QChar(0xe000)).toUtf8();
    for (const QByteArray &key : { privateUse, QByteArray("b"), beyondTheBmp, QByteArray("a") })
        QVERIFY(store.apply(item(key, 1)));
    QByteArrayList keys;
    for (const ItemPtr &each : store.items())
        keys << each->key().toByteArray();
    QCOMPARE(keys, (QByteArrayList { "a", "b", beyondTheBmp, privateUse })); // by UTF-16 code units
    QCOMPARE(store.count(), 4);
}

void tst_ResultStore::oldNewsIsIgnored()
{
    ResultStore store;
    QVERIFY(store.apply(item("a", 5, "{\"n\":5}")));
    QVERIFY(!store.apply(item("a", 5, "{\"n\":0}")));
    QVERIFY(!store.apply(item("a", 4, {}))); // a removal from before
    QCOMPARE(text(store), "a={\"n\":5}");
    QVERIFY(store.apply(item("a", 7, {})));
    QVERIFY(!store.apply(item("a", 6))); // comes late
    QVERIFY(!store.apply(item("never there", 8, {})));
    QCOMPARE(text(store), "");
    QVERIFY(store.apply(item("a", 8)));
    QCOMPARE(text(store), "a={}");
}

void tst_ResultStore::newsWithoutRevisionCounts()
{
    ResultStore store;
    QVERIFY(store.apply(item("a", 5)));
    QVERIFY(store.apply(QueryItem { "a", "{\"n\":1}", {} }));
    QVERIFY(store.apply(QueryItem { "a", {}, {} }));
    QCOMPARE(store.count(), 0);
}

void tst_ResultStore::replacing_data()
{
    QTest::addColumn<bool>("isOfAnother");
    QTest::addColumn<QByteArray>("changes");
    QTest::addColumn<QByteArray>("result");
    QTest::newRow("of the same query") << false << QByteArray("-gone +newer +new")
                                       << QByteArray("new={} newer={\"n\":2} older={\"n\":1} same={}");
    QTest::newRow("of another one") << true << QByteArray("-gone +newer +older +new")
                                    << QByteArray("new={} newer={\"n\":2} older={\"n\":2} same={}");
}

void tst_ResultStore::replacing()
{
    QFETCH(bool, isOfAnother);
    QFETCH(QByteArray, changes);
    QFETCH(QByteArray, result);
    ResultStore store;
    store.replace({ item("gone", 9), item("newer", 1, "{\"n\":1}"), item("older", 9, "{\"n\":1}"),
                    item("same", 3) },
                  true);
    QCOMPARE(text(store.replace({ item("newer", 2, "{\"n\":2}"), item("older", 2, "{\"n\":2}"),
                                  item("same", 4), item("new", 1) },
                                isOfAnother)),
             changes);
    QCOMPARE(text(store), result);
    QVERIFY(store.apply(item("gone", 1))); // removals before do not count any more
}

void tst_ResultStore::remembersSomeRemovals()
{
    ResultStore store;
    const auto key = [](std::size_t i) { return QByteArray::number(qint64(i)); };
    for (std::size_t i = 0; i <= ResultStore::mostRemovals; ++i) {
        QVERIFY(store.apply(item(key(i), 1)));
        QVERIFY(store.apply(item(key(i), 2, {})));
    }
    QVERIFY(store.apply(item(key(0), 1))); // forgotten
    QVERIFY(!store.apply(item(key(1), 1)));
}

QTEST_GUILESS_MAIN(tst_ResultStore)
#include "tst_resultstore.moc"
