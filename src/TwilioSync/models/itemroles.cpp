#include "TwilioSync/models/itemroles.h"

#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/store/dates.h"
#include "TwilioSync/store/placeholder.h"

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
             { DateExpiresRole, "dateExpires" },
             { PendingRole, "pending" },
             { FromCacheRole, "fromCache" } };
}

//! The field as it is in the value.
QVariant exactField(const ItemPtr &item, const QByteArray &name)
{
    return readJson(Protocol::findJsonMember(item->json(), name).text()).value_or(QVariant());
}

} // namespace

QHash<int, QByteArray> ItemRoles::names() const
{
    QHash<int, QByteArray> names = fixedRoles(m_isList);
    for (std::size_t i = 0; i < m_fields.size(); ++i)
        names.insert(FirstFieldRole + int(m_numbers[i]), m_fields[i]);
    // For a TableView; a field of that name comes before.
    const QByteArray cell = QByteArrayLiteral("display");
    if (std::find(names.cbegin(), names.cend(), cell) == names.cend())
        names.insert(Qt::DisplayRole, cell);
    return names;
}

QList<FieldRole> ItemRoles::allowed(const QList<FieldRole> &roles, SyncError *refused) const
{
    QList<FieldRole> taken;
    QStringList wrong;
    const QList<QByteArray> own = fixedRoles(m_isList).values();
    for (const FieldRole &role : roles) {
        const QString &name = role.name;
        if (name.isEmpty() || contains(viewNames, name) || own.contains(name.toUtf8())) {
            wrong.append(name);
            continue;
        }
        if (contains(itemNames, name))
            qCWarning(lcClient) << "valueRoles: every Item has a property" << name
                                << "already, a delegate that requires it replaces it";
        const auto isSame = [&name](const FieldRole &other) { return other.name == name; };
        if (std::none_of(taken.cbegin(), taken.cend(), isSame))
            taken.append(role);
    }
    if (!wrong.isEmpty())
        *refused = SyncError(QStringLiteral("valueRoles: expected names other than those that views and "
                                            "this model provide, got %1")
                                     .arg(wrong.join(QStringLiteral(", "))));
    return taken;
}

void ItemRoles::setFields(const QList<FieldRole> &roles)
{
    m_declared = roles;
    m_fields.clear();
    m_numbers.clear();
    for (const FieldRole &role : roles) {
        const QByteArray name = role.name.toUtf8();
        const auto isSame = [&name](const Field &field) { return field.name == name; };
        auto at = std::find_if(m_known.begin(), m_known.end(), isSame);
        if (at == m_known.end())
            at = m_known.insert(at, { name, FieldType::Unknown, FieldType::Unknown, {} });
        at->declared = role.type;
        at->otherwise = role.otherwise;
        m_fields.push_back(name);
        m_numbers.push_back(std::size_t(at - m_known.begin()));
    }
}

int ItemRoles::roleOfColumn(int column) const
{
    const auto number = std::size_t(column);
    return number < m_numbers.size() ? FirstFieldRole + int(m_numbers[number]) : int(ItemKeyRole);
}

QVariant ItemRoles::read(const ItemPtr &item, int role) const
{
    switch (role) {
    case ValueRole:
        return m_decoded.valueOf(item);
    case ItemKeyRole:
        return m_isList ? variantOf(shownIndex(item->index())) : QVariant(QString::fromUtf8(item->key()));
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
    const auto number = std::size_t(inexactRole(role) - FirstFieldRole);
    if (number >= m_known.size())
        return {};
    Field &field = m_known[number];
    return role == inexactRole(role) ? readField(item, field) : exactField(item, field.name);
}

QVariant ItemRoles::readField(const ItemPtr &item, Field &field)
{
    const QVariant exact = exactField(item, field.name);
    if (field.declared == FieldType::Any)
        return exact;
    if (exact.isValid() && exact.typeId() != QMetaType::Nullptr) {
        if (field.seen == FieldType::Unknown)
            field.seen = typeOfValue(exact);
        if (const QVariant typed = asType(exact, field.declared); typed.isValid())
            return typed;
    }
    if (field.otherwise.isValid())
        return field.otherwise;
    return defaultOf(field.declared == FieldType::Unknown ? field.seen : field.declared);
}

ItemRoles::Differing ItemRoles::differing(const ItemRecord &before, const ItemRecord &after) const
{
    Differing roles;
    const auto add = [&roles](bool differs, int role) {
        if (differs)
            roles.append(role);
    };
    const bool valueDiffers = before.json() != after.json();
    add(valueDiffers, ValueRole);
    add(before.index() != after.index(), ItemKeyRole);
    add(before.revision() != after.revision(), RevisionRole);
    add(before.created() != after.created(), DateCreatedRole);
    add(before.updated() != after.updated(), DateUpdatedRole);
    add(before.expires() != after.expires(), DateExpiresRole);
    if (valueDiffers && !m_fields.empty()) {
        using Found = QVarLengthArray<Protocol::JsonSlice, 16>;
        Found old(qsizetype(m_fields.size()));
        Found now(qsizetype(m_fields.size()));
        Protocol::findJsonMembers(before.json(), m_fields, old);
        Protocol::findJsonMembers(after.json(), m_fields, now);
        for (std::size_t i = 0; i < m_fields.size(); ++i)
            add(old[qsizetype(i)].text() != now[qsizetype(i)].text(), FirstFieldRole + int(m_numbers[i]));
    }
    return roles;
}

} // namespace Twilio
