#pragma once

#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qstring.h>

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
    }
    void itemsRemoved(qsizetype rank, std::span<const Twilio::ItemPtr> items) override
    {
        const auto count = qsizetype(items.size());
        if (rank < 0 || rank + count > size()
            || !std::equal(items.begin(), items.end(), m_rows.begin() + rank))
            fail(QStringLiteral("others removed at %1 of %2 than there were").arg(rank).arg(size()));
        else
            m_rows.erase(m_rows.begin() + rank, m_rows.begin() + rank + count);
    }
    void itemReplaced(qsizetype rank, const Twilio::ItemPtr &before, const Twilio::ItemPtr &after) override
    {
        if (rank < 0 || rank >= size() || m_rows[std::size_t(rank)] != before)
            fail(QStringLiteral("another replaced at %1 of %2 than there was").arg(rank).arg(size()));
        else
            m_rows[std::size_t(rank)] = after;
    }
    [[nodiscard]] Shown shown() const override { return { Twilio::Cut::bottom(), Twilio::Cut::top() }; }
    void itemEvent(const Twilio::ItemEvent &event) override
    {
        if (!event.item)
            fail(QStringLiteral("event without an item"));
    }

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

    Twilio::CollectionStore &m_store;
    std::vector<Twilio::ItemPtr> m_rows;
    QString m_failure;
};

/*!
    \brief Turns bytes into news for a store, four bytes each: what it is, the item, its event, and how it
   comes.

    Items are few, so that news meet; some are of the other kind, or of both.
*/
class StorePlay
{
public:
    explicit StorePlay(Twilio::CollectionStore::Kind kind) : m_kind(kind), m_store(kind), m_rows(m_store) { }

    //! Empty, or where what was told first differs from what is there.
    [[nodiscard]] QString run(QByteArrayView bytes)
    {
        for (qsizetype at = 0; at + 4 <= bytes.size(); at += 4) {
            play(quint8(bytes[at]), quint8(bytes[at + 1]), quint8(bytes[at + 2]), quint8(bytes[at + 3]));
            if (const QString difference = m_rows.difference(); !difference.isEmpty())
                return QStringLiteral("step %1: %2").arg(at / 4).arg(difference);
        }
        m_store.flush();
        return m_rows.difference();
    }

private:
    using Source = Twilio::CollectionStore::Source;

    Twilio::ItemFields fields(quint8 number, qint64 eventId)
    {
        m_key = QByteArray(1 + number % 3, char('a' + number % 16));
        m_json = "{\"n\":" + QByteArray::number(eventId) + '}';
        Twilio::ItemFields fields;
        const bool isList = m_kind == Twilio::CollectionStore::Kind::List;
        const bool isOther = number >= 0xf0;
        if (isList != isOther || number == 0xff)
            fields.index = number == 0xfe ? -5 : number % 16;
        if (isList == isOther || number == 0xff)
            fields.key = m_key;
        fields.json = m_json;
        fields.revision = "r";
        fields.lastEventId = eventId;
        fields.updated = 1000 + eventId;
        return fields;
    }
    void play(quint8 what, quint8 number, quint8 event, quint8 way)
    {
        // Most are new, some are late, few are far ahead.
        const qint64 eventId = event < 0xc0 ? ++m_lastEventId
                : event < 0xf8              ? qMax<qint64>(0, m_lastEventId - event % 16)
                                            : m_lastEventId + event % 8;
        const Twilio::ItemFields news = fields(number, eventId);
        const bool knowsExpires = way & 1;
        const auto receive = [&](Twilio::ItemEvent::Kind kind) {
            m_store.receive({ .kind = kind,
                              .item = news,
                              .knowsExpires = knowsExpires,
                              .isLocal = (way & 2) != 0,
                              .revision = "r",
                              .isInOrder = (way & 4) != 0 });
        };
        switch (what % 12) {
        case 0:
        case 1:
        case 2:
            receive(Twilio::ItemEvent::Kind::Added);
            break;
        case 3:
        case 4:
            receive(Twilio::ItemEvent::Kind::Updated);
            break;
        case 5:
        case 6:
            receive(Twilio::ItemEvent::Kind::Removed);
            break;
        case 7:
            m_store.apply(news, Source(way % 5), knowsExpires);
            break;
        case 8:
            m_store.applyRemoval(news, knowsExpires);
            break;
        case 9:
            page(number, eventId, way);
            break;
        case 10:
            m_store.expectOwnEvent(eventId + 1);
            m_store.forgetOldEvents(eventId);
            break;
        default:
            m_store.flush();
            break;
        }
    }
    void page(quint8 number, qint64 eventId, quint8 way)
    {
        std::vector<Twilio::ItemPtr> items; // their texts are the page's
        std::vector<Twilio::ItemFields> fieldsOfAll;
        for (int i = 0; i < way % 8; ++i)
            items.push_back(Twilio::ItemPtr::make(
                    fields(quint8(number + i * (1 + way / 64)), qMax<qint64>(0, eventId - i))));
        for (const Twilio::ItemPtr &item : items)
            fieldsOfAll.push_back(item->fields());
        m_store.applyPage(fieldsOfAll);
    }

    const Twilio::CollectionStore::Kind m_kind;
    Twilio::CollectionStore m_store;
    ToldRows m_rows;
    QByteArray m_key;
    QByteArray m_json;
    qint64 m_lastEventId = 0;
};
