// One expression of the Live Query Language and, behind the first line break, the data of an item.
#include "check.h"
#include "server/queries/query.h"

using namespace Twilio::Server;

namespace {

std::optional<bool> wanted(const QString &expression, const QByteArray &data)
{
    const auto parsed = Query::parse(expression);
    if (const auto *const fault = std::get_if<QueryFault>(&parsed)) {
        check(fault->position >= 0 && fault->position <= expression.size() && !fault->what.isEmpty());
        return std::nullopt;
    }
    return std::get<Query>(parsed).matches(u"key", data);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(bytes), qsizetype(size));
    const qsizetype end = text.indexOf('\n');
    const QString expression = QString::fromUtf8(text.left(end));
    QByteArray data = end < 0 ? QByteArray() : text.mid(end + 1);
    if (!data.startsWith('{') || !Twilio::Protocol::isValidJson(data))
        data = "{\"a\":\"1\",\"b\":[true,null,{}],\"c\":{\"d\":2}}"; // the store has no other data
    const auto once = wanted(expression, data);
    if (!once)
        return 0;
    // Parentheses change nothing, nor does saying it twice, unless that is too much for the bounds.
    const auto grouped = wanted(QLatin1Char('(') + expression + QLatin1Char(')'), data);
    check(!grouped || expression.trimmed().isEmpty() || *grouped == *once);
    for (const char *const joint : { ") AND (", ") || (" }) {
        const auto twice = wanted(
                QLatin1Char('(') + expression + QLatin1String(joint) + expression + QLatin1Char(')'), data);
        check(!twice || *twice == *once);
    }
    return 0;
}
