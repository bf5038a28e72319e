#include "TwilioSync/core/jsonwriter.h"

#include "TwilioSync/core/jsonleaf.h"
#include "TwilioSync/core/syncvalue.h"

#include <QtCore/qassociativeiterable.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qsequentialiterable.h>

#include <algorithm>
#include <type_traits>
#include <utility>
#include <vector>

namespace Twilio {
namespace {

//! What has become of a value.
enum class Written : quint8 { Yes, Nothing, Refused };

class Writer
{
public:
    Written value(const QVariant &value);

    JsonText text = {};

private:
    using Members = std::vector<std::pair<QString, QVariant>>;

    Written refuse(const QString &reason)
    {
        text.reason = reason;
        return Written::Refused;
    }
    Written json(const JsonText &written);
    Written other(const QVariant &value);
    template <typename Map>
    Written map(const Map &map);
    Written associative(const QVariant &value);
    Written gadget(const QVariant &value, const QMetaObject &meta);
    Written object(const Members &members);
    template <typename List>
    Written array(const List &list);

    int m_depth = 0;
};

Written Writer::value(const QVariant &value)
{
    switch (value.typeId()) {
    case QMetaType::QVariantMap:
        return map(*static_cast<const QVariantMap *>(value.constData()));
    case QMetaType::QVariantHash:
        return map(*static_cast<const QVariantHash *>(value.constData()));
    case QMetaType::QVariantList:
        return array(*static_cast<const QVariantList *>(value.constData()));
    case QMetaType::QStringList:
        return array(*static_cast<const QStringList *>(value.constData()));
    case QMetaType::QJsonValue:
        return this->value(value.toJsonValue().toVariant());
    case QMetaType::QJsonObject:
        return map(value.toJsonObject().toVariantMap());
    case QMetaType::QJsonArray:
        return array(value.toJsonArray().toVariantList());
    case QMetaType::QJsonDocument:
        return this->value(value.toJsonDocument().toVariant());
    default:
        break;
    }
    const JsonLeaf leaf = jsonLeaf(text.json, value);
    if (!leaf.reason.isEmpty())
        return refuse(leaf.reason);
    return leaf.isLeaf ? Written::Yes : other(value);
}

// Types that say themselves what they hold.
Written Writer::other(const QVariant &value)
{
    const QMetaType type = value.metaType();
    if (type == QMetaType::fromType<SyncValue>()) {
        const auto &known = *static_cast<const SyncValue *>(value.constData());
        if (known.isErased())
            return Written::Nothing;
        return known.isValid() ? json({ .json = known.toJson() }) : refuse(known.errorString());
    }
    if (QMetaType::hasRegisteredConverterFunction(type, QMetaType::fromType<JsonText>()))
        return json(value.value<JsonText>());
    const QMetaObject *const meta = type.metaObject();
    if (type.flags().testFlag(QMetaType::IsGadget) && meta && meta->propertyCount() > 0)
        return gadget(value, *meta);
    if (value.canConvert<QAssociativeIterable>())
        return associative(value);
    if (value.canConvert<QSequentialIterable>() && value.typeId() != QMetaType::QByteArray)
        return array(value.value<QSequentialIterable>());
    return refuse(refusalOf(type));
}

Written Writer::json(const JsonText &written)
{
    if (written.isRefused()) {
        text.member += written.member;
        return refuse(written.reason);
    }
    if (written.json.isEmpty())
        return Written::Nothing;
    text.json += written.json;
    if (m_depth == 0)
        text.erased = written.erased;
    return Written::Yes;
}

template <typename Map>
Written Writer::map(const Map &map)
{
    Members members;
    members.reserve(std::size_t(map.size()));
    for (auto it = map.cbegin(); it != map.cend(); ++it)
        members.emplace_back(it.key(), it.value());
    if constexpr (!std::is_same_v<Map, QVariantMap>)
        std::sort(members.begin(), members.end(),
                  [](const auto &a, const auto &b) { return a.first < b.first; });
    return object(members);
}

Written Writer::associative(const QVariant &value)
{
    const auto map = value.value<QAssociativeIterable>();
    Members members;
    for (auto it = map.begin(); it != map.end(); ++it) {
        const QVariant key = it.key();
        if (key.typeId() != QMetaType::QString && !isWholeNumber(key))
            return refuse(refusalOf(value.metaType()));
        members.emplace_back(key.toString(), it.value());
    }
    std::stable_sort(members.begin(), members.end(),
                     [](const auto &a, const auto &b) { return a.first < b.first; });
    const auto twice = std::adjacent_find(members.begin(), members.end(),
                                          [](const auto &a, const auto &b) { return a.first == b.first; });
    if (twice == members.end())
        return object(members);
    text.member += u'.' + twice->first;
    return refuse(QStringLiteral("two values of one name cannot be stored"));
}

Written Writer::gadget(const QVariant &value, const QMetaObject &meta)
{
    Members members;
    for (int i = 0; i < meta.propertyCount(); ++i) {
        const QMetaProperty property = meta.property(i);
        if (property.isReadable() && property.isStored())
            members.emplace_back(QString::fromUtf8(property.name()),
                                 property.readOnGadget(value.constData()));
    }
    return object(members);
}

Written Writer::object(const Members &members)
{
    if (m_depth == maxValueDepth)
        return refuse(tooDeep());
    ++m_depth;
    text.json += '{';
    bool isFirst = true;
    for (const auto &[name, member] : members) {
        const qsizetype size = text.json.size();
        const qsizetype length = text.member.size();
        if (!isFirst)
            text.json += ',';
        appendJsonString(text.json, name);
        text.json += ':';
        text.member.append(u'.').append(name);
        const Written written = value(member);
        if (written == Written::Refused)
            return written;
        text.member.truncate(length);
        if (written == Written::Yes) {
            isFirst = false;
            continue;
        }
        text.json.truncate(size);
        if (m_depth == 1)
            text.erased.append(wtf8(name));
    }
    text.json += '}';
    --m_depth;
    return Written::Yes;
}

template <typename List>
Written Writer::array(const List &list)
{
    if (m_depth == maxValueDepth)
        return refuse(tooDeep());
    ++m_depth;
    text.json += '[';
    qsizetype index = 0;
    for (const auto &element : list) {
        if (index > 0)
            text.json += ',';
        const qsizetype length = text.member.size();
        text.member += QStringLiteral("[%1]").arg(index++);
        const Written written = value(element);
        if (written == Written::Refused)
            return written;
        text.member.truncate(length);
        if (written == Written::Nothing)
            text.json += "null"; // as JSON.stringify() does: the others keep their places
    }
    text.json += ']';
    --m_depth;
    return Written::Yes;
}

} // namespace

JsonText jsonOf(const QVariant &value)
{
    Writer writer;
    if (writer.value(value) == Written::Refused)
        writer.text.json.clear();
    else
        writer.text.member.clear();
    return writer.text;
}

} // namespace Twilio
