#include "TwilioSync/writes/write.h"

#include "TwilioSync/protocol/json.h"

#include <QtCore/qdebug.h>

namespace Twilio {

const char *nameOf(WriteOperation operation)
{
    switch (operation) {
    case WriteOperation::Push:
        return "push";
    case WriteOperation::Set:
        return "set";
    case WriteOperation::Merge:
        return "update";
    case WriteOperation::Mutate:
        return "mutate";
    case WriteOperation::Remove:
        return "remove";
    case WriteOperation::SetTtl:
        return "setTtl";
    case WriteOperation::Publish:
        return "publishMessage";
    case WriteOperation::RemoveObject:
        return "removeObject";
    }
    return "";
}

const char *nameOf(WriteState state)
{
    switch (state) {
    case WriteState::Waiting:
        return "waiting";
    case WriteState::Reading:
        return "reading";
    case WriteState::Sending:
        return "sending";
    case WriteState::Unanswered:
        return "unanswered";
    }
    return "";
}

QDebug operator<<(QDebug debug, const Write &write)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "write " << write.id << " (" << nameOf(write.operation) << ' '
                    << (write.objectName.isEmpty() ? write.objectSid : write.objectName).constData();
    if (write.item && write.item->key.isEmpty())
        debug << " item " << write.item->index;
    debug << ", " << nameOf(write.state);
    if (!write.value.isEmpty())
        debug << ", " << write.value.size() << " bytes";
    if (!write.base.isEmpty())
        debug << ", on revision " << write.base.constData();
    if (write.attempts > 0)
        debug << ", attempt " << write.attempts;
    if (write.maybeApplied)
        debug << ", perhaps applied";
    if (!write.error.isNull())
        debug << ", because of " << write.error;
    return debug << ')';
}

bool buildsOnValue(const Write &write)
{
    switch (write.operation) {
    case WriteOperation::Merge:
    case WriteOperation::Mutate:
        return true;
    case WriteOperation::Remove: // the last value is part of what is told of it
        return write.item.has_value();
    case WriteOperation::Push:
    case WriteOperation::Set:
    case WriteOperation::SetTtl:
    case WriteOperation::Publish:
    case WriteOperation::RemoveObject:
        break;
    }
    return false;
}

bool isUnrepeatable(WriteOperation operation)
{
    return operation == WriteOperation::Push || operation == WriteOperation::Publish;
}

std::optional<QByteArray> effectOn(const Write &write, const QByteArray &base)
{
    switch (write.operation) {
    case WriteOperation::Push:
    case WriteOperation::Set:
    case WriteOperation::Mutate:
    case WriteOperation::Publish:
        return write.value;
    case WriteOperation::Merge: {
        const auto merged = mergedJson(base.isEmpty() ? QByteArray("{}") : base, write.value);
        const auto *json = std::get_if<QByteArray>(&merged);
        return json ? std::optional(*json) : std::optional(base);
    }
    case WriteOperation::SetTtl:
        return base;
    case WriteOperation::Remove:
    case WriteOperation::RemoveObject:
        break;
    }
    return std::nullopt;
}

SyncResult<QByteArray> mergedJson(const QByteArray &base, const QByteArray &fields)
{
    const auto old = Protocol::JsonObjectView::parse(base);
    const auto added = Protocol::JsonObjectView::parse(fields);
    if (!old)
        return SyncError(QStringLiteral("update: the value that is there cannot be read as a JSON object"));
    if (!added)
        return SyncError(QStringLiteral("update: expected the fields as a JSON object"));
    QByteArray json;
    json.reserve(base.size() + fields.size());
    json += '{';
    const auto put = [&json](const QByteArray &name, QByteArrayView text) {
        if (json.size() > 1)
            json += ',';
        json += Protocol::quoteJson(name) + ':';
        json.append(text.data(), text.size());
    };
    for (const auto &[name, value] : old->members()) {
        const auto replacement = added->value(name);
        put(name, replacement.exists() ? replacement.text() : value.text());
    }
    for (const auto &[name, value] : added->members()) {
        if (!old->contains(name))
            put(name, value.text());
    }
    return json + '}';
}

} // namespace Twilio
