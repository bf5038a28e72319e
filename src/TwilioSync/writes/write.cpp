#include "TwilioSync/writes/write.h"

#include "TwilioSync/protocol/json.h"
#include "TwilioSync/store/placeholder.h"
#include "TwilioSync/writes/trail.h"

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
    case WriteState::Conflict:
        return "conflict";
    }
    return "";
}

QDebug operator<<(QDebug debug, const Write &write)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "write " << write.id << " (" << nameOf(write.operation) << ' '
                    << (write.objectName.isEmpty() ? write.objectSid : write.objectName).constData();
    if (write.item && write.item->key.isEmpty())
        debug << " item " << shownIndex(write.item->index);
    debug << ", " << nameOf(write.state);
    if (!write.value.isEmpty())
        debug << ", " << write.value.size() << " bytes";
    if (!write.erased.isEmpty())
        debug << ", without " << write.erased.size() << " fields";
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

bool isBlind(const Write &write)
{
    const bool isRemovalByKey =
            write.operation == WriteOperation::Remove && write.item && !write.item->key.isEmpty();
    return (write.operation == WriteOperation::Set || isRemovalByKey) && write.base.isEmpty();
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
        const auto merged = mergedJson(base.isEmpty() ? QByteArray("{}") : base, write);
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

namespace {

//! Name and value of the member whose value is \a value, as they are in \a json; the one before it ends at
//! \a end.
QByteArrayView memberText(QByteArrayView json, qsizetype end, const Protocol::JsonSlice &value)
{
    while (json[end] != '"')
        ++end;
    const qsizetype valueStart = value.text().data() - json.data();
    return json.sliced(end, valueStart + value.text().size() - end);
}

qsizetype endOf(QByteArrayView json, const Protocol::JsonSlice &value)
{
    return value.text().data() + value.text().size() - json.data();
}

} // namespace

SyncResult<QByteArray> mergedJson(const QByteArray &base, const QByteArray &fields,
                                  const QByteArrayList &erased)
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
    const auto put = [&json](QByteArrayView text) {
        if (json.size() > 1)
            json += ',';
        json.append(text.data(), text.size());
    };
    qsizetype end = 0;
    for (const auto &[name, value] : old->members()) {
        const QByteArrayView member = memberText(base, end, value);
        end = endOf(base, value);
        if (const auto replacement = added->value(name); replacement.exists()) {
            put(member.chopped(value.text().size()));
            json.append(replacement.text().data(), replacement.text().size());
        } else if (!erased.contains(name)) {
            put(member);
        }
    }
    end = 0;
    for (const auto &[name, value] : added->members()) {
        const QByteArrayView member = memberText(fields, end, value);
        end = endOf(fields, value);
        if (!old->contains(name))
            put(member);
    }
    return json + '}';
}

SyncResult<QByteArray> mergedJson(const QByteArray &base, const Write &merge)
{
    return mergedJson(base, merge.value, merge.erased);
}

bool isRecognisable(const Write &write)
{
    const auto value = write.once.isEmpty() ? std::nullopt : Protocol::JsonObjectView::parse(write.value);
    return value && value->contains(write.once);
}

bool isItemOf(const Write &push, const QByteArray &json)
{
    const auto alone = [&push](const QByteArray &value) {
        const auto fields = Protocol::JsonObjectView::parse(value);
        const auto field = fields ? fields->value(push.once) : Protocol::JsonSlice();
        return field.exists() ? "{\"once\":" + field.text().toByteArray() + '}' : QByteArray();
    };
    const QByteArray ours = alone(push.value);
    return !ours.isEmpty() && isSameJson(ours, alone(json));
}

bool appendMerge(Write &merge, const Write &next)
{
    const auto fields = mergedJson(merge.value, next);
    const auto added = Protocol::JsonObjectView::parse(next.value);
    const auto *const json = std::get_if<QByteArray>(&fields);
    if (!json || !added)
        return false;
    merge.value = *json;
    merge.erased.removeIf(
            [&](const QByteArray &name) { return added->contains(name) || next.erased.contains(name); });
    merge.erased += next.erased;
    return true;
}

} // namespace Twilio
