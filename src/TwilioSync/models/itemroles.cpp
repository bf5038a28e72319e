#include "TwilioSync/models/itemroles.h"

#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/store/dates.h"

#include <algorithm>
#include <array>

namespace Twilio {
namespace {

// What views provide themselves: a role of that name would silently replace it.
constexpr std::array viewNames { "index", "model", "modelData" };

// Properties of Item and QtObject that a delegate has already.
constexpr std::array itemNames { "data",
                                 "state",
                                 "states",
                                 "parent",
                                 "visible",
                                 "x",
                                 "y",
                                 "z",
                                 "width",
                                 "height",
                                 "enabled",
                                 "opacity",
                                 "focus",
                                 "activeFocus",
                                 "children",
                                 "resources",
                                 "transitions",
                                 "transform",
                                 "transformOrigin",
                                 "anchors",
                                 "left",
                                 "right",
                                 "top",
                                 "bottom",
                                 "horizontalCenter",
                                 "verticalCenter",
                                 "baseline",
                                 "baselineOffset",
                                 "clip",
                                 "rotation",
                                 "scale",
                                 "smooth",
                                 "antialiasing",
                                 "implicitWidth",
                                 "implicitHeight",
                                 "layer",
                                 "palette",
                                 "objectName",
                                 "childrenRect",
                                 "containmentMask",
                                 "visibleChildren" };

template <std::size_t N>
bool contains(const std::array<const char *, N> &names, const QString &name)
{
    return std::any_of(names.begin(), names.end(),
                       [&](const char *each) { return name == QLatin1String(each); });
}

QHash<int, QByteArray> fixedRoles(bool isList)
{
    return { { ValueRole, "value" },
             { ItemKeyRole, isList ? "itemIndex" : "itemKey" },
             { RevisionRole, "revision" },
             { DateCreatedRole, "dateCreated" },
             { DateUpdatedRole, "dateUpdated" },
             { DateExpiresRole, "dateExpires" } };
}

} // namespace

QHash<int, QByteArray> ItemRoles::names() const
{
    QHash<int, QByteArray> names = fixedRoles(m_isList);
    for (std::size_t i = 0; i < m_fields.size(); ++i)
        names.insert(FirstFieldRole + int(i), m_fields[i]);
    return names;
}

QStringList ItemRoles::allowed(const QStringList &names, SyncError *refused) const
{
    QStringList taken;
    QStringList wrong;
    const QList<QByteArray> own = fixedRoles(m_isList).values();
    for (const QString &name : names) {
        if (name.isEmpty() || contains(viewNames, name) || own.contains(name.toUtf8())) {
            wrong.append(name);
            continue;
        }
        if (contains(itemNames, name))
            qCWarning(lcClient) << "valueRoles: every Item has a property" << name
                                << "already, a delegate that requires it replaces it";
        if (!taken.contains(name))
            taken.append(name);
    }
    if (!wrong.isEmpty())
        *refused = SyncError(QStringLiteral("valueRoles: expected names other than those that views and "
                                            "this model provide, got %1")
                                     .arg(wrong.join(QStringLiteral(", "))));
    return taken;
}

void ItemRoles::setFields(const QStringList &names)
{
    m_names = names;
    m_fields.clear();
    for (const QString &name : names)
        m_fields.push_back(name.toUtf8());
}

QVariant ItemRoles::read(const ItemPtr &item, int role) const
{
    switch (role) {
    case ValueRole:
        return m_decoded.valueOf(item);
    case ItemKeyRole:
        return m_isList ? variantOf(item->index()) : QVariant(QString::fromUtf8(item->key()));
    case RevisionRole:
        return QString::fromUtf8(item->revision());
    case DateCreatedRole:
        return dateOrNull(dateOf(item->created()));
    case DateUpdatedRole:
        return dateOrNull(dateOf(item->updated()));
    case DateExpiresRole:
        return dateOrNull(dateOf(item->expires()));
    default:
        break;
    }
    const int field = role - FirstFieldRole;
    if (field < 0 || field >= int(m_fields.size()))
        return {};
    const auto member = Protocol::findJsonMember(item->json(), m_fields[std::size_t(field)]);
    return readJson(member.text()).value_or(QVariant());
}

QList<int> ItemRoles::differing(const ItemRecord &before, const ItemRecord &after) const
{
    QList<int> roles;
    const auto add = [&roles](bool differs, int role) {
        if (differs)
            roles.append(role);
    };
    const bool valueDiffers = before.json() != after.json();
    add(valueDiffers, ValueRole);
    add(before.revision() != after.revision(), RevisionRole);
    add(before.created() != after.created(), DateCreatedRole);
    add(before.updated() != after.updated(), DateUpdatedRole);
    add(before.expires() != after.expires(), DateExpiresRole);
    if (valueDiffers && !m_fields.empty()) {
        const auto old = Protocol::findJsonMembers(before.json(), m_fields);
        const auto now = Protocol::findJsonMembers(after.json(), m_fields);
        for (std::size_t i = 0; i < m_fields.size(); ++i)
            add(old[i].text() != now[i].text(), FirstFieldRole + int(i));
    }
    return roles;
}

} // namespace Twilio
