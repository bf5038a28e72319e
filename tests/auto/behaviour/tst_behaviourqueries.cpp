#include "collectioncase.h"
#include "shared/eventually.h"

#include "TwilioSync/api/syncpaginator.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

/*!
    \brief Reading all items or from one on, alike for lists and maps.

    getItems() always asks the service, so "cache on" and "off" must simply both hold, as must the second
   time. It always starts with the item named; a start that excludes it is what lies behind that item's page.
*/
class tst_BehaviourQueries : public CollectionCase
{
    Q_OBJECT

private Q_SLOTS:
    void query_data();
    void query();
    void everyRoute_data();
    void everyRoute();
    void lst23_closedHandleReadsNoMore();
    void itemsInOrder_data();
    void itemsInOrder();
    void map21_removedKeysAreNotRead();
    void map22_keysBetweenKeysAreRead();

private:
    enum class Start : quint8 { Inclusive, Exclusive };
    //! The ways an application can go through all items.
    enum class Route : quint8 { Pages, PageOfOneEach, FetchMore, LoadAll, OneByOne, OtherClient };

    static QString keyOf(Kind kind, int n)
    {
        return kind == Kind::List ? QString::number(n) : u"key%1"_s.arg(n);
    }
    //! keyOf() from \a first to \a last, up or down.
    static QStringList keysBetween(Kind kind, int first, int last)
    {
        QStringList keys;
        const int step = first <= last ? 1 : -1;
        for (int n = first; n != last + step; n += step)
            keys.append(keyOf(kind, n));
        return keys;
    }
    static QVariantMap number(int value) { return { { u"value"_s, value } }; }

    //! B's \a count items {"value":0} and so on, all sent at once in a map.
    template <typename Collection>
    static void fill(Collection &theirs, int count)
    {
        if constexpr (std::is_same_v<Collection, SyncList>) {
            for (int n = 0; n < count; ++n)
                valueOfCall(theirs.push(number(n)));
        } else {
            QList<QFuture<SyncMapItem>> calls;
            for (int n = 0; n < count; ++n)
                calls.append(theirs.set(keyOf(Kind::Map, n), number(n)));
            for (const auto &call : std::as_const(calls))
                valueOfCall(call);
        }
    }

    static QFuture<SyncPaginator *> firstPage(SyncList &list, const QString &from, int pageSize,
                                              Qt::SortOrder order)
    {
        ListQuery query { .pageSize = pageSize, .order = order };
        if (!from.isEmpty())
            query.from = from.toLongLong();
        return list.getItems(query);
    }
    static QFuture<SyncPaginator *> firstPage(SyncMap &map, const QString &from, int pageSize,
                                              Qt::SortOrder order)
    {
        MapQuery query { .pageSize = pageSize, .order = order };
        if (!from.isEmpty())
            query.from = from;
        return map.getItems(query);
    }
    static void append(QStringList &keys, const SyncPaginator &page)
    {
        const QList<SyncListItem> listItems = page.listItems();
        for (const SyncListItem &item : listItems)
            keys.append(QString::number(item.index()));
        const QList<SyncMapItem> mapItems = page.mapItems();
        for (const SyncMapItem &item : mapItems)
            keys.append(item.key());
    }
    template <typename Collection>
    static QStringList read(Collection &collection, const QString &from = {}, int pageSize = 5,
                            Qt::SortOrder order = Qt::AscendingOrder, Start start = Start::Inclusive)
    {
        const bool excludes = start == Start::Exclusive;
        SyncPaginator *page = valueOfCall(firstPage(collection, from, excludes ? 1 : pageSize, order));
        QStringList keys;
        if (page && !excludes)
            append(keys, *page);
        while (page && page->hasNextPage()) {
            page = valueOfCall(page->nextPage());
            if (page)
                append(keys, *page);
        }
        return keys;
    }
    //! The rows of a new window of \a pageSize on \a collection, asked for more until there is none.
    template <typename Collection>
    static QStringList readByWindow(Collection &collection, int pageSize, Qt::SortOrder order)
    {
        Collection window;
        new ModelCheck(&window);
        window.setPageSize(pageSize);
        window.setOrder(order);
        window.setClient(collection.client());
        window.setSid(collection.sid());
        while (!window.isComplete()) {
            const int before = window.count();
            if (window.canFetchMore())
                window.fetchMore();
            if (!eventually([&] { return window.count() > before || window.isComplete(); }, wireTimeout))
                return { u"fetching got stuck"_s };
        }
        return keysOf(window);
    }
    //! Opens the collection \a name for A as \a Collection and calls \a run with it.
    template <typename Collection, typename Run>
    void withOurs(const QString &name, Run run)
    {
        auto *const ours = valueOfCall(call<Collection>(*m_alice, { .id = name }));
        QVERIFY(ours);
        run(*ours);
    }
    //! Calls \a run with A's and B's handles of one new collection, where B has put \a count items before.
    template <typename Run>
    void withNew(Kind kind, int count, Run run)
    {
        const QString name = freshName();
        const auto both = [&](auto *theirs) {
            QVERIFY(theirs);
            fill(*theirs, count);
            withOurs<std::remove_pointer_t<decltype(theirs)>>(name, [&](auto &ours) { run(ours, *theirs); });
        };
        if (kind == Kind::List)
            both(open<SyncList>(*m_bob, name));
        else
            both(open<SyncMap>(*m_bob, name));
    }
    //! Calls \a run with A's handle of a collection of ten items by B, which all tests share and only read.
    template <typename Run>
    void withTenItems(Kind kind, Run run)
    {
        QString &name = m_tenItems[int(kind)];
        if (name.isEmpty())
            withNew(kind, 10, [&](const auto &, const auto &theirs) { name = theirs.sid(); });
        if (kind == Kind::List)
            withOurs<SyncList>(name, run);
        else
            withOurs<SyncMap>(name, run);
    }
    template <typename Collection>
    void follow(Route route, Collection &ours, const QStringList &expected);

    QString m_tenItems[2]; // sid for each kind
};

void tst_BehaviourQueries::query_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<QString>("from");
    QTest::addColumn<Start>("start");
    QTest::addColumn<Qt::SortOrder>("order");
    QTest::addColumn<int>("pageSize");
    QTest::addColumn<QStringList>("expected");
    const auto up = Qt::AscendingOrder;
    const auto down = Qt::DescendingOrder;
    const auto row = [](const char *tag, Kind kind, const QString &from, Start start, Qt::SortOrder order,
                        int pageSize, const QStringList &expected) {
        QTest::newRow(tag) << kind << from << start << order << pageSize << expected;
    };
    const auto all = [&](const char *tag, Kind kind, Qt::SortOrder order, int pageSize, int first, int last) {
        row(tag, kind, {}, Start::Inclusive, order, pageSize, keysBetween(kind, first, last));
    };
    const auto part = [&](const char *tag, Kind kind, int from, Start start, Qt::SortOrder order, int first,
                          int last) {
        row(tag, kind, keyOf(kind, from), start, order, 5, keysBetween(kind, first, last));
    };
    all("LST-25 all, up", Kind::List, up, 5, 0, 9);
    all("LST-26 all, down", Kind::List, down, 5, 9, 0);
    all("LST-27 pages of 4, 4 and 2", Kind::List, up, 4, 0, 9);
    part("LST-28 from 1 up", Kind::List, 1, Start::Inclusive, up, 1, 9);
    part("LST-29 from 2 up", Kind::List, 2, Start::Inclusive, up, 2, 9);
    part("LST-30 behind 3 up", Kind::List, 3, Start::Exclusive, up, 4, 9);
    part("LST-31 from 5 down", Kind::List, 5, Start::Inclusive, down, 5, 0);
    part("LST-32 behind 7 down", Kind::List, 7, Start::Exclusive, down, 6, 0);
    part("LST-33 behind 8 down", Kind::List, 8, Start::Exclusive, down, 7, 0);
    part("LST-34 from an absent index down", Kind::List, 100500, Start::Inclusive, down, 9, 0);
    all("MAP-24 all, up", Kind::Map, up, 5, 0, 9);
    all("MAP-25 all, down", Kind::Map, down, 5, 9, 0);
    all("MAP-26 pages of 4, 4 and 2", Kind::Map, up, 4, 0, 9);
    part("MAP-27 from key1 up", Kind::Map, 1, Start::Inclusive, up, 1, 9);
    part("MAP-28 behind key3 up", Kind::Map, 3, Start::Exclusive, up, 4, 9);
    part("MAP-29 behind key4 up", Kind::Map, 4, Start::Exclusive, up, 5, 9);
    part("MAP-30 from key6 down", Kind::Map, 6, Start::Inclusive, down, 6, 0);
    part("MAP-31 behind key8 down", Kind::Map, 8, Start::Exclusive, down, 7, 0);
    row("MAP-32 from an absent key behind all", Kind::Map, u"nonExistingKey"_s, Start::Inclusive, up, 5, {});
    row("MAP-33 from an absent key between two", Kind::Map, u"key31"_s, Start::Inclusive, up, 5,
        keysBetween(Kind::Map, 4, 9));
    row("LST-24 empty", Kind::List, {}, Start::Inclusive, up, 5, {});
    row("MAP-23 empty", Kind::Map, {}, Start::Inclusive, up, 5, {});
}

void tst_BehaviourQueries::query()
{
    QFETCH(Kind, kind);
    QFETCH(QString, from);
    QFETCH(Start, start);
    QFETCH(Qt::SortOrder, order);
    QFETCH(int, pageSize);
    QFETCH(QStringList, expected);
    const bool isEmpty = from.isEmpty() && expected.isEmpty();
    const bool isUp = order == Qt::AscendingOrder;
    const QStringList whole = isEmpty ? QStringList()
            : isUp                    ? keysBetween(kind, 0, 9)
                                      : keysBetween(kind, 9, 0);
    const auto check = [&](auto &ours) {
        QCOMPARE(read(ours, from, pageSize, order, start), expected);
        QCOMPARE(read(ours, from, pageSize, order, start), expected);
        QCOMPARE(readByWindow(ours, pageSize, order), whole);
    };
    if (isEmpty)
        withNew(kind, 0, [&](auto &ours, auto &) { check(ours); });
    else
        withTenItems(kind, check);
}

void tst_BehaviourQueries::everyRoute_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<Route>("route");
    const auto rows = [](Kind kind, const char *number) {
        const auto row = [&](const char *name, Route route) {
            QTest::addRow("%s %s", number, name) << kind << route;
        };
        row("pages", Route::Pages);
        row("a page for each", Route::PageOfOneEach);
        row("fetchMore", Route::FetchMore);
        row("loadAll", Route::LoadAll);
        row("get one by one", Route::OneByOne);
        row("another client by sid", Route::OtherClient);
    };
    rows(Kind::List, "LST-22");
    rows(Kind::Map, "MAP-20");
}

template <typename Collection>
void tst_BehaviourQueries::follow(Route route, Collection &ours, const QStringList &expected)
{
    switch (route) {
    case Route::Pages:
        QCOMPARE(read(ours), expected);
        return;
    case Route::PageOfOneEach:
        QCOMPARE(read(ours, {}, 1), expected);
        return;
    case Route::FetchMore:
        QCOMPARE(readByWindow(ours, 3, Qt::AscendingOrder), expected);
        return;
    case Route::LoadAll:
        CollectionCase::follow(ours);
        QCOMPARE(keysOf(ours), expected);
        for (int row = 0; row < expected.size(); ++row)
            QCOMPARE(ours.valueAt(row).toMap(), number(row));
        VERIFY_SHOWS_SERVICE(&ours);
        return;
    case Route::OneByOne:
        for (int n = 0; n < expected.size(); ++n) {
            if constexpr (std::is_same_v<Collection, SyncList>)
                QCOMPARE(valueOfCall(ours.get(n)).value(), number(n));
            else
                QCOMPARE(valueOfCall(ours.get(expected.at(n))).value(), number(n));
        }
        return;
    case Route::OtherClient:
        const auto other = makeClient(m_server, u"carol"_s);
        auto *const theirs = valueOfCall(call<Collection>(*other, { .id = ours.sid() }));
        QVERIFY(theirs);
        QCOMPARE(read(*theirs), expected);
        return;
    }
}

void tst_BehaviourQueries::everyRoute()
{
    QFETCH(Kind, kind);
    QFETCH(Route, route);
    withTenItems(kind, [&](auto &ours) { follow(route, ours, keysBetween(kind, 0, 9)); });
}

void tst_BehaviourQueries::lst23_closedHandleReadsNoMore()
{
    withNew(Kind::List, 2, [](auto &ours, auto &) {
        // J18: a page is a value, nothing to close; what ends is the handle that gives pages.
        SyncPaginator *const page = valueOfCall(firstPage(ours, {}, 1, Qt::AscendingOrder));
        QVERIFY(page && page->hasNextPage());
        ours.close();
        QCOMPARE(errorOfCall(firstPage(ours, u"1"_s, 1, Qt::AscendingOrder)).message(), u"handle closed"_s);
    });
}

void tst_BehaviourQueries::itemsInOrder_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::newRow("LST-38 two items, the second set") << Kind::List;
    QTest::newRow("MAP-37 two keys") << Kind::Map;
}

void tst_BehaviourQueries::itemsInOrder()
{
    QFETCH(Kind, kind);
    const QStringList expected = kind == Kind::List ? keysBetween(kind, 0, 1) : keysBetween(kind, 1, 2);
    const QVariantMap value { { u"key"_s, u"value"_s } };
    withNew(kind, 0, [&](auto &ours, auto &theirs) {
        if constexpr (std::is_same_v<decltype(ours), SyncList &>) {
            valueOfCall(ours.push({}));
            valueOfCall(ours.push({}));
            valueOfCall(ours.set(1, value));
        } else {
            valueOfCall(ours.set(u"key2"_s, value));
            valueOfCall(ours.set(u"key1"_s, {}));
        }
        QCOMPARE(read(ours), expected);
        QCOMPARE(read(theirs), expected);
        QTRY_COMPARE(keysOf(theirs), expected);
        CollectionCase::follow(ours);
        QCOMPARE(keysOf(ours), expected);
        QCOMPARE(ours.valueAt(0).toMap(), QVariantMap());
        QCOMPARE(ours.valueAt(1).toMap(), value);
        VERIFY_SHOWS_SERVICE(&ours);
        VERIFY_SHOWS_SERVICE(&theirs);
    });
}

void tst_BehaviourQueries::map21_removedKeysAreNotRead()
{
    withNew(Kind::Map, 2, [&](auto &ours, auto &theirs) {
        if constexpr (std::is_same_v<decltype(ours), SyncMap &>) {
            QCOMPARE(read(ours), keysBetween(Kind::Map, 0, 1));
            QCOMPARE(textOfError(errorOfCall(ours.remove(u"key0"_s))), QString());
            QCOMPARE(textOfError(errorOfCall(ours.remove(u"key1"_s))), QString());
            QCOMPARE(read(ours), QStringList());
            QCOMPARE(readByWindow(ours, 5, Qt::AscendingOrder), QStringList());
            VERIFY_SHOWS_SERVICE(&ours);
            VERIFY_SHOWS_SERVICE(&theirs);
        }
    });
}

void tst_BehaviourQueries::map22_keysBetweenKeysAreRead()
{
    withNew(Kind::Map, 0, [&](auto &ours, auto &theirs) {
        if constexpr (std::is_same_v<decltype(ours), SyncMap &>) {
            for (const QString &key : { u"key1"_s, u"key2"_s, u"key3"_s })
                valueOfCall(theirs.set(key, {}));
            QCOMPARE(read(ours, {}, 1), QStringList({ u"key1"_s, u"key2"_s, u"key3"_s }));
            for (const QString &key : { u"key11"_s, u"key12"_s, u"key21"_s })
                valueOfCall(theirs.set(key, {}));
            // The cache of the case hides keys it does not know of; ours never answers a query.
            const QStringList all { u"key1"_s, u"key11"_s, u"key12"_s, u"key2"_s, u"key21"_s, u"key3"_s };
            QCOMPARE(read(ours, {}, 1), all);
            QCOMPARE(valueOfCall(ours.get(u"key11"_s)).key(), u"key11"_s);
            QCOMPARE(read(ours, {}, 1), all);
            QCOMPARE(readByWindow(ours, 1, Qt::AscendingOrder), all);
            VERIFY_SHOWS_SERVICE(&ours);
        }
    });
}

QTEST_GUILESS_MAIN(tst_BehaviourQueries)
#include "tst_behaviourqueries.moc"
