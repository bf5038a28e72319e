#include "jsvalue.h"

#include "TwilioSync/core/jsonleaf.h"
#include "TwilioSync/core/jsonwriter.h"

#include <QtCore/qvariant.h>
#include <QtQml/qjsvalueiterator.h>

#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

namespace {

//! What has become of a value.
enum class Written : quint8 { Yes, Nothing, Refused };

// What JavaScript calls the kind of an object: "Object", "Map", "Uint8Array".
QString tagOf(const QJSValue &object)
{
    QJSValue root = object;
    for (QJSValue next = root.prototype(); next.isObject(); next = root.prototype())
        root = next;
    const QJSValue toString = root.property(u"toString"_s);
    if (!toString.isCallable())
        return u"Object"_s; // of no prototype
    return toString.callWithInstance(object).toString().chopped(1).section(u' ', 1);
}

// Why \a object, which is one of JavaScript itself, cannot be stored; empty if it can.
QString refusalOf(const QJSValue &object)
{
    if (!object.isObject())
        return u"a symbol cannot be stored"_s;
    if (object.isCallable())
        return u"a function cannot be stored"_s;
    if (object.isError())
        return u"an error cannot be stored; name what of it is meant: %1"_s.arg(object.toString());
    if (object.property(u"then"_s).isCallable())
        return u"a promise cannot be stored; wait for what it resolves to"_s;
    const QString tag = tagOf(object);
    if (object.isArray() || tag == u"Object")
        return {};
    return u"an object of the kind %1 cannot be stored; make it a plain object or an array"_s.arg(tag);
}

class Writer
{
public:
    Written value(const QJSValue &value);

    JsonText text = {};

private:
    Written refuse(const QString &reason)
    {
        text.reason = reason;
        return Written::Refused;
    }
    //! None if it is an object of JavaScript itself.
    std::optional<Written> variant(const QJSValue &value);
    Written object(const QJSValue &object);
    Written array(const QJSValue &array);

    //! What is being written, one within the other.
    std::vector<QJSValue> m_within;
};

Written Writer::value(const QJSValue &value)
{
    if (value.isUndefined())
        return Written::Nothing;
    if (const auto written = variant(value))
        return *written;
    if (const QString refusal = refusalOf(value); !refusal.isEmpty())
        return refuse(refusal);
    const QJSValue toJson = value.property(u"toJSON"_s);
    if (toJson.isCallable()) {
        const QJSValue told = toJson.callWithInstance(value);
        return told.property(u"toJSON"_s).isCallable() ? refuse(u"what toJSON() gives has one itself"_s)
                                                       : this->value(told);
    }
    const auto isSame = [&value](const QJSValue &outer) { return outer.strictlyEquals(value); };
    if (std::any_of(m_within.cbegin(), m_within.cend(), isSame))
        return refuse(u"what contains itself cannot be stored"_s);
    if (m_within.size() == std::size_t(maxValueDepth))
        return refuse(tooDeep());
    m_within.push_back(value);
    const Written written = value.isArray() ? array(value) : object(value);
    m_within.pop_back();
    return written;
}

std::optional<Written> Writer::variant(const QJSValue &value)
{
    const QVariant variant = value.toVariant(QJSValue::RetainJSObjects);
    if (variant.metaType() == QMetaType::fromType<QJSValue>())
        return std::nullopt;
    const JsonText written = Twilio::jsonOf(variant);
    if (written.isRefused()) {
        text.member += written.member;
        return refuse(written.reason);
    }
    text.json += written.json;
    if (m_within.empty())
        text.erased = written.erased;
    return written.json.isEmpty() ? Written::Nothing : Written::Yes;
}

Written Writer::object(const QJSValue &object)
{
    text.json += '{';
    bool isFirst = true;
    for (QJSValueIterator it(object); it.next();) {
        const qsizetype size = text.json.size();
        const qsizetype length = text.member.size();
        if (!isFirst)
            text.json += ',';
        appendJsonString(text.json, it.name());
        text.json += ':';
        text.member.append(u'.').append(it.name());
        const Written written = value(it.value());
        if (written == Written::Refused)
            return written;
        text.member.truncate(length);
        if (written == Written::Yes) {
            isFirst = false;
            continue;
        }
        text.json.truncate(size);
        if (m_within.size() == 1)
            text.erased.append(wtf8(it.name()));
    }
    text.json += '}';
    return Written::Yes;
}

Written Writer::array(const QJSValue &array)
{
    const quint32 length = array.property(u"length"_s).toUInt();
    text.json += '[';
    for (quint32 i = 0; i < length; ++i) {
        if (i > 0)
            text.json += ',';
        const qsizetype known = text.member.size();
        text.member += u"[%1]"_s.arg(i);
        const Written written = value(array.property(i));
        if (written == Written::Refused)
            return written;
        text.member.truncate(known);
        if (written == Written::Nothing)
            text.json += "null"; // as JSON.stringify() does: the others keep their places
    }
    text.json += ']';
    return Written::Yes;
}

// What a delegate writes to a role arrives in the library, which knows nothing of QML, as it is.
void registerConversions()
{
    QMetaType::registerConverter<QJSValue, JsonText>([](const QJSValue &value) { return jsonOf(value); });
}
Q_CONSTRUCTOR_FUNCTION(registerConversions)

} // namespace

JsonText jsonOf(const QJSValue &value)
{
    Writer writer;
    if (writer.value(value) == Written::Refused)
        writer.text.json.clear();
    else
        writer.text.member.clear();
    return writer.text;
}

} // namespace Twilio::Qml
