#include "truth.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

QVariant dateOf(const QJsonValue &value)
{
    return value.isString() ? QVariant(QDateTime::fromString(value.toString(), Qt::ISODateWithMs))
                            : QVariant::fromValue(nullptr);
}

bool isAfter(const QVariant &a, const QVariant &b)
{
    return a.typeId() == QMetaType::QString ? a.toString() > b.toString() : a.toLongLong() > b.toLongLong();
}

} // namespace

void Truth::create(const RemoteObject &object) const
{
    call("POST", object.kind == Kind::List ? "/v3/Lists" : "/v3/Maps",
         "{\"unique_name\":\"" + object.name().toUtf8() + "\"}");
    const QByteArray items = object.path() + "/Items";
    const QByteArray zero = R"({"data":{"count":0}})";
    if (object.kind == Kind::List)
        call("POST", items, zero);
    else
        call("PUT", items + '/' + counterKey(Kind::Map).toUtf8(), zero);
}

bool Truth::exists(const RemoteObject &object) const { return call("GET", object.path()).status == 200; }

QString Truth::sid(const RemoteObject &object) const
{
    return QJsonDocument::fromJson(call("GET", object.path()).body)[u"sid"_s].toString();
}

std::vector<Row> Truth::listing(const RemoteObject &object) const
{
    const auto reply =
            m_call("GET", object.path() + "/Items", {}, { { "PageSize", "100" }, { "HideExpired", "true" } });
    if (reply.status != 200)
        return {};
    const QJsonObject page = QJsonDocument::fromJson(reply.body).object();
    if (!page[u"meta"_s][u"next_token"_s].isNull())
        qFatal("more items than fit one page");
    std::vector<Row> rows;
    const QJsonArray items = page[u"items"_s].toArray();
    for (const auto &item : items) {
        const QVariant key = object.kind == Kind::List ? QVariant(item[u"index"_s].toInteger())
                                                       : QVariant(item[u"key"_s].toString());
        rows.push_back({ key, item[u"data"_s].toObject().toVariantMap(), item[u"revision"_s].toString(),
                         dateOf(item[u"date_created"_s]), dateOf(item[u"date_updated"_s]),
                         dateOf(item[u"date_expires"_s]),
                         QVariant::fromValue(Twilio::Sync::Pending::NotPending), false });
    }
    return rows;
}

QStringList Truth::keys(const RemoteObject &object) const
{
    QStringList keys;
    for (const Row &row : listing(object))
        keys.append(row[0].toString());
    keys.removeOne(counterKey(object.kind));
    return keys;
}

std::optional<int> Truth::counter(const RemoteObject &object) const
{
    for (const Row &row : listing(object)) {
        if (row[0].toString() == counterKey(object.kind))
            return row[1].toMap().value(u"count"_s).toInt();
    }
    return std::nullopt;
}

// What the service answers from the start of the window to its edge, in the window's order.
QString Truth::differenceOf(const Handle &handle) const
{
    const Replica &replica = handle.replica();
    const SyncCollection &model = handle.model();
    if (!replica.failure().isEmpty())
        return replica.failure();
    if (const QString difference = replica.difference(); !difference.isEmpty())
        return difference;
    if (!exists(handle.object())) {
        const bool isGone = model.status() == Sync::Status::Removed || model.status() == Sync::Status::Failed;
        return isGone && model.rowCount() == 0
                ? QString()
                : u"the object is gone, the handle has status %1 and %2 rows"_s.arg(int(model.status()))
                          .arg(model.rowCount());
    }
    if (model.uniqueName() != handle.object().name())
        return u"a handle of %1 says that it shows %2"_s.arg(handle.object().name(), model.uniqueName());
    std::vector<Row> expected = listing(handle.object());
    const bool ascending = model.order() == Qt::AscendingOrder;
    const auto &furthest = replica.furthest();
    if (!model.isComplete())
        std::erase_if(expected, [&](const Row &row) {
            return !furthest || (ascending ? isAfter(row[0], *furthest) : isAfter(*furthest, row[0]));
        });
    if (!ascending)
        std::reverse(expected.begin(), expected.end());
    if (model.maximumCount() > 0) {
        if (model.rowCount() > model.maximumCount())
            return u"%1 rows where %2 are allowed"_s.arg(model.rowCount()).arg(model.maximumCount());
        if (!model.isComplete() && expected.size() > replica.rows().size())
            expected.resize(replica.rows().size()); // the window has shrunk to its bound
    }
    if (replica.rows() == expected)
        return {};
    const auto differing =
            std::mismatch(expected.begin(), expected.end(), replica.rows().begin(), replica.rows().end());
    const auto text = [](auto it, auto end) { return it == end ? u"nothing"_s : textOf(*it); };
    return u"%1, %2, %3 (of %4) shows %5 rows of %6; row %7 is %8, on the service %9"_s
            .arg(handle.object().name(), ascending ? u"ascending"_s : u"descending"_s,
                 model.isComplete() ? u"complete"_s : u"incomplete"_s)
            .arg(model.pageSize())
            .arg(model.rowCount())
            .arg(expected.size())
            .arg(differing.first - expected.begin())
            .arg(text(differing.second, replica.rows().end()), text(differing.first, expected.end()));
}
