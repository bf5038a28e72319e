#include "TwilioSync/store/itemstore.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <map>

using namespace Twilio;

//! Against a std::map that does the same slowly.
class tst_ItemStore : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keysOrderAsUtf16();
    void appendsAndPrepends_data();
    void appendsAndPrepends();
    void agreesWithASortedMap_data();
    void agreesWithASortedMap();

private:
    static ItemPtr item(const ItemKey &key, qint64 id)
    {
        ItemFields fields;
        fields.index = key.index;
        fields.key = key.key;
        fields.json = "{}";
        fields.lastEventId = id;
        return ItemPtr::make(fields);
    }
};

void tst_ItemStore::keysOrderAsUtf16()
{
    // All kinds of lead bytes, and keys that share their first eight.
    QStringList keys { QStringLiteral("a"),        QStringLiteral("ab"),       QStringLiteral("\u00e9"),
                       QStringLiteral("😀"),        QStringLiteral("\ue000"),   QStringLiteral("\uffee"),
                       QStringLiteral("한"),       QStringLiteral("prefix-1"), QStringLiteral("prefix-10"),
                       QStringLiteral("prefix-2"), QStringLiteral("prefix-") };
    ItemStore store;
    for (const QString &key : std::as_const(keys))
        store.put(item({ -1, key.toUtf8() }, 0));
    std::sort(keys.begin(), keys.end()); // QString compares by UTF-16 code unit
    for (qsizetype i = 0; i < keys.size(); ++i) {
        QCOMPARE(QString::fromUtf8(store.at(i)->key()), keys.at(i));
        QCOMPARE(store.rank(ItemKey { -1, keys.at(i).toUtf8() }), i);
    }
}

void tst_ItemStore::appendsAndPrepends_data()
{
    QTest::addColumn<bool>("ascending");
    QTest::newRow("append") << true;
    QTest::newRow("prepend") << false;
}

void tst_ItemStore::appendsAndPrepends()
{
    QFETCH(bool, ascending);
    constexpr qint64 count = 3000;
    ItemStore store;
    for (qint64 i = 0; i < count; ++i)
        store.put(item({ ascending ? i : count - 1 - i, {} }, i));
    QCOMPARE(store.size(), qsizetype(count));
    for (qint64 i = 0; i < count; ++i) {
        QCOMPARE(store.at(i)->index(), i);
        QCOMPARE(store.lowerBound(ItemKey { i, {} }), qsizetype(i));
        QCOMPARE(store.upperBound(ItemKey { i, {} }), qsizetype(i + 1));
    }
    QCOMPARE(store.lowerBound(ItemKey { count, {} }), qsizetype(count));
    QVERIFY(!store.find(ItemKey { count, {} }));
}

void tst_ItemStore::agreesWithASortedMap_data()
{
    QTest::addColumn<bool>("isList");
    QTest::newRow("indexes") << true;
    QTest::newRow("keys") << false;
}

void tst_ItemStore::agreesWithASortedMap()
{
    QFETCH(bool, isList);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ItemStore store;
    std::map<QString, std::pair<ItemKey, qint64>> expected; // by a text that sorts as the key does
    for (qint64 step = 0; step < 20'000; ++step) {
        const int number = random.bounded(4000);
        const QString text = QStringLiteral("key-%1").arg(number, 5, 10, QLatin1Char('0'));
        const ItemKey key = isList ? ItemKey { number, {} } : ItemKey { -1, text.toUtf8() };
        if (random.bounded(3) > 0) {
            const ItemPtr before = store.put(item(key, step));
            const auto known = expected.find(text);
            QCOMPARE(bool(before), known != expected.end());
            if (before)
                QCOMPARE(before->lastEventId(), known->second.second);
            expected[text] = { key, step };
        } else {
            QCOMPARE(bool(store.take(key)), expected.erase(text) == 1);
        }
    }
    QCOMPARE(store.size(), qsizetype(expected.size()));
    qsizetype rank = 0;
    for (const auto &[text, entry] : expected) {
        QCOMPARE(store.at(rank)->lastEventId(), entry.second);
        QCOMPARE(store.rank(entry.first), rank);
        QCOMPARE(store.find(entry.first)->lastEventId(), entry.second);
        ++rank;
    }
}

QTEST_APPLESS_MAIN(tst_ItemStore)
#include "tst_itemstore.moc"
