#pragma once

#include "TwilioSync/store/itemkey.h"

#include <QtCore/qstringlist.h>

#include <algorithm>
#include <random>
#include <vector>

/*!
    The items that the benchmarks store: a task with five fields, in lists under ascending indexes and in maps
    under keys that all begin alike, as keys of an application do.
*/
namespace Bench {

inline const QStringList &itemFields()
{
    static const QStringList names { QStringLiteral("title"), QStringLiteral("done"),
                                     QStringLiteral("priority"), QStringLiteral("assignee"),
                                     QStringLiteral("due") };
    return names;
}

//! JSON of about 140 bytes.
inline QByteArray itemJson(qint64 n)
{
    return R"({"title":"Call the supplier about order )" + QByteArray::number(100'000 + n) + R"(","done":)"
            + (n % 2 ? "true" : "false") + R"(,"priority":)" + QByteArray::number(n % 5)
            + R"(,"assignee":"user-)" + QByteArray::number(n % 1000).rightJustified(6, '0')
            + R"(","due":"2024-05-06T07:08:09Z"})";
}

//! Keys to fill a collection with, in order, and others that fall between them at random.
struct KeySet
{
    std::vector<Twilio::ItemKey> filling;
    std::vector<Twilio::ItemKey> others;
};

//! \a key with a text of its own: what is looked for is at hand, only the store is not.
inline Twilio::ItemKey deepCopy(const Twilio::ItemKey &key)
{
    return { key.index, QByteArray(key.key.constData(), key.key.size()) };
}

inline KeySet makeKeys(bool isList, qint64 filling, qint64 others, quint32 seed = 1)
{
    std::mt19937_64 random(seed);
    KeySet keys;
    if (isList) {
        // Even indexes are there, odd ones come late: each place at most once.
        const qint64 stride = qMax<qint64>(1, filling / qMax<qint64>(1, others));
        for (qint64 i = 0; i < filling; ++i)
            keys.filling.push_back({ 2 * i, {} });
        for (qint64 i = 0; i < others; ++i)
            keys.others.push_back({ 2 * (i * stride) + 1, {} });
    } else {
        const auto key = [&] {
            return Twilio::ItemKey {
                -1, "contact:" + QByteArray::number(random() >> 8, 16).rightJustified(14, '0')
            };
        };
        for (qint64 i = 0; i < filling; ++i)
            keys.filling.push_back(key());
        for (qint64 i = 0; i < others; ++i)
            keys.others.push_back(key());
        std::sort(keys.filling.begin(), keys.filling.end(),
                  [](const auto &a, const auto &b) { return compareKeys(a, b) < 0; });
    }
    std::shuffle(keys.others.begin(), keys.others.end(), random);
    return keys;
}

//! \a count numbers from 0 to \a below - 1.
inline std::vector<qint64> randomNumbers(qint64 count, qint64 below, quint32 seed = 2)
{
    std::mt19937_64 random(seed);
    std::uniform_int_distribution<qint64> any(0, below - 1);
    std::vector<qint64> numbers(static_cast<std::size_t>(count));
    for (qint64 &number : numbers)
        number = any(random);
    return numbers;
}

//! As randomNumbers(), each at most once; \a count at most \a below.
inline std::vector<qint64> randomChoice(qint64 count, qint64 below, quint32 seed = 3)
{
    std::mt19937_64 random(seed);
    std::vector<qint64> numbers(static_cast<std::size_t>(below));
    for (std::size_t i = 0; i < numbers.size(); ++i)
        numbers[i] = qint64(i);
    std::shuffle(numbers.begin(), numbers.end(), random);
    numbers.resize(std::size_t(count));
    return numbers;
}

} // namespace Bench
