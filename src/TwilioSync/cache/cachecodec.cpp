#include "TwilioSync/cache/cachecodec.h"

#include <QtCore/qcborarray.h>
#include <QtCore/qcborvalue.h>
#include <QtCore/qcryptographichash.h>
#include <QtCore/qstring.h>

#include <limits>

namespace Twilio {
namespace {

QCborArray encodeCut(const Cut &cut)
{
    QCborArray encoded { int(cut.side()) };
    if (!cut.isEnd()) {
        encoded.append(cut.key().index);
        encoded.append(cut.key().key);
    }
    return encoded;
}

std::optional<Cut> decodeCut(const QCborArray &encoded)
{
    const ItemKey key { encoded.at(1).toInteger(-1), encoded.at(2).toByteArray() };
    switch (encoded.at(0).toInteger(-1)) {
    case int(Cut::Side::Bottom):
        return Cut::bottom();
    case int(Cut::Side::Before):
        return Cut::before(key);
    case int(Cut::Side::After):
        return Cut::after(key);
    case int(Cut::Side::Top):
        return Cut::top();
    default:
        return std::nullopt;
    }
}

//! An array of \a size elements; none if \a bytes are anything else.
std::optional<QCborArray> arrayIn(const QByteArray &bytes, qsizetype size)
{
    QCborParserError error;
    const QCborValue decoded = QCborValue::fromCbor(bytes, &error);
    if (error.error != QCborError::NoError || error.offset != bytes.size() || !decoded.isArray())
        return std::nullopt;
    const QCborArray array = decoded.toArray();
    return array.size() == size ? std::optional(array) : std::nullopt;
}

/*!
    \brief Takes the elements of an array one after the other; not all right once one has another type than
   it should have.
*/
class Elements
{
public:
    explicit Elements(const QCborArray &array) : m_array(array) { }

    [[nodiscard]] qint64 number()
    {
        const QCborValue value = next();
        m_isRight = m_isRight && value.isInteger();
        return value.toInteger();
    }
    [[nodiscard]] QByteArray bytes()
    {
        const QCborValue value = next();
        m_isRight = m_isRight && value.isByteArray();
        return value.toByteArray();
    }
    [[nodiscard]] std::optional<qint64> time()
    {
        const qint64 stored = number();
        return stored == noTime ? std::nullopt : std::optional(stored);
    }
    [[nodiscard]] bool isRight() const { return m_isRight; }

private:
    [[nodiscard]] QCborValue next() { return m_array.at(m_at++); }

    const QCborArray m_array;
    qsizetype m_at = 0;
    bool m_isRight = true;
};

} // namespace

QByteArray nameOfOwner(const CacheOwner &owner)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    for (const QString &part : { owner.accountSid, owner.serviceSid, owner.identity }) {
        const QByteArray text = part.toUtf8();
        hash.addData(QByteArray::number(text.size()) + ' ' + text);
    }
    return hash.result().toHex().first(32);
}

QByteArray encodeCoverage(const Coverage &coverage)
{
    QCborArray ranges;
    for (const auto &[from, to] : coverage.ranges())
        ranges.append(QCborArray { encodeCut(from), encodeCut(to) });
    return QCborValue(ranges).toCbor();
}

std::optional<Coverage> decodeCoverage(const QByteArray &bytes)
{
    const QCborValue decoded = QCborValue::fromCbor(bytes);
    if (!decoded.isArray())
        return std::nullopt;
    Coverage coverage;
    const QCborArray ranges = decoded.toArray();
    for (const auto &range : ranges) {
        const auto from = decodeCut(range[0].toArray());
        const auto to = decodeCut(range[1].toArray());
        if (!from || !to)
            return std::nullopt;
        coverage.add(*from, *to);
    }
    return coverage;
}

QByteArray encodeRoot(const CachedRoot &root, const QByteArray &data)
{
    const Protocol::RootResource &it = root.resource;
    return QCborValue(QCborArray { it.url, it.itemsUrl, it.contextUrl, it.revision,
                                   it.lastEventId.value_or(-1), it.created.value_or(noTime),
                                   it.updated.value_or(noTime), it.expires.value_or(noTime), data,
                                   root.contextEventId, encodeCoverage(root.coverage), root.storageId })
            .toCbor();
}

std::optional<QByteArray> decodeRoot(const QByteArray &bytes, CachedRoot &root)
{
    constexpr qsizetype size = 12;
    auto array = arrayIn(bytes, size);
    if (!array)
        return std::nullopt;
    Elements elements(*std::move(array));
    Protocol::RootResource &it = root.resource;
    it.url = elements.bytes();
    it.itemsUrl = elements.bytes();
    it.contextUrl = elements.bytes();
    it.revision = elements.bytes();
    if (const qint64 cursor = elements.number(); cursor >= 0)
        it.lastEventId = cursor;
    it.created = elements.time();
    it.updated = elements.time();
    it.hasExpires = true;
    it.expires = elements.time();
    const QByteArray data = elements.bytes();
    root.contextEventId = elements.number();
    auto coverage = decodeCoverage(elements.bytes());
    root.storageId = elements.bytes();
    if (!elements.isRight() || !coverage)
        return std::nullopt;
    root.coverage = *std::move(coverage);
    return data;
}

QByteArray encodeItem(const ItemRecord &item, const QByteArray &data)
{
    return QCborValue(QCborArray { item.revision().toByteArray(), item.lastEventId(), item.created(),
                                   item.updated(), item.expires(), data })
            .toCbor();
}

std::optional<DecodedItem> decodeItem(const QByteArray &bytes)
{
    constexpr qsizetype size = 6;
    auto array = arrayIn(bytes, size);
    if (!array)
        return std::nullopt;
    Elements elements(*std::move(array));
    DecodedItem item;
    item.revision = elements.bytes();
    item.fields.revision = item.revision;
    item.fields.lastEventId = elements.number();
    item.fields.created = elements.number();
    item.fields.updated = elements.number();
    item.fields.expires = elements.number();
    item.data = elements.bytes();
    // What an item can hold
    const bool fits = item.revision.size() <= std::numeric_limits<quint16>::max();
    return elements.isRight() && fits ? std::optional(std::move(item)) : std::nullopt;
}

} // namespace Twilio
