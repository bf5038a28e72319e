#include "TwilioSync/store/itemrecord.h"

#include <cstring>
#include <new>

namespace Twilio {
namespace {

template <typename Size>
Size sizeOf(QByteArrayView text)
{
    return Size(qMin(quint64(text.size()), quint64(std::numeric_limits<Size>::max())));
}

} // namespace

ItemRecord::ItemRecord(const ItemFields &fields)
    : m_index(fields.index)
    , m_lastEventId(fields.lastEventId)
    , m_created(fields.created)
    , m_updated(fields.updated)
    , m_expires(fields.expires)
    , m_jsonSize(sizeOf<quint32>(fields.json))
    , m_keySize(sizeOf<quint16>(fields.key))
    , m_revisionSize(sizeOf<quint16>(fields.revision))
{
    char *at = reinterpret_cast<char *>(this + 1);
    const auto put = [&at](QByteArrayView text, quint32 size) {
        if (size > 0)
            std::memcpy(at, text.data(), size);
        at += size;
    };
    put(fields.key, m_keySize);
    put(fields.revision, m_revisionSize);
    put(fields.json, m_jsonSize);
}

ItemFields ItemRecord::fields() const
{
    return { m_index, key(), json(), revision(), m_lastEventId, m_created, m_updated, m_expires };
}

ItemPtr ItemPtr::make(const ItemFields &fields)
{
    const auto size =
            sizeof(ItemRecord) + std::size_t(fields.key.size() + fields.revision.size() + fields.json.size());
    ItemPtr item;
    item.m_record = new (::operator new(size)) ItemRecord(fields);
    item.retain();
    return item;
}

void ItemRecord::release() const noexcept
{
    if (m_references.fetch_sub(1, std::memory_order_acq_rel) > 1)
        return;
    this->~ItemRecord();
    ::operator delete(const_cast<ItemRecord *>(this));
}

} // namespace Twilio
