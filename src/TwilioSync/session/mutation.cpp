#include "TwilioSync/session/mutation.h"

#include "TwilioSync/core/syncexception.h"
#include "TwilioSync/protocol/json.h"

#include <QtCore/qrandom.h>

#include <algorithm>
#include <exception>

namespace Twilio {
namespace {

// Keeps the text of every member that is not replaced, and its place.
QByteArray merged(const QByteArray &base, const QByteArray &fields)
{
    const auto old = Protocol::JsonObjectView::parse(base);
    const auto added = Protocol::JsonObjectView::parse(fields);
    if (!old || !added)
        return fields;
    QByteArray json = "{";
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

} // namespace

std::chrono::milliseconds mutationDelay(int attempt)
{
    using namespace std::chrono_literals;
    constexpr int atOnce = 3;
    if (attempt <= atOnce)
        return 0ms;
    const auto longest =
            std::min<std::chrono::milliseconds>(2000ms, 25ms * (1 << std::min(attempt - atOnce, 7)));
    return std::chrono::milliseconds(
            QRandomGenerator::global()->bounded(int(longest.count()) / 2, int(longest.count())));
}

SyncResult<std::optional<SyncValue>> runMutator(const Mutator &mutator, const SyncValue &current)
{
    try {
        std::optional<SyncValue> next = mutator(current);
        if (next && !next->isValid())
            return SyncError(QStringLiteral("mutator's result: ") + next->errorString());
        return next;
    } catch (const SyncException &exception) {
        return exception.error();
    } catch (const std::exception &exception) {
        return SyncError(QString::fromUtf8(exception.what()));
    } catch (...) {
        return SyncError(QStringLiteral("mutator: an exception of unknown type"));
    }
}

Mutator mergeMutator(const SyncValue &fields)
{
    return [fields](const SyncValue &current) -> std::optional<SyncValue> {
        return SyncValue::fromCheckedJson(merged(current.toJson(), fields.toJson()));
    };
}

} // namespace Twilio
