#pragma once

#include "TwilioSync/api/objectcalls_p.h"
#include "TwilioSync/session/documententity.h"

#include <utility>

namespace Twilio {

/*!
    \brief The calls on the value of a document, which give it as a \c Value, made from a SyncValue.
*/
template <typename Value>
class DocumentCalls
{
public:
    explicit DocumentCalls(CallTarget target) : m_target(std::move(target)) { }

    [[nodiscard]] QFuture<Value> get() const
    {
        const auto read = [](const EntityPtr &object, Callback<Value> done, const CancelToken &cancelled) {
            std::static_pointer_cast<DocumentEntity>(object)->readContents(
                    converted<QByteArray, Value>(std::move(done), valueOf), cancelled);
        };
        return callOn<Value>(m_target, {}, read);
    }
    [[nodiscard]] QFuture<Value> set(const SyncValue &value, const WriteOptions &options) const
    {
        return write({ checkValue("value", value), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Set, {}, value, options.ttl));
    }
    [[nodiscard]] QFuture<Value> update(const SyncValue &fields, const WriteOptions &options) const
    {
        return write({ checkValue("fields", fields), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Merge, {}, fields, options.ttl));
    }
    [[nodiscard]] QFuture<Value> mutate(const Mutator &mutator, const WriteOptions &options) const
    {
        return write({ checkMutator(mutator), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Mutate, {}, {}, options.ttl), mutator);
    }

private:
    [[nodiscard]] static Value valueOf(const QByteArray &json) { return SyncValue::fromCheckedJson(json); }
    [[nodiscard]] QFuture<Value> write(ArgumentChecks checks, Write what, Mutator mutator = {}) const
    {
        return writeCall<Value>(m_target, checks, std::move(what), std::move(mutator),
                                [](const WriteOutcome &outcome) { return valueOf(outcome.json); });
    }

    CallTarget m_target;
};

} // namespace Twilio
