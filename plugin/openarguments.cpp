#include "openarguments.h"

#include "argumentcheck.h"
#include "arguments.h"
#include "calls.h"

#include "TwilioSync/api/synccollection.h"

#include <array>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

constexpr std::array<QStringView, 3> modeNames = { u"open_or_create", u"open_existing", u"create_new" };
constexpr std::array<QStringView, 6> levelNames = {
    u"silent", u"error", u"warn", u"info", u"debug", u"trace"
};
constexpr std::array<QStringView, 2> orderNames = { u"asc", u"desc" };

//! Position in \a names of a name, or of a number that is one; -1 if it is neither.
template <std::size_t N>
int indexOf(const std::array<QStringView, N> &names, const QJSValue &value)
{
    for (std::size_t i = 0; i < N; ++i) {
        if ((value.isString() && value.toString() == names[i])
            || (value.isNumber() && value.toNumber() == double(i)))
            return int(i);
    }
    return -1;
}

SyncResult<QString> idArgument(const QJSValue &value)
{
    if (isMissing(value))
        return QString();
    return stringArgument(value, u"id");
}

SyncResult<QVariantMap> initialValueArgument(const QJSValue &options)
{
    const bool hasValue = !isMissing(options.property(u"value"_s));
    const QString name = hasValue ? u"value"_s : u"data"_s;
    const QJSValue value = options.property(name);
    if (isMissing(value))
        return QVariantMap();
    const auto object = objectArgument(value, name);
    if (const SyncError *error = errorOf(object))
        return *error;
    return std::get<SyncValue>(object).toVariantMap();
}

template <typename Query, typename FromArgument>
SyncResult<Query> queryArgument(const QJSValue &query, FromArgument fromArgument)
{
    Query checked;
    if (isMissing(query))
        return checked;
    if (!isPlainObject(query))
        return wrongArgument(u"query", u"an object { from, pageSize, order }", query);
    ArgumentCheck check;
    if (const QJSValue from = query.property(u"from"_s); !isMissing(from))
        checked.from = check(fromArgument(from));
    checked.pageSize = check(pageSizeArgument(query.property(u"pageSize"_s)));
    checked.order = check(orderArgument(query.property(u"order"_s)));
    if (check.failed())
        return check.error();
    return checked;
}

} // namespace

SyncResult<OpenOptions> openArgument(const QJSValue &arg)
{
    OpenOptions options;
    if (isMissing(arg))
        return options;
    ArgumentCheck check;
    if (arg.isString()) {
        options.id = check(stringArgument(arg, u"id"));
    } else if (isPlainObject(arg)) {
        options.id = check(idArgument(arg.property(u"id"_s)));
        options.mode = check(openModeArgument(arg.property(u"mode"_s)));
        options.ttl = check(ttlArgument(arg.property(u"ttl"_s)));
        options.value = check(initialValueArgument(arg));
    } else {
        return wrongArgument(u"arg", u"nothing, a string or options { id, mode, ttl, value }", arg);
    }
    if (check.failed())
        return check.error();
    return options;
}

SyncResult<SyncClient::OpenMode> openModeArgument(const QJSValue &value)
{
    if (isMissing(value))
        return SyncClient::OpenMode::OpenOrCreate;
    const int index = indexOf(modeNames, value);
    if (index < 0)
        return wrongArgument(
                u"mode", u"'open_or_create', 'open_existing', 'create_new' or a SyncClient.OpenMode", value);
    return SyncClient::OpenMode(index);
}

SyncResult<SyncClient::LogLevel> logLevelArgument(const QJSValue &value)
{
    const int index = indexOf(levelNames, value);
    if (index < 0)
        return wrongArgument(u"logLevel",
                             u"'silent', 'error', 'warn', 'info', 'debug', 'trace' or a SyncClient.LogLevel",
                             value);
    return SyncClient::LogLevel(index);
}

SyncResult<Qt::SortOrder> orderArgument(const QJSValue &value)
{
    if (isMissing(value))
        return Qt::AscendingOrder;
    const int index = indexOf(orderNames, value);
    if (index < 0)
        return wrongArgument(u"order", u"Qt.AscendingOrder, Qt.DescendingOrder, 'asc' or 'desc'", value);
    return Qt::SortOrder(index);
}

SyncResult<int> pageSizeArgument(const QJSValue &value)
{
    if (isMissing(value))
        return PageQuery<qint64>().pageSize;
    const auto size = integerArgument(value, u"pageSize", 1, 100);
    if (const SyncError *error = errorOf(size))
        return *error;
    return int(std::get<qint64>(size));
}

SyncResult<ListQuery> listQueryArgument(const QJSValue &query)
{
    return queryArgument<ListQuery>(query,
                                    [](const QJSValue &from) { return itemIndexArgument(from, u"from"); });
}

SyncResult<MapQuery> mapQueryArgument(const QJSValue &query)
{
    return queryArgument<MapQuery>(query, [](const QJSValue &from) { return stringArgument(from, u"from"); });
}

} // namespace Twilio::Qml
