#include "server/webhooks/webhookform.h"

#include "server/data/kinds.h"

#include <QtCore/qmessageauthenticationcode.h>
#include <QtCore/qurl.h>

#include <algorithm>

namespace Twilio::Server {
namespace {

// "Document": the word in front of the fields of one kind.
QByteArray prefixOf(ObjectKind kind)
{
    QByteArray word = wordsOf(kind).name.toByteArray();
    word[0] = char(word[0] - 'a' + 'A');
    return word;
}

QByteArray eventTypeOf(const Change &change)
{
    const QByteArray kind = wordsOf(change.object.kind).name.toByteArray();
    switch (change.record.type) {
    case EventType::ItemAdded:
        return kind + "_item_added";
    case EventType::ItemUpdated:
        return kind + "_item_updated";
    case EventType::ItemRemoved:
        return kind + "_item_removed";
    case EventType::DocumentUpdated:
        return kind + "_updated";
    case EventType::ObjectRemoved:
        return kind + "_removed";
    case EventType::MessagePublished:
        return kind + "_message_published";
    case EventType::ObjectCreated:
        return kind + "_created";
    case EventType::ContextUpdated:
        return {};
    }
    Q_UNREACHABLE();
}

HttpFields commonFields(const QByteArray &eventType, const Origin &by, const QString &service)
{
    const QByteArray account = by.accountSid.isEmpty() ? defaultAccountSid : by.accountSid.toUtf8();
    HttpFields fields { { "AccountSid", account },
                        { "EventType", eventType },
                        { "Identity", by.identity.toUtf8() },
                        { "ServiceSid", service.toUtf8() } };
    if (!by.endpoint.isEmpty())
        fields << std::pair(QByteArray("EndpointId"), by.endpoint);
    return fields;
}

void addItem(HttpFields &fields, const Change &change)
{
    const EventRecord &record = change.record;
    fields << std::pair(QByteArray("EventId"), QByteArray::number(record.id));
    if (change.object.kind == ObjectKind::List)
        fields << std::pair(QByteArray("ItemIndex"), QByteArray::number(record.item.index));
    else
        fields << std::pair(QByteArray("ItemKey"), record.item.key.toUtf8());
    fields << std::pair(QByteArray("ItemRevision"), QByteArray::number(record.id));
    if (record.type != EventType::ItemRemoved)
        fields << std::pair(QByteArray("ItemData"), record.data);
}

} // namespace

std::optional<HttpFields> webhookFields(const Change &change)
{
    const QByteArray type = eventTypeOf(change);
    if (type.isEmpty())
        return std::nullopt;
    const ObjectKind kind = change.object.kind;
    const QByteArray prefix = prefixOf(kind);
    HttpFields fields = commonFields(type, change.by, change.service);
    fields << std::pair(prefix + "Sid", change.object.sid);
    if (change.uniqueName)
        fields << std::pair(prefix + "UniqueName", change.uniqueName->toUtf8());
    const EventRecord &record = change.record;
    // The revision of a list or map is the number of its events.
    if (kind != ObjectKind::Stream)
        fields << std::pair(prefix + "Revision", QByteArray::number(record.id + (hasItems(kind) ? 1 : 0)));
    if (kind == ObjectKind::Document && record.type != EventType::ObjectRemoved)
        fields << std::pair(QByteArray("DocumentData"), record.data);
    if (record.type == EventType::MessagePublished)
        fields << std::pair(QByteArray("MessageSid"), record.item.key.toUtf8())
               << std::pair(QByteArray("MessageData"), record.data);
    if (hasItems(kind) && record.type != EventType::ObjectCreated && record.type != EventType::ObjectRemoved)
        addItem(fields, change);
    return fields;
}

HttpFields reachabilityFields(const Caller &client, bool isConnected)
{
    return commonFields(isConnected ? "endpoint_connected" : "endpoint_disconnected", originOf(client),
                        client.serviceSid);
}

QByteArray encodedForm(const HttpFields &fields)
{
    QByteArray form;
    for (const auto &[name, value] : fields) {
        if (!form.isEmpty())
            form += '&';
        form += name + '=' + value.toPercentEncoding("*", "~").replace("%20", "+");
    }
    return form;
}

QByteArray webhookSignature(const QByteArray &url, HttpFields fields, const QByteArray &secret)
{
    std::sort(fields.begin(), fields.end());
    QByteArray text = url;
    for (const auto &[name, value] : std::as_const(fields))
        text += name + value;
    return QMessageAuthenticationCode::hash(text, secret, QCryptographicHash::Sha1).toBase64();
}

} // namespace Twilio::Server
