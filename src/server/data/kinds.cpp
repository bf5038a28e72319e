#include "server/data/kinds.h"

#include <algorithm>
#include <array>

namespace Twilio::Server {
namespace {

constexpr std::array words {
    KindWords { "document", "Documents", "ET" },
    KindWords { "list", "Lists", "ES" },
    KindWords { "map", "Maps", "MP" },
    KindWords { "stream", "Streams", "TO" },
};

std::optional<ObjectKind> kindWhere(QByteArrayView KindWords::*word, QByteArrayView text)
{
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i].*word == text)
            return ObjectKind(i);
    }
    return std::nullopt;
}

} // namespace

const KindWords &wordsOf(ObjectKind kind) { return words[std::size_t(kind)]; }

std::optional<ObjectKind> kindFromName(QByteArrayView name) { return kindWhere(&KindWords::name, name); }

std::optional<ObjectKind> kindFromCollection(QByteArrayView collection)
{
    return kindWhere(&KindWords::collection, collection);
}

bool looksLikeSid(QStringView text)
{
    const auto isCapital = [](QChar c) { return c >= u'A' && c <= u'Z'; };
    const auto isHex = [](QChar c) { return (c >= u'0' && c <= u'9') || (c >= u'a' && c <= u'f'); };
    return text.size() == 34 && std::all_of(text.begin(), text.begin() + 2, isCapital)
            && std::all_of(text.begin() + 2, text.end(), isHex);
}

} // namespace Twilio::Server
