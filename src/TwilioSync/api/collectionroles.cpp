// The roles of SyncList and SyncMap: their names, what they read and how they are written.
#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/dates_p.h"
#include "TwilioSync/api/decodedjson_p.h"
#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/core/jsonvariant.h"
#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qjsonvalue.h>

#include <array>

namespace Twilio {
namespace {

using Role = SyncCollection::Role;

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
    return { { Role::ValueRole, "value" },
             { Role::ItemKeyRole, isList ? "itemIndex" : "itemKey" },
             { Role::RevisionRole, "revision" },
             { Role::DateCreatedRole, "dateCreated" },
             { Role::DateUpdatedRole, "dateUpdated" },
             { Role::DateExpiresRole, "dateExpires" } };
}

// A value of QML's own type says itself what it is in JSON; the QML module sees to that.
QVariant jsonOf(const QVariant &value)
{
    const bool isForeign = value.typeId() >= QMetaType::User;
    return isForeign && value.canConvert<QJsonValue>() ? QVariant(value.toJsonValue()) : value;
}

} // namespace

QHash<int, QByteArray> CollectionPrivate::roleNames() const
{
    QHash<int, QByteArray> names = fixedRoles(isList());
    for (std::size_t i = 0; i < m_fields.size(); ++i)
        names.insert(Role::FirstFieldRole + int(i), m_fields[i]);
    return names;
}

void CollectionPrivate::setValueRoles(const QStringList &names)
{
    QStringList taken;
    QStringList refused;
    const QList<QByteArray> own = fixedRoles(isList()).values();
    for (const QString &name : names) {
        if (name.isEmpty() || contains(viewNames, name) || own.contains(name.toUtf8())) {
            refused.append(name);
            continue;
        }
        if (contains(itemNames, name))
            qCWarning(lcClient) << "valueRoles: every Item has a property" << name
                                << "already, a delegate that requires it replaces it";
        if (!taken.contains(name))
            taken.append(name);
    }
    settingError = {};
    if (!refused.isEmpty()) {
        settingError = SyncError(QStringLiteral("valueRoles: expected names other than those that views and "
                                                "this model provide, got %1")
                                         .arg(refused.join(QStringLiteral(", "))));
        qCCritical(lcClient) << settingError;
    }
    const QPointer guard(object);
    const bool differ = taken != valueRoles;
    if (differ) {
        // Views read role names once, so those that show rows have to start again.
        const bool reset = m_count > 0;
        if (reset)
            q()->beginResetModel();
        valueRoles = taken;
        m_fields.clear();
        for (const QString &name : std::as_const(valueRoles))
            m_fields.push_back(name.toUtf8());
        if (reset)
            q()->endResetModel();
    }
    if (guard)
        refresh();
    if (guard && differ)
        Q_EMIT q()->valueRolesChanged();
}

QVariant CollectionPrivate::read(const ItemPtr &item, int role) const
{
    switch (role) {
    case Role::ValueRole:
        return m_decoded.valueOf(item);
    case Role::ItemKeyRole:
        return isList() ? variantOf(item->index()) : QVariant(QString::fromUtf8(item->key()));
    case Role::RevisionRole:
        return QString::fromUtf8(item->revision());
    case Role::DateCreatedRole:
        return dateOrNull(dateOf(item->created()));
    case Role::DateUpdatedRole:
        return dateOrNull(dateOf(item->updated()));
    case Role::DateExpiresRole:
        return dateOrNull(dateOf(item->expires()));
    default:
        break;
    }
    const int field = role - Role::FirstFieldRole;
    if (field < 0 || field >= int(m_fields.size()))
        return {};
    return decodedMember(Protocol::findJsonMember(item->json(), m_fields[std::size_t(field)]));
}

QList<int> CollectionPrivate::differingRoles(const ItemRecord &before, const ItemRecord &after) const
{
    QList<int> roles;
    const auto add = [&roles](bool differs, int role) {
        if (differs)
            roles.append(role);
    };
    const bool valueDiffers = before.json() != after.json();
    add(valueDiffers, Role::ValueRole);
    add(before.revision() != after.revision(), Role::RevisionRole);
    add(before.created() != after.created(), Role::DateCreatedRole);
    add(before.updated() != after.updated(), Role::DateUpdatedRole);
    add(before.expires() != after.expires(), Role::DateExpiresRole);
    if (valueDiffers && !m_fields.empty()) {
        const auto old = Protocol::findJsonMembers(before.json(), m_fields);
        const auto now = Protocol::findJsonMembers(after.json(), m_fields);
        for (std::size_t i = 0; i < m_fields.size(); ++i)
            add(old[i].text() != now[i].text(), Role::FirstFieldRole + int(i));
    }
    return roles;
}

void CollectionPrivate::writeBackRefused(const ItemKey &key, int role, const QString &name,
                                         const SyncError &error)
{
    qCWarning(lcClient) << "writing" << name << "back to" << sid << "failed:" << error;
    const QPointer guard(object);
    if (const int row = rowOf(key); row >= 0)
        Q_EMIT q()->dataChanged(q()->index(row), q()->index(row), { role });
    if (guard)
        emitWriteBackFailed(key, name, error);
}

bool CollectionPrivate::writeBack(int row, const QVariant &value, int role)
{
    const ItemPtr item = itemAt(row);
    const QString name = QString::fromUtf8(roleNames().value(role));
    if (!item || name.isEmpty())
        return false;
    const ItemKey key = ownedKey(keyOf(*item));
    const bool isField = role >= Role::FirstFieldRole;
    const auto refusedNow = [&]() -> std::optional<SyncError> {
        if (!isField && role != Role::ValueRole)
            return SyncError(QStringLiteral("%1: only value and valueRoles can be written").arg(name));
        if (!isField && !value.canConvert<QVariantMap>())
            return SyncError(QStringLiteral("value: expected a JSON object, got %1")
                                     .arg(QString::fromLatin1(value.typeName())));
        return refusal();
    }();
    if (refusedNow) {
        writeBackRefused(key, role, name, *refusedNow);
        return false;
    }
    Write write = writeOf(*this, isField ? WriteOperation::Merge : WriteOperation::Set, key,
                          isField ? SyncValue { { name, jsonOf(value) } } : SyncValue(value.toMap()));
    const auto target = sharedCollection(); // a slot may destroy this meanwhile
    target->write(std::move(write), {},
                  [this, guard = QPointer(object), key, role, name](const SyncResult<WriteOutcome> &result) {
                      if (const auto *error = errorOf(result); error && guard)
                          writeBackRefused(key, role, name, *error);
                  });
    return true;
}

} // namespace Twilio
