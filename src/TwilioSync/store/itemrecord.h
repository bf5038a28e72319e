#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>

#include <atomic>
#include <limits>
#include <utility>

namespace Twilio {

//! A point in time that is not known, or never comes.
inline constexpr qint64 noTime = std::numeric_limits<qint64>::min();

//! What an item is made of; the views need only live while it is being made.
struct ItemFields
{
    //! List index; unused in maps.
    qint64 index = -1;
    //! Map key in UTF-8; empty in lists.
    QByteArrayView key = {};
    //! The value as raw JSON.
    QByteArrayView json = {};
    QByteArrayView revision = {};
    //! Event id of the last change (protocol.md 7.5).
    qint64 lastEventId = -1;
    //! Milliseconds since 1970 UTC, or noTime.
    qint64 created = noTime;
    qint64 updated = noTime;
    qint64 expires = noTime;
};

/*!
    \brief One state of one item, immutable and shared: a fixed part and its three texts in a single
   allocation.

    A change makes another record, so whoever still holds the old one has the previous value.
*/
class TWILIOSYNC_PRIVATE_EXPORT ItemRecord
{
    Q_DISABLE_COPY_MOVE(ItemRecord)

public:
    [[nodiscard]] qint64 index() const { return m_index; }
    [[nodiscard]] QByteArrayView key() const { return { text(), qsizetype(m_keySize) }; }
    [[nodiscard]] QByteArrayView revision() const
    {
        return { text() + m_keySize, qsizetype(m_revisionSize) };
    }
    [[nodiscard]] QByteArrayView json() const
    {
        return { text() + m_keySize + m_revisionSize, qsizetype(m_jsonSize) };
    }
    [[nodiscard]] qint64 lastEventId() const { return m_lastEventId; }
    [[nodiscard]] qint64 created() const { return m_created; }
    [[nodiscard]] qint64 updated() const { return m_updated; }
    [[nodiscard]] qint64 expires() const { return m_expires; }
    //! Bytes that it takes up.
    [[nodiscard]] qsizetype size() const
    {
        return qsizetype(sizeof(ItemRecord)) + m_keySize + m_revisionSize + qsizetype(m_jsonSize);
    }
    //! All of it, to make another record from; the views last as long as this record.
    [[nodiscard]] ItemFields fields() const;

    // For whoever shares it.
    void retain() const noexcept { m_references.fetch_add(1, std::memory_order_relaxed); }
    void release() const noexcept;

private:
    friend class ItemPtr;
    explicit ItemRecord(const ItemFields &fields);
    ~ItemRecord() = default;
    [[nodiscard]] const char *text() const { return reinterpret_cast<const char *>(this + 1); }

    qint64 m_index;
    qint64 m_lastEventId;
    qint64 m_created;
    qint64 m_updated;
    qint64 m_expires;
    mutable std::atomic<quint32> m_references = 0;
    quint32 m_jsonSize;
    quint16 m_keySize;
    quint16 m_revisionSize;
};

//! Shared ownership of an ItemRecord; null by default.
class TWILIOSYNC_PRIVATE_EXPORT ItemPtr
{
public:
    ItemPtr() = default;
    [[nodiscard]] static ItemPtr make(const ItemFields &fields);
    ItemPtr(const ItemPtr &other) noexcept : m_record(other.m_record) { retain(); }
    ItemPtr(ItemPtr &&other) noexcept : m_record(std::exchange(other.m_record, nullptr)) { }
    ItemPtr &operator=(const ItemPtr &other) noexcept { return *this = ItemPtr(other); }
    ItemPtr &operator=(ItemPtr &&other) noexcept
    {
        std::swap(m_record, other.m_record);
        return *this;
    }
    ~ItemPtr() { release(); }

    explicit operator bool() const { return m_record != nullptr; }
    const ItemRecord *operator->() const { return m_record; }
    const ItemRecord &operator*() const { return *m_record; }
    [[nodiscard]] const ItemRecord *get() const { return m_record; }
    friend bool operator==(const ItemPtr &a, const ItemPtr &b) { return a.m_record == b.m_record; }

private:
    void retain() const noexcept
    {
        if (m_record)
            m_record->retain();
    }
    void release() const noexcept
    {
        if (m_record)
            m_record->release();
    }

    const ItemRecord *m_record = nullptr;
};

} // namespace Twilio
