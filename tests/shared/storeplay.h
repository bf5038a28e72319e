#pragma once

#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qscopedvaluerollback.h>
#include <QtCore/qstring.h>

#include <functional>
#include <limits>
#include <optional>
#include <vector>

//! The rows of a store, by what its observers are told alone.
class ToldRows final : public Twilio::CollectionObserver
{
    Q_DISABLE_COPY_MOVE(ToldRows)

public:
    explicit ToldRows(Twilio::CollectionStore &store) : m_store(store) { store.observers.add(this); }
    ~ToldRows() { m_store.observers.remove(this); }

    void itemsAboutToMove(Twilio::ItemKeyView, Twilio::ItemKeyView) override { }
    void itemsInserted(qsizetype rank, std::span<const Twilio::ItemPtr> items) override
    {
        if (rank < 0 || rank > size())
            fail(QStringLiteral("inserted at %1 of %2").arg(rank).arg(size()));
        else
            m_rows.insert(m_rows.begin() + rank, items.begin(), items.end());
        told();
    }
    void itemsRemoved(qsizetype rank, std::span<const Twilio::ItemPtr> items) override
    {
        const auto count = qsizetype(items.size());
        if (rank < 0 || rank + count > size()
            || !std::equal(items.begin(), items.end(), m_rows.begin() + rank))
            fail(QStringLiteral("others removed at %1 of %2 than there were").arg(rank).arg(size()));
        else
            m_rows.erase(m_rows.begin() + rank, m_rows.begin() + rank + count);
        told();
    }
    void itemReplaced(qsizetype rank, const Twilio::ItemPtr &before, const Twilio::ItemPtr &after) override
    {
        if (rank < 0 || rank >= size() || m_rows[std::size_t(rank)] != before)
            fail(QStringLiteral("another replaced at %1 of %2 than there was").arg(rank).arg(size()));
        else
            m_rows[std::size_t(rank)] = after;
        told();
    }
    [[nodiscard]] Shown shown() const override { return m_shown; }
    void itemEvent(const Twilio::ItemEvent &event) override
    {
        if (!event.item)
            fail(QStringLiteral("event without an item"));
        told();
    }

    //! What is to stay when the rest is dropped.
    void show(const Shown &shown) { m_shown = shown; }
    //! Calls \a act, as a slot would, when it is told of something next.
    void whenTold(std::function<void()> act) { m_whenTold = std::move(act); }

    //! Empty if the store holds these rows, in the order of their keys.
    [[nodiscard]] QString difference() const
    {
        if (!m_failure.isEmpty())
            return m_failure;
        if (m_store.items().size() != size())
            return QStringLiteral("%1 rows told, %2 items").arg(size()).arg(m_store.items().size());
        for (qsizetype row = 0; row < size(); ++row) {
            const Twilio::ItemPtr &item = m_rows[std::size_t(row)];
            const Twilio::ItemKeyView key = keyOf(*item);
            if (m_store.items().at(row) != item || m_store.items().find(key) != item
                || m_store.items().rank(key) != row)
                return QStringLiteral("row %1 is not the item").arg(row);
            if (row > 0 && compareKeys(keyOf(*m_rows[std::size_t(row) - 1]), key) >= 0)
                return QStringLiteral("row %1 is out of order").arg(row);
        }
        return {};
    }

private:
    [[nodiscard]] qsizetype size() const { return qsizetype(m_rows.size()); }
    void fail(const QString &failure)
    {
        if (m_failure.isEmpty())
            m_failure = failure;
    }
    void told()
    {
        if (const auto act = std::exchange(m_whenTold, nullptr))
            act();
    }

    Twilio::CollectionStore &m_store;
    std::vector<Twilio::ItemPtr> m_rows;
    Shown m_shown { Twilio::Cut::bottom(), Twilio::Cut::top() };
    std::function<void()> m_whenTold;
    QString m_failure;
};

/*!
    \brief Turns bytes into steps of a store, four bytes each: what happens, the item, its event, and how it
   comes.

    Items are few, so that news meet; some are of the other kind, or of both. Any step may also come from a
   slot, while the store tells of another.
*/
class StorePlay
{
public:
    explicit StorePlay(Twilio::CollectionStore::Kind kind) : m_kind(kind), m_store(kind), m_rows(m_store)
    {
        m_store.mostUnseen = 0;
    }

    //! Empty, or where what was told first differs from what is there.
    [[nodiscard]] QString run(QByteArrayView bytes)
    {
        for (qsizetype at = 0; at + stepSize <= bytes.size(); at += stepSize) {
            step(bytes.sliced(at, stepSize));
            if (const QString difference = m_rows.difference(); !difference.isEmpty())
                return QStringLiteral("step %1: %2").arg(at / stepSize).arg(difference);
        }
        m_pause.reset();
        m_store.flush();
        return m_rows.difference();
    }

private:
    using Kind = Twilio::ItemEvent::Kind;
    using Source = Twilio::CollectionStore::Source;

    static constexpr qsizetype stepSize = 4;

    //! An event that has come, to come again.
    struct Past
    {
        Kind kind;
        Twilio::ItemPtr item;
        quint8 way;
    };

    void step(QByteArrayView bytes)
    {
        const auto play = [this, what = quint8(bytes[0]), number = quint8(bytes[1]), event = quint8(bytes[2]),
                           way = quint8(bytes[3])] { this->play(what, number, event, way); };
        if (quint8(bytes[0]) < 0xc0) {
            play();
            return;
        }
        m_rows.whenTold([this, play] {
            const QScopedValueRollback guard(m_isInSlot, true);
            play();
        });
    }
    void play(quint8 what, quint8 number, quint8 event, quint8 way)
    {
        const qint64 eventId = eventIdOf(event);
        const Twilio::ItemPtr item = itemOf(number, eventId);
        switch (what % 16) {
        case 0:
        case 1:
        case 2:
            receive({ Kind::Added, item, way });
            break;
        case 3:
        case 4:
            receive({ Kind::Updated, item, way });
            break;
        case 5:
        case 6:
            receive({ Kind::Removed, item, way });
            break;
        case 7:
        case 8:
            m_store.apply(item->fields(), Source(way % 5), way & 0x80);
            break;
        case 9:
            m_store.applyRemoval(item->fields(), way & 1);
            break;
        case 10:
            page(number, eventId, way);
            break;
        case 11:
            m_store.expectOwnEvent(m_lastEventId + 1 + event % 4);
            break;
        case 12:
            replay(number, way);
            break;
        case 13:
            show(number, event);
            m_store.dropUnseen(m_store.root.lastEventId - way % 8, { ownedKey(keyOf(*item)) });
            break;
        case 14:
            turnPause();
            break;
        default:
            m_store.flush();
            break;
        }
    }

    //! Most are new, some are late, few are far ahead.
    qint64 eventIdOf(quint8 event)
    {
        if (event < 0xc0)
            return ++m_lastEventId;
        if (event < 0xf8)
            return qMax<qint64>(0, m_lastEventId - event % 16);
        return event < 0xff ? m_lastEventId + event % 8 : std::numeric_limits<qint64>::max();
    }
    [[nodiscard]] Twilio::ItemPtr itemOf(quint8 number, qint64 eventId) const
    {
        const QByteArray key(1 + number % 3, char('a' + number % 16));
        const QByteArray json = "{\"n\":" + QByteArray::number(eventId) + '}';
        Twilio::ItemFields fields;
        const bool isList = m_kind == Twilio::CollectionStore::Kind::List;
        const bool isOther = number >= 0xf0;
        if (isList != isOther || number == 0xff)
            fields.index = number == 0xfe ? -5 : number % 16;
        if (isList == isOther || number == 0xff)
            fields.key = key;
        fields.json = json;
        fields.revision = "r";
        fields.lastEventId = eventId;
        fields.updated = 1000 + eventId % 10'000;
        return Twilio::ItemPtr::make(fields);
    }
    void receive(const Past &event)
    {
        m_past.push_back(event);
        m_store.receive({ .kind = event.kind,
                          .item = event.item->fields(),
                          .knowsExpires = (event.way & 1) != 0,
                          .isLocal = (event.way & 2) != 0,
                          .revision = "r",
                          .isInOrder = (event.way & 4) != 0 });
    }
    //! Some of the last events come again, in the order in which they came.
    void replay(quint8 number, quint8 way)
    {
        const std::size_t end = m_past.size();
        for (std::size_t at = end - qMin<std::size_t>(end, number % 16); at < end; ++at) {
            Past again = m_past[at];
            again.way = way;
            receive(again);
        }
    }
    void page(quint8 number, qint64 eventId, quint8 way)
    {
        std::vector<Twilio::ItemPtr> items; // their texts are the page's
        std::vector<Twilio::ItemFields> fieldsOfAll;
        for (int i = 0; i < way % 8; ++i)
            items.push_back(itemOf(quint8(number + i * (1 + way / 64)), qMax<qint64>(0, eventId - i)));
        for (const Twilio::ItemPtr &item : items)
            fieldsOfAll.push_back(item->fields());
        m_store.applyPage(fieldsOfAll);
    }
    //! From now on what is below one item and what is above another is shown.
    void show(quint8 low, quint8 high)
    {
        m_rows.show({ Twilio::Cut::before(keyOf(*itemOf(low % 0xf0, 0))),
                      Twilio::Cut::after(keyOf(*itemOf(high % 0xf0, 0))) });
    }
    //! A pause begins, or ends.
    void turnPause()
    {
        if (m_isInSlot)
            return;
        if (m_pause)
            m_pause.reset();
        else
            m_pause.emplace(m_store);
    }

    const Twilio::CollectionStore::Kind m_kind;
    Twilio::CollectionStore m_store;
    ToldRows m_rows;
    std::optional<Twilio::CollectionStore::Pause> m_pause;
    std::vector<Past> m_past;
    qint64 m_lastEventId = 0;
    bool m_isInSlot = false;
};
