#include "arguments.h"

#include "jsvalue.h"

#include <QtCore/qmetatype.h>

#include <cmath>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

// Longer strings say no more about the mistake.
constexpr qsizetype describedLength = 40;

// JSON holds no functions, so nothing that could be a value has a then().
bool isPromise(const QJSValue &value) { return value.property(u"then"_s).isCallable(); }

} // namespace

QString describe(const QJSValue &value)
{
    if (value.isUndefined())
        return u"undefined"_s;
    if (value.isNull())
        return u"null"_s;
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    if (value.isNumber())
        return value.toString();
    if (value.isString()) {
        const QString text = value.toString();
        if (text.isEmpty())
            return u"an empty string"_s;
        return u"the string '%1'"_s.arg(text.size() > describedLength ? text.left(describedLength) + u'…'
                                                                      : text);
    }
    if (value.isArray())
        return u"an array"_s;
    if (value.isCallable())
        return u"a function"_s;
    if (value.isDate())
        return u"a date"_s;
    if (value.isRegExp())
        return u"a regular expression"_s;
    if (value.isError())
        return u"an error"_s;
    if (value.isQObject())
        return u"a QObject"_s;
    if (isPromise(value))
        return u"a promise"_s;
    return isPlainObject(value) ? u"an object"_s : u"a value of another kind"_s;
}

SyncError wrongArgument(QStringView name, QStringView expected, const QJSValue &got)
{
    return SyncError(u"%1: expected %2, got %3"_s.arg(name, expected, describe(got)));
}

bool isMissing(const QJSValue &value) { return value.isUndefined() || value.isNull(); }

bool isPlainObject(const QJSValue &value)
{
    return value.isObject() && !value.isArray() && !value.isCallable() && !value.isDate() && !value.isRegExp()
            && !value.isError() && !value.isQObject() && !value.isQMetaObject() && !value.isUrl()
            && !isPromise(value);
}

SyncResult<SyncValue> objectArgument(const QJSValue &value, QStringView name)
{
    const JsonText text = jsonOf(value);
    const SyncValue object = SyncValue::fromText(text);
    if (object.isValid())
        return object;
    const bool isNoObject = text.member.isEmpty() && (!text.isRefused() || !isPlainObject(value));
    return isNoObject ? wrongArgument(name, u"a JSON object", value)
                      : SyncError(object.errorString(name.toString()));
}

SyncResult<QString> stringArgument(const QJSValue &value, QStringView name)
{
    if (!value.isString() || value.toString().isEmpty())
        return wrongArgument(name, u"a non-empty string", value);
    return value.toString();
}

SyncResult<QString> textArgument(const QJSValue &value, QStringView name)
{
    if (!value.isString())
        return wrongArgument(name, u"a string", value);
    return value.toString();
}

SyncResult<qint64> integerArgument(const QJSValue &value, QStringView name, qint64 min, qint64 max,
                                   QStringView unit)
{
    const double number = value.toNumber();
    if (value.isNumber() && std::trunc(number) == number && number >= double(min) && number <= double(max))
        return qint64(number);
    const QString expected = u"%1 to %2%3%4"_s.arg(min).arg(max).arg(unit.isEmpty() ? u"" : u" ", unit);
    return wrongArgument(name, expected, value);
}

SyncResult<std::optional<qint64>> ttlArgument(const QJSValue &value, QStringView name)
{
    if (isMissing(value))
        return std::optional<qint64>();
    const auto seconds = integerArgument(value, name, 0, maxTtlSeconds, u"seconds");
    if (const SyncError *error = errorOf(seconds))
        return *error;
    return std::optional(std::get<qint64>(seconds));
}

namespace {

// Of options that are to be what is expected; none if there are none.
SyncResult<std::optional<qint64>> ttlOfOptions(const QJSValue &options, QStringView expected)
{
    if (isMissing(options))
        return std::optional<qint64>();
    if (!isPlainObject(options))
        return wrongArgument(u"options", expected, options);
    return ttlArgument(options.property(u"ttl"_s));
}

} // namespace

SyncResult<WriteOptions> writeOptionsArgument(const QJSValue &value)
{
    const auto ttl = ttlOfOptions(value, u"an object { ttl }");
    if (const SyncError *error = errorOf(ttl))
        return *error;
    return WriteOptions { std::get<std::optional<qint64>>(ttl) };
}

SyncResult<PushOptions> pushOptionsArgument(const QJSValue &value)
{
    const auto ttl = ttlOfOptions(value, u"an object { ttl, once }");
    if (const SyncError *error = errorOf(ttl))
        return *error;
    PushOptions options { .ttl = std::get<std::optional<qint64>>(ttl) };
    const QJSValue once = value.property(u"once"_s);
    if (isMissing(once))
        return options;
    const auto name = stringArgument(once, u"once");
    if (const SyncError *error = errorOf(name))
        return *error;
    options.once = std::get<QString>(name);
    return options;
}

SyncResult<QJSValue> functionArgument(const QJSValue &value, QStringView name)
{
    if (!value.isCallable())
        return wrongArgument(name, u"a function", value);
    return value;
}

QJSValue parseJson(QJSEngine *engine, const QByteArray &json)
{
    const QJSValue parse = engine->globalObject().property(u"JSON"_s).property(u"parse"_s);
    const QJSValue value = parse.call({ QString::fromUtf8(json) });
    return value.isError() ? QJSValue(QJSValue::UndefinedValue) : value;
}

} // namespace Twilio::Qml
