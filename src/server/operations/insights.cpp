#include "server/operations/insights.h"

#include "server/operations/errors.h"

#include <QtCore/qcryptographichash.h>

namespace Twilio::Server {
namespace {

// A result is one frame, and not cut into pages.
constexpr qsizetype maxResultBytes = 8 * 1024 * 1024;
// Of an item beside its key and data, about.
constexpr qsizetype itemOverhead = 40;

QByteArray idOf(const SyncObject &map, const QString &expression)
{
    QCryptographicHash hash(QCryptographicHash::Sha256);
    hash.addData(map.sid);
    hash.addData(expression.toUtf8());
    return "QR" + hash.result().toHex().first(32);
}

} // namespace

SyncResult<QueryResult> Insights::find(const Caller &by, const QString &index, const QString &expression)
{
    const auto found = m_operations.object(by, ObjectKind::Map, index);
    if (const SyncError *error = errorOf(found))
        return error->status() == 404 ? Errors::invalidIndexName() : *error;
    const SyncObject &map = *std::get<const SyncObject *>(found);
    auto parsed = Query::parse(expression);
    if (const auto *fault = std::get_if<QueryFault>(&parsed))
        return Errors::invalidQuery(fault->position, fault->what,
                                    fault->kind == QueryFault::Kind::ArrayTooLong);
    QueryResult result { &map, std::get<Query>(std::move(parsed)), idOf(map, expression) };
    qsizetype bytes = 0;
    for (auto it = map.items.cbegin(); it != map.items.cend(); ++it) {
        if (!result.query.matches(it->first.key, it->second.data))
            continue;
        bytes += it->second.data.size() + it->first.key.size() + itemOverhead;
        if (bytes > maxResultBytes)
            return Errors::resultTooLarge();
        result.items.push_back(it);
    }
    return result;
}

} // namespace Twilio::Server
