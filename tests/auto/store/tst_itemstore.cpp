#include "TwilioSync/store/itemstore.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <map>

using namespace Qt::StringLiterals;
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
    static QString keyText(int number, const QString &beginning, const QString &end);
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
    QCOMPARE(store.look(ItemKey { count, {} }).rank, qsizetype(count));
}

void tst_ItemStore::agreesWithASortedMap_data()
{
    QTest::addColumn<QString>("beginning");
    QTest::addColumn<QString>("end");
    QTest::addColumn<int>("items");
    QTest::newRow("indexes") << QString() << QString() << 12'000;
    QTest::newRow("few indexes") << QString() << QString() << 300;
    QTest::newRow("keys") << u"key-"_s << QString() << 12'000;
    QTest::newRow("few keys") << u"key-"_s << QString() << 300;
    QTest::newRow("keys that begin alike") << u"customers/europe/"_s << QString() << 12'000;
    QTest::newRow("keys that differ late") << QString() << u"/한국어-😀"_s << 4000;
}

// Numbers in letters, of various length: many are the beginning of others.
QString tst_ItemStore::keyText(int number, const QString &beginning, const QString &end)
{
    static const QStringList digits { u"a"_s, u"b"_s, u"é"_s, u"한"_s, u"\ue000"_s, u"\uffee"_s, u"😀"_s };
    QString text = beginning;
    for (; number > 0; number /= int(digits.size()))
        text += digits[number % int(digits.size())];
    return text + end;
}

void tst_ItemStore::agreesWithASortedMap()
{
    QFETCH(QString, beginning);
    QFETCH(QString, end);
    QFETCH(int, items);
    const bool isList = beginning.isEmpty() && end.isEmpty();
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ItemStore store;
    std::map<QString, std::pair<ItemKey, qint64>> expected; // by a text that sorts as the key does
    qint64 id = 0;
    const auto step = [&](int chanceToPut) {
        const int number = random.bounded(items);
        const QString text =
                isList ? QString::number(number).rightJustified(5, u'0') : keyText(number, beginning, end);
        const ItemKey key = isList ? ItemKey { number, {} } : ItemKey { -1, text.toUtf8() };
        if (random.bounded(100) < chanceToPut) {
            const ItemPtr before = store.put(item(key, ++id));
            const auto known = expected.find(text);
            QCOMPARE(bool(before), known != expected.end());
            if (before)
                QCOMPARE(before->lastEventId(), known->second.second);
            expected[text] = { key, id };
        } else {
            QCOMPARE(bool(store.take(key)), expected.erase(text) == 1);
        }
    };
    const auto compare = [&] {
        QCOMPARE(store.size(), qsizetype(expected.size()));
        qsizetype rank = 0;
        for (const auto &[text, entry] : expected) {
            QCOMPARE(store.at(rank)->lastEventId(), entry.second);
            QCOMPARE(store.rank(entry.first), rank);
            QCOMPARE(store.lowerBound(entry.first), rank);
            QCOMPARE(store.find(entry.first)->lastEventId(), entry.second);
            QCOMPARE(store.look(entry.first).rank, rank);
            QCOMPARE(store.look(entry.first).item, store.at(rank));
            ++rank;
        }
    };
    // Grows, stays, all but vanishes, and grows again.
    for (const int chanceToPut : { 90, 60, 3, 80 }) {
        for (int i = 0; i < 3 * items && !QTest::currentTestFailed(); ++i)
            step(chanceToPut);
        if (!QTest::currentTestFailed())
            compare();
        if (QTest::currentTestFailed())
            return;
    }
    while (!expected.empty()) {
        QVERIFY(store.take(expected.begin()->second.first));
        expected.erase(expected.begin());
    }
    QCOMPARE(store.size(), 0);
    QVERIFY(!store.find(ItemKey { 1, {} }));
}

QTEST_APPLESS_MAIN(tst_ItemStore)
#include "tst_itemstore.moc"
