#include "TwilioSync/store/pageprogress.h"

#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

//! Pages that never come to an end.
class tst_PageProgress : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void pages_data();
    void pages();
    void pageThatStartsAtAnItem();
};

void tst_PageProgress::pages_data()
{
    QTest::addColumn<bool>("ascending");
    QTest::addColumn<QString>("pages"); // indexes; an empty page is "-"
    QTest::addColumn<qsizetype>("refused"); // -1 for none
    const auto row = [](const char *name, bool ascending, const char *pages, qsizetype refused) {
        QTest::newRow(name) << ascending << QString::fromLatin1(pages) << refused;
    };
    row("forwards", true, "0,1 2,3 4", -1);
    row("backwards in descending order", false, "4,3 2,1 0", -1);
    row("with gaps", true, "0,7 100", -1);
    row("the same again", true, "0,1 2,3 2,3", 2);
    row("empty with more", true, "0,1 -", 1);
    row("empty at first, with more", true, "-", 0);
    row("going backwards", true, "4,5 2,3", 1);
    row("going forwards in descending order", false, "2,1 4,3", 1);
    row("alternating", true, "0,1 2,3 0,1", 2);
    row("one item again", true, "0 0", 1);
}

void tst_PageProgress::pages()
{
    QFETCH(bool, ascending);
    QFETCH(QString, pages);
    QFETCH(qsizetype, refused);
    PageProgress progress(ascending ? Qt::AscendingOrder : Qt::DescendingOrder);
    const QStringList all = pages.split(u' ');
    for (qsizetype i = 0; i < all.size(); ++i) {
        std::vector<ItemKey> keys;
        for (const QString &index : all.at(i).split(u','))
            if (index != u'-')
                keys.push_back({ index.toLongLong(), {} });
        const SyncError error = progress.check(keys, true);
        QCOMPARE(error.isNull(), i != refused);
        if (i == refused)
            QVERIFY(error.message().contains("page"_L1));
    }
    // What is said to be the end is one.
    QVERIFY(progress.check({}, false).isNull());
}

void tst_PageProgress::pageThatStartsAtAnItem()
{
    const std::vector<ItemKey> one { { -1, "b" } };
    QVERIFY(PageProgress(Qt::AscendingOrder, ItemKey { -1, "b" }).check(one, true).isNull());
    QVERIFY(!PageProgress(Qt::AscendingOrder, ItemKey { -1, "b" }, true).check(one, true).isNull());
    QVERIFY(!PageProgress(Qt::AscendingOrder, ItemKey { -1, "c" }).check(one, true).isNull());
    QVERIFY(PageProgress(Qt::DescendingOrder, ItemKey { -1, "c" }, true).check(one, true).isNull());
}

QTEST_APPLESS_MAIN(tst_PageProgress)
#include "tst_pageprogress.moc"
