#include "TwilioSync/store/itemstore.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <functional>
#include <limits>
#include <map>
#include <optional>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

//! The key of each number.
using Numbered = std::function<ItemKey(int number)>;

//! Sorts as the service does, without ours.
struct SortKey
{
    explicit SortKey(const ItemKey &itemKey) : key(itemKey), text(QString::fromUtf8(itemKey.key)) { }
    friend bool operator<(const SortKey &a, const SortKey &b)
    {
        return a.key.index != b.key.index ? a.key.index < b.key.index : a.text < b.text;
    }

    ItemKey key;
    QString text;
};

} // namespace

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
    QTest::addColumn<Numbered>("keyOf");
    QTest::addColumn<int>("items");
    const auto list = [](const char *name, int items, qint64 (*indexOf)(qint64 number)) {
        QTest::newRow(name) << Numbered([indexOf](int number) {
            return ItemKey { indexOf(number), {} };
        }) << items;
    };
    const auto map = [](const char *name, int items, const QString &beginning, const QString &end) {
        QTest::newRow(name) << Numbered([beginning, end](int number) {
            return ItemKey { -1, keyText(number, beginning, end).toUtf8() };
        }) << items;
    };
    list("indexes", 12'000, [](qint64 number) { return number; });
    list("few indexes", 300, [](qint64 number) { return number; });
    list("indexes ever further apart", 12'000, [](qint64 n) { return n * n * n * n; });
    list("indexes in clusters", 12'000, [](qint64 n) { return n / 90 * 1'000'000'000'000'000 + n % 90; });
    list("small indexes and the largest", 12'000,
         [](qint64 n) { return n < 6000 ? n * 2 : std::numeric_limits<qint64>::max() - (11'999 - n); });
    map("keys", 12'000, u"key-"_s, QString());
    map("few keys", 300, u"key-"_s, QString());
    map("keys that begin alike", 12'000, u"customers/europe/"_s, QString());
    map("keys that differ late", 4000, QString(), u"/한국어-😀"_s);
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
    QFETCH(Numbered, keyOf);
    QFETCH(int, items);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    ItemStore store;
    std::map<SortKey, std::optional<qint64>> expected; // the event id of those that are there
    for (int number = 0; number < items; ++number)
        expected.emplace(SortKey(keyOf(number)), std::nullopt);
    qint64 id = 0;
    const auto step = [&](int chanceToPut) {
        const ItemKey key = keyOf(random.bounded(items));
        auto &known = expected.at(SortKey(key));
        if (random.bounded(100) < chanceToPut) {
            const ItemPtr next = item(key, ++id);
            const auto replaces = known && random.bounded(2) == 0;
            const ItemPtr before = replaces ? store.replace(store.rank(key), next) : store.put(next);
            QCOMPARE(before ? std::optional(before->lastEventId()) : std::nullopt, known);
            known = id;
        } else {
            QCOMPARE(bool(store.take(key)), known.has_value());
            known.reset();
        }
    };
    const auto compare = [&] {
        qsizetype rank = 0;
        for (const auto &[key, known] : expected) {
            const ItemStore::Found found = store.look(key.key);
            QCOMPARE(found.rank, rank);
            QCOMPARE(store.lowerBound(key.key), rank);
            QCOMPARE(store.rank(key.key), known ? rank : -1);
            QCOMPARE(store.find(key.key), found.item);
            QCOMPARE(found.item ? std::optional(found.item->lastEventId()) : std::nullopt, known);
            if (known)
                QCOMPARE(store.at(rank++), found.item);
            QCOMPARE(store.upperBound(key.key), rank);
        }
        QCOMPARE(store.size(), rank);
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
    for (const auto &[key, known] : expected)
        QCOMPARE(bool(store.take(key.key)), known.has_value());
    QCOMPARE(store.size(), 0);
    QCOMPARE(store.look(keyOf(1)).rank, 0);
    QVERIFY(!store.look(keyOf(1)).item);
}

QTEST_APPLESS_MAIN(tst_ItemStore)
#include "tst_itemstore.moc"
