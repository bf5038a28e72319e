#include "TwilioSync/models/overlaiditems.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <map>

using namespace Twilio;

// What is laid over a store, against a copy that is put together anew each time.
class tst_OverlaidItems : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void showsWhatIsLaidOver();

private:
    [[nodiscard]] static ItemPtr item(qint64 index, const QByteArray &json)
    {
        return ItemPtr::make({ .index = index, .json = json, .lastEventId = 1 });
    }
};

void tst_OverlaidItems::showsWhatIsLaidOver()
{
    const quint32 seed = QRandomGenerator::system()->generate();
    qInfo() << "seed" << seed;
    QRandomGenerator random(seed);
    constexpr int keys = 40;
    for (int round = 0; round < 200; ++round) {
        CollectionStore store(CollectionStore::Kind::List);
        std::map<qint64, QByteArray> shown;
        for (qint64 index = 0; index < keys; ++index) {
            if (random.bounded(2) == 0)
                continue;
            store.apply(item(index, "0"), CollectionStore::Source::Read);
            shown[index] = "0";
        }
        const auto confirmed = shown;
        OverlaidItems items(store);
        for (int change = 0; change < 60; ++change) {
            const qint64 index = random.bounded(keys);
            const QByteArray json = QByteArray::number(change);
            const int what = random.bounded(3);
            if (what == 0) {
                items.lay({ index, {} }, std::nullopt);
                shown.erase(index);
                if (const auto there = confirmed.find(index); there != confirmed.end())
                    shown.insert(*there);
            } else if (what == 1) {
                items.lay({ index, {} }, PendingItem { {}, Sync::Pending::Waiting });
                shown.erase(index);
            } else {
                items.lay({ index, {} }, PendingItem { item(index, json), Sync::Pending::Waiting });
                shown[index] = json;
            }
            QCOMPARE(items.size(), qsizetype(shown.size()));
            qsizetype rank = 0;
            for (const auto &[key, value] : shown) {
                const ItemPtr there = items.at(rank);
                QCOMPARE(there->index(), key);
                QCOMPARE(there->json().toByteArray(), value);
                QCOMPARE(items.rank({ key, {} }), rank);
                QCOMPARE(items.below(Cut::before({ key, {} })), rank);
                ++rank;
            }
            if (!shown.contains(index))
                QCOMPARE(items.rank({ index, {} }), -1);
        }
    }
}

QTEST_APPLESS_MAIN(tst_OverlaidItems)
#include "tst_overlaiditems.moc"
