#include "server/exchange/exporter.h"

#include "server/data/kinds.h"
#include "server/data/objectstore.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/timestamp.h"

#include <QtCore/qbytearraylist.h>
#include <QtCore/qdir.h>
#include <QtCore/qsavefile.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

QByteArray member(QByteArrayView name, const QByteArray &json)
{
    return '"' + name.toByteArray() + "\": " + json;
}

QByteArray member(QByteArrayView name, const QString &text)
{
    return member(name, Protocol::quoteJson(text));
}

QString nameOf(const Service &service)
{
    return service.sid == QLatin1StringView(defaultServiceSid) ? u"default"_s : service.sid;
}

// One a line, \a indent deep.
QByteArray array(const QByteArrayList &elements, int indent)
{
    const QByteArray margin = '\n' + QByteArray(indent, ' ');
    return '[' + margin + "  " + elements.join(',' + margin + "  ") + margin + ']';
}

void addExpiry(QByteArrayList &members, qint64 expires)
{
    if (expires != never)
        members << member("dateExpires", '"' + Protocol::formatTimestamp(expires) + '"');
}

QByteArray rightsOf(const Permission &permission)
{
    QByteArrayList rights;
    for (const auto &[has, name] :
         { std::pair(permission.read, "\"read\""), std::pair(permission.write, "\"write\""),
           std::pair(permission.manage, "\"manage\"") }) {
        if (has)
            rights << name;
    }
    return '[' + rights.join(", ") + ']';
}

SyncResult<Nothing> write(const QString &file, const QByteArray &text)
{
    QSaveFile target(file);
    if (!target.open(QFile::WriteOnly) || target.write(text) != text.size() || !target.commit())
        return SyncError(file + u": "_s + target.errorString());
    return Nothing();
}

} // namespace

Exporter::Exporter(SyncData &data) : m_store(data.store()) { }

SyncResult<Nothing> Exporter::exportTo(const QString &path) const
{
    QList<const Service *> services;
    for (const auto &[sid, service] : m_store.services())
        services << &service;
    if (!path.endsWith(u'/') && !QDir(path).exists())
        return write(path, text(services));
    if (!QDir().mkpath(path))
        return SyncError(path + u": cannot make this folder"_s);
    for (const Service *service : std::as_const(services)) {
        const QString name = QString::fromLatin1(nameOf(*service).toUtf8().toPercentEncoding({}, "."));
        if (auto result = write(QDir(path).filePath(name + u".json"_s), text({ service })); errorOf(result))
            return result;
    }
    return Nothing();
}

QByteArray Exporter::text(const QList<const Service *> &services) const
{
    QByteArrayList texts;
    for (const Service *service : services)
        texts << serviceText(*service);
    return "{\n  \"services\": " + (texts.isEmpty() ? "[]" : array(texts, 2)) + "\n}\n";
}

QByteArray Exporter::serviceText(const Service &service) const
{
    QByteArrayList members { member("service", nameOf(service)) };
    const WebhookSettings &webhooks = service.webhooks;
    if (!service.friendlyName.isEmpty())
        members << member("friendlyName", service.friendlyName);
    if (!webhooks.url.isEmpty())
        members << member("webhookUrl", webhooks.url);
    for (const auto &[isOn, name] : { std::pair(service.aclEnabled, "aclEnabled"),
                                      std::pair(webhooks.fromRest, "webhooksFromRestEnabled"),
                                      std::pair(webhooks.reachability, "reachabilityWebhooksEnabled"),
                                      std::pair(webhooks.debouncing, "reachabilityDebouncingEnabled") }) {
        if (isOn)
            members << member(name, QByteArray("true"));
    }
    if (webhooks.debouncingWindow != WebhookSettings().debouncingWindow)
        members << member("reachabilityDebouncingWindow", QByteArray::number(webhooks.debouncingWindow));
    for (const auto &[kind, name] :
         { std::pair(ObjectKind::Document, "documents"), std::pair(ObjectKind::List, "lists"),
           std::pair(ObjectKind::Map, "maps"), std::pair(ObjectKind::Stream, "streams") }) {
        QByteArrayList objects;
        for (const auto &[serial, object] : m_store.objects(service.sid, kind)) {
            if (!isOver(object->expires))
                objects << objectText(*object);
        }
        if (!objects.isEmpty())
            members << member(name, array(objects, 6));
    }
    return "{\n      " + members.join(",\n      ") + "\n    }";
}

QByteArray Exporter::objectText(const SyncObject &object) const
{
    QByteArrayList members;
    if (object.uniqueName)
        members << member("uniqueName", *object.uniqueName);
    else
        members << member("sid", '"' + object.sid + '"');
    if (object.kind == ObjectKind::Document)
        members << member("data", object.data);
    else if (object.kind == ObjectKind::List && object.data != "{}")
        members << member("context", object.data);
    addExpiry(members, object.expires);
    if (!object.permissions.empty()) {
        QByteArrayList permissions;
        for (const auto &[identity, permission] : object.permissions)
            permissions << Protocol::quoteJson(identity) + ": " + rightsOf(permission);
        members << member("permissions", '{' + permissions.join(", ") + '}');
    }
    QByteArrayList items;
    qint64 expected = 0; // the index that needs no word
    for (const auto &[id, item] : object.items) {
        if (isOver(item.expires))
            continue;
        QByteArrayList parts;
        if (object.kind == ObjectKind::Map)
            parts << member("key", id.key);
        else if (id.index != expected)
            parts << member("index", QByteArray::number(id.index));
        parts << member("data", item.data);
        addExpiry(parts, item.expires);
        expected = id.index + 1;
        items << '{' + parts.join(", ") + '}';
    }
    if (!items.isEmpty())
        members << member("items", array(items, 10));
    if (object.kind == ObjectKind::List && object.nextIndex != expected)
        members << member("nextIndex", QByteArray::number(object.nextIndex));
    return "{\n          " + members.join(",\n          ") + "\n        }";
}

bool Exporter::isOver(qint64 expires) const { return expires != never && expires <= m_store.now(); }

} // namespace Twilio::Server
