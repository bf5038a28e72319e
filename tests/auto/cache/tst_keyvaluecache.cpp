#include "shared/memorycache.h"
#include "TwilioSync/cache/cachekeys.h"
#include "TwilioSync/cache/keyvaluecache.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

const CacheOwner alice { u"AC1"_s, u"IS1"_s, u"alice"_s };

CacheChange listOf(const QByteArray &sid, const QByteArray &name, const QList<int> &indexes,
                   bool isNew = true)
{
    CacheChange change;
    change.isNew = isNew;
    change.root.resource.sid = sid;
    change.root.resource.uniqueName = name;
    change.root.resource.lastEventId = 7;
    change.root.coverage.add(Cut::bottom(), Cut::top());
    for (const int index : indexes) {
        change.items.push_back(
                { ItemPtr::make({ .index = index, .json = "{}", .revision = "0", .lastEventId = 1 }) });
    }
    return change;
}

QList<int> indexesOf(const std::vector<ItemPtr> &items)
{
    QList<int> indexes;
    for (const ItemPtr &item : items)
        indexes << int(item->index());
    return indexes;
}

} // namespace

// What a cache of an application's own is filled with, and that it comes back.
class tst_KeyValueCache : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void oneObjectForAName();
    void whatIsNewTakesThePlaceOfWhatWas();
    void sidsThatAreTheBeginningOfOthers();
    void namesThatComeLater();
    void allOfAnObjectComesBack();
    void writesAreNumberedForEver();
    void writesOutliveTheirObject();
    void whatWasOpenedLongestAgoGoes();
    void clearingKeepsWhatIsWrittenTo();
    void clearingThatFails();
    void contentsOfOthers();

private:
    using Opened = std::unique_ptr<KeyValueCache>;
    //! What \a cache has of alice; null if it cannot be opened.
    [[nodiscard]] static Opened opened(MemoryCache &cache, const CacheCipher &cipher = {})
    {
        auto result = KeyValueCache::open(cache, alice, cipher);
        if (const SyncError *error = errorOf(result)) {
            qWarning() << *error;
            return nullptr;
        }
        return std::get<0>(std::move(result));
    }
    //! What \a cache has of \a id; none if it has nothing, or fails.
    [[nodiscard]] static std::optional<CachedObject> loaded(KeyValueCache &cache, const QString &id)
    {
        auto result = cache.load(ObjectKind::List, id);
        return errorOf(result) ? std::nullopt : std::get<0>(std::move(result));
    }
};

// An object that has gone, and of which that has not been heard yet, has a name that is another's by now.
void tst_KeyValueCache::oneObjectForAName()
{
    MemoryCache own;
    for (const bool isOpenedAgain : { false, true }) {
        auto cache = opened(own);
        QVERIFY(cache);
        QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", { 0 }) })));
        QVERIFY(!errorOf(cache->write({ listOf("ES2", "tasks", { 0 }) })));
        if (isOpenedAgain) {
            cache.reset();
            cache = opened(own);
            QVERIFY(cache);
        }
        QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", { 0 }, false) })));
        const auto kept = loaded(*cache, u"tasks"_s);
        QVERIFY(kept);
        QCOMPARE(kept->root.resource.sid, "ES2");
        QVERIFY(!loaded(*cache, u"ES1"_s));
        QVERIFY(std::get<0>(cache->load(ObjectKind::List, u"ES2"_s)));
        QVERIFY(!std::get<0>(cache->load(ObjectKind::Map, u"ES2"_s)));
        QVERIFY(!std::get<0>(cache->load(ObjectKind::Map, u"tasks"_s)));
    }
    QVERIFY(own.misuse().isEmpty());
}

void tst_KeyValueCache::whatIsNewTakesThePlaceOfWhatWas()
{
    MemoryCache own;
    const auto cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", { 0, 1, 2 }) })));
    // In one commit: what is written first is out of date as well
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", { 3, 4 }), listOf("ES1", "tasks", { 1, 5 }) })));
    QCOMPARE(indexesOf(loaded(*cache, u"tasks"_s)->items), QList<int>({ 1, 5 }));
    CacheChange gone = listOf("ES1", "tasks", { 5 }, false);
    gone.items[0].isGone = true;
    QVERIFY(!errorOf(cache->write({ gone })));
    QCOMPARE(indexesOf(loaded(*cache, u"ES1"_s)->items), QList<int>({ 1 }));
    gone.isGone = true;
    QVERIFY(!errorOf(cache->write({ gone })));
    QVERIFY(!loaded(*cache, u"ES1"_s));
    QVERIFY(!loaded(*cache, u"tasks"_s));
    QCOMPARE(own.entries().keys(), QList<QByteArray>({ CacheKeys::format() })); // nothing is left behind
    QVERIFY(own.misuse().isEmpty());
}

void tst_KeyValueCache::sidsThatAreTheBeginningOfOthers()
{
    MemoryCache own;
    auto cache = opened(own);
    QVERIFY(cache);
    const QByteArrayList sids { "ES1", "ES11", "ES1/", "ES1/i", "ES1%2F" };
    for (const QByteArray &sid : sids)
        QVERIFY(!errorOf(cache->write({ listOf(sid, "name " + sid, { int(sid.size()) }) })));
    cache.reset();
    cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "name ES1", { 33 }) })));
    QCOMPARE(indexesOf(loaded(*cache, u"ES1"_s)->items), QList<int>({ 33 }));
    const QByteArrayList others = sids.sliced(1);
    for (const QByteArray &sid : others) {
        const auto kept = loaded(*cache, QString::fromLatin1("name " + sid));
        QVERIFY2(kept, sid.constData());
        QCOMPARE(kept->root.resource.sid, sid);
        QCOMPARE(indexesOf(kept->items), QList<int>({ int(sid.size()) }));
    }
}

void tst_KeyValueCache::namesThatComeLater()
{
    MemoryCache own;
    const auto cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "", { 0 }) })));
    QVERIFY(!errorOf(cache->write({ listOf("ES2", "", { 1 }) }))); // without a name they do not meet
    QVERIFY(loaded(*cache, u"ES1"_s));
    QVERIFY(!loaded(*cache, QString()));
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", {}, false) })));
    QCOMPARE(indexesOf(loaded(*cache, u"tasks"_s)->items), QList<int>({ 0 }));
}

void tst_KeyValueCache::allOfAnObjectComesBack()
{
    MemoryCache own;
    auto cache = opened(own);
    QVERIFY(cache);
    CacheChange map;
    map.isNew = true;
    CachedRoot &root = map.root;
    root.kind = ObjectKind::Map;
    Protocol::RootResource &resource = root.resource;
    resource.sid = "MP1";
    resource.uniqueName = "k€y";
    resource.url = "url";
    resource.itemsUrl = "items";
    resource.contextUrl = "context";
    resource.revision = "a1";
    resource.lastEventId = 12;
    resource.created = -1;
    resource.updated = 1234567890123;
    root.contextEventId = 5;
    root.context = R"({"n":1})";
    root.coverage.add(Cut::bottom(), Cut::after({ .key = "b" }));
    root.coverage.add(Cut::before({ .key = "x" }), Cut::top());
    root.storageId = "storage";
    const ItemFields fields { .key = "b\xc3\xa4",
                              .json = R"({"z":9007199254740993,"a":[1.10,null]})",
                              .revision = "3",
                              .lastEventId = 11,
                              .created = 1,
                              .expires = 3 };
    map.items.push_back({ ItemPtr::make(fields) });
    CacheChange document;
    document.isNew = true;
    document.root.kind = ObjectKind::Document;
    document.root.resource.sid = "ET1";
    document.root.resource.data = R"({"a":1})";
    QVERIFY(!errorOf(cache->write({ map, document })));
    cache.reset();
    cache = opened(own);
    QVERIFY(cache);
    const auto found = cache->load(ObjectKind::Map, u"k€y"_s);
    QVERIFY(!errorOf(found) && std::get<0>(found));
    const CachedObject &kept = *std::get<0>(found);
    const Protocol::RootResource &it = kept.root.resource;
    QCOMPARE(it.sid, "MP1");
    QCOMPARE(it.uniqueName, "k€y");
    QCOMPARE(QByteArrayList({ it.url, it.itemsUrl, it.contextUrl, it.revision }),
             QByteArrayList({ "url", "items", "context", "a1" }));
    QCOMPARE(it.lastEventId, 12);
    QCOMPARE(it.created, -1);
    QCOMPARE(it.updated, 1234567890123);
    QVERIFY(it.hasExpires && !it.expires);
    QCOMPARE(kept.root.context, R"({"n":1})");
    QCOMPARE(kept.root.contextEventId, 5);
    QCOMPARE(kept.root.storageId, "storage");
    QVERIFY(kept.root.coverage.ranges() == root.coverage.ranges());
    QCOMPARE(kept.items.size(), 1U);
    const ItemFields now = kept.items[0]->fields();
    QCOMPARE(now.index, fields.index);
    QCOMPARE(now.key, fields.key);
    QCOMPARE(now.json, fields.json);
    QCOMPARE(now.revision, fields.revision);
    QCOMPARE(now.lastEventId, fields.lastEventId);
    QCOMPARE(now.created, fields.created);
    QCOMPARE(now.updated, noTime);
    QCOMPARE(now.expires, fields.expires);
    const auto text = cache->load(ObjectKind::Document, u"ET1"_s);
    QCOMPARE(std::get<0>(text)->root.resource.data, R"({"a":1})");
    QVERIFY(!std::get<0>(text)->root.resource.lastEventId);
}

void tst_KeyValueCache::writesAreNumberedForEver()
{
    MemoryCache own;
    auto cache = opened(own);
    QVERIFY(cache);
    const CachedRoot list = listOf("ES1", "tasks", {}).root;
    QVERIFY(!errorOf(cache->write({}, { { 255, list, "a" }, { 256, list, "b" }, { 1, list, "c" } })));
    QVERIFY(!errorOf(cache->write({}, { { 256, {}, {} } })));
    cache.reset();
    cache = opened(own);
    QVERIFY(cache);
    const auto kept = cache->loadWrites();
    QVERIFY(!errorOf(kept));
    QCOMPARE(std::get<0>(kept).lastId, 256);
    QCOMPARE(std::get<0>(kept).objects.size(), 1U);
    const KeptWrites &writes = std::get<0>(kept).objects[0];
    QVERIFY(writes.object);
    QCOMPARE(writes.object->root.resource.sid, "ES1");
    QCOMPARE(QByteArrayList(writes.bodies.cbegin(), writes.bodies.cend()), QByteArrayList({ "c", "a" }));
    QCOMPARE(own.durableCommits(), 2);
}

void tst_KeyValueCache::writesOutliveTheirObject()
{
    MemoryCache own;
    const auto cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "tasks", { 0 }) },
                                  { { 1, listOf("ES1", "tasks", {}).root, "a" } })));
    QCOMPARE(indexesOf(loaded(*cache, u"tasks"_s)->items), QList<int>({ 0 })); // it was there already
    CacheChange gone = listOf("ES1", "tasks", {});
    gone.isGone = true;
    QVERIFY(!errorOf(cache->write({ gone })));
    const auto kept = cache->loadWrites();
    QVERIFY(!errorOf(kept));
    QCOMPARE(std::get<0>(kept).objects.size(), 1U);
    QVERIFY(!std::get<0>(kept).objects[0].object);
    QCOMPARE(std::get<0>(kept).objects[0].bodies.size(), 1U);
}

void tst_KeyValueCache::whatWasOpenedLongestAgoGoes()
{
    MemoryCache own;
    auto cache = opened(own);
    QVERIFY(cache);
    for (const char *sid : { "ES1", "ES2", "ES3", "ES4" })
        QVERIFY(!errorOf(cache->write({ listOf(sid, {}, { 0, 1, 2 }) })));
    QVERIFY(!errorOf(cache->write({}, { { 1, listOf("ES2", {}, {}).root, "a" } })));
    cache.reset();
    cache = opened(own);
    QVERIFY(cache);
    QVERIFY(loaded(*cache, u"ES1"_s)); // is the youngest now
    const qint64 size = std::get<0>(cache->size());
    QVERIFY(!errorOf(cache->shrink(size, {})));
    QCOMPARE(std::get<0>(cache->size()), size);
    QVERIFY(!errorOf(cache->shrink(size - 1, {})));
    QVERIFY(std::get<0>(cache->size()) < size);
    QVERIFY(!loaded(*cache, u"ES3"_s));
    QVERIFY(loaded(*cache, u"ES4"_s));
    QVERIFY(!errorOf(cache->shrink(0, { "ES4" })));
    QVERIFY(loaded(*cache, u"ES4"_s)); // open
    QVERIFY(loaded(*cache, u"ES2"_s)); // written to
    QVERIFY(!loaded(*cache, u"ES1"_s));
}

void tst_KeyValueCache::clearingKeepsWhatIsWrittenTo()
{
    MemoryCache own;
    const auto cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "one", { 0 }), listOf("ES2", "two", { 0 }) },
                                  { { 1, listOf("ES2", "two", {}).root, "a" } })));
    const int before = own.commits();
    QVERIFY(!errorOf(cache->clear()));
    QCOMPARE(own.commits(), before + 1); // all or nothing
    QVERIFY(!loaded(*cache, u"one"_s));
    QCOMPARE(indexesOf(loaded(*cache, u"two"_s)->items), QList<int>({ 0 }));
    QCOMPARE(std::get<0>(cache->loadWrites()).objects.size(), 1U);
}

void tst_KeyValueCache::clearingThatFails()
{
    MemoryCache own;
    const auto cache = opened(own);
    QVERIFY(cache);
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "one", { 0, 1 }) })));
    own.failCommits(true);
    QVERIFY(errorOf(cache->clear()));
    own.failCommits(false);
    QCOMPARE(indexesOf(loaded(*cache, u"one"_s)->items), QList<int>({ 0, 1 }));
    QVERIFY(!errorOf(cache->write({ listOf("ES1", "one", { 2 }) })));
    QCOMPARE(indexesOf(loaded(*cache, u"one"_s)->items), QList<int>({ 2 }));
}

// One that does not tell owners apart.
void tst_KeyValueCache::contentsOfOthers()
{
    MemoryCache own;
    (void)opened(own);
    MemoryCache::Entries entries = own.entries();
    QCOMPARE(entries.size(), 1);
    entries[CacheKeys::format()].back() = 'x';
    own.setEntries(entries);
    const auto others = KeyValueCache::open(own, alice, {});
    QVERIFY(errorOf(others));
    QCOMPARE(errorOf(others)->message(), u"cache: the cache is another identity's; it was left as it is"_s);
    entries[CacheKeys::format()] = "2 x";
    own.setEntries(entries);
    const auto newer = KeyValueCache::open(own, alice, {});
    QVERIFY(errorOf(newer));
    QCOMPARE(errorOf(newer)->message(),
             u"cache: the contents are of another version of this client; they were left as they are"_s);
    QCOMPARE(own.entries(), entries);
    QVERIFY(!own.isOpen());
}

QTEST_GUILESS_MAIN(tst_KeyValueCache)
#include "tst_keyvaluecache.moc"
