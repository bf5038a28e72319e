#pragma once

#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

#include <algorithm>

//! Keeps a copy of the rows by what it is told, and writes everything down.
class Replica final : public Twilio::CollectionObserver
{
public:
    explicit Replica(Twilio::CollectionStore &store) : m_store(store) { store.observers.add(this); }
    ~Replica() { m_store.observers.remove(this); }
    Q_DISABLE_COPY_MOVE(Replica)

    void itemsAboutToMove(Twilio::ItemKeyView, Twilio::ItemKeyView) override { }
    void itemsInserted(qsizetype rank, std::span<const Twilio::ItemPtr> items) override
    {
        rows.insert(rows.begin() + rank, items.begin(), items.end());
        log.append(QStringLiteral("rows %1+%2").arg(rank).arg(items.size()));
    }
    void itemsRemoved(qsizetype rank, std::span<const Twilio::ItemPtr> items) override
    {
        QVERIFY(std::equal(items.begin(), items.end(), rows.begin() + rank));
        rows.erase(rows.begin() + rank, rows.begin() + rank + qsizetype(items.size()));
        log.append(QStringLiteral("rows %1-%2").arg(rank).arg(items.size()));
    }
    void itemReplaced(qsizetype rank, const Twilio::ItemPtr &, const Twilio::ItemPtr &after) override
    {
        rows[std::size_t(rank)] = after;
        log.append(QStringLiteral("row %1").arg(rank));
    }
    [[nodiscard]] Shown shown() const override { return { Twilio::Cut::bottom(), Twilio::Cut::top() }; }
    void itemEvent(const Twilio::ItemEvent &event) override
    {
        static const QStringList names { QStringLiteral("added"), QStringLiteral("updated"),
                                         QStringLiteral("removed") };
        log.append(QStringLiteral("%1 %2 %3%4")
                           .arg(names.at(int(event.kind)))
                           .arg(event.item->index())
                           .arg(QString::fromUtf8(event.item->json()),
                                event.isLocal ? QStringLiteral(" local") : QString()));
    }
    [[nodiscard]] QString state() const
    {
        QStringList texts;
        for (const Twilio::ItemPtr &item : rows)
            texts.append(QStringLiteral("%1=%2").arg(item->index()).arg(QString::fromUtf8(item->json())));
        return texts.join(u' ');
    }

    std::vector<Twilio::ItemPtr> rows;
    QStringList log;

private:
    Twilio::CollectionStore &m_store;
};

inline Twilio::ItemFields fields(qint64 index, qint64 id, QByteArrayView json = "{}")
{
    Twilio::ItemFields all;
    all.index = index;
    all.json = json;
    all.revision = "r";
    all.lastEventId = id;
    all.updated = 1000 + id;
    return all;
}

//! "a0@1" is item 0 added by event 1; u updated, r removed, A and U replies to our own writes, R its removal,
//! p read. Events wait for their neighbours; nothing is missing before them if \a isInOrder.
inline void enqueue(Twilio::CollectionStore &store, const QString &step, bool isInOrder = true)
{
    using Source = Twilio::CollectionStore::Source;
    using Kind = Twilio::ItemEvent::Kind;
    const qint64 index = step.mid(1).section(u'@', 0, 0).toLongLong();
    const qint64 id = step.section(u'@', 1).toLongLong();
    const QByteArray json = '[' + QByteArray::number(id) + ']';
    const auto receive = [&](Kind kind) {
        store.receive({ .kind = kind, .item = fields(index, id, json), .isInOrder = isInOrder });
    };
    switch (step.front().unicode()) {
    case 'a':
        receive(Kind::Added);
        break;
    case 'u':
        receive(Kind::Updated);
        break;
    case 'A':
        store.apply(fields(index, id, json), Source::LocalAdd);
        break;
    case 'U':
        store.apply(fields(index, id, json), Source::LocalUpdate);
        break;
    case 'p':
        store.apply(fields(index, id, json), Source::Read);
        break;
    case 'r':
        receive(Kind::Removed);
        break;
    case 'R':
        store.applyRemoval(fields(index, id, json), true);
        break;
    default:
        QFAIL("unknown step");
    }
}

//! As enqueue(), without a wait.
inline void play(Twilio::CollectionStore &store, const QString &step, bool isInOrder = true)
{
    enqueue(store, step, isInOrder);
    store.flush();
}
