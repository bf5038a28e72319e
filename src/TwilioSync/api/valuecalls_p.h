#pragma once

#include "TwilioSync/api/objectcalls_p.h"

#include <optional>
#include <utility>

namespace Twilio {

/*!
    \brief The writes of a value, to an object itself or to one of its items; each gives what
   \c ResultOfOutcome makes of its outcome.
*/
template <typename Result, typename ResultOfOutcome>
class ValueCalls
{
public:
    [[nodiscard]] QFuture<Result> set(const SyncValue &value, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkValue("value", value), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Set, m_key, value, options.ttl));
    }
    [[nodiscard]] QFuture<Result> update(const SyncValue &fields, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkValue("fields", fields), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Merge, m_key, fields, options.ttl));
    }
    [[nodiscard]] QFuture<Result> mutate(const Mutator &mutator, const WriteOptions &options) const
    {
        return write({ m_wrongKey, checkMutator(mutator), checkTtl(options.ttl) },
                     writeOf(m_target, WriteOperation::Mutate, m_key, {}, options.ttl), mutator);
    }

protected:
    //! Of the object itself unless a \a key is given; \a wrongKey says what is wrong with it.
    explicit ValueCalls(CallTarget target, std::optional<SyncError> wrongKey = {},
                        std::optional<ItemKey> key = {})
        : m_target(std::move(target))
        , m_wrongKey(std::move(wrongKey))
        , m_key(std::move(key))
    { }

    const CallTarget m_target;
    const std::optional<SyncError> m_wrongKey;
    const std::optional<ItemKey> m_key;

private:
    [[nodiscard]] QFuture<Result> write(ArgumentChecks checks, Write what, Mutator mutator = {}) const
    {
        return writeCall<Result>(m_target, checks, std::move(what), std::move(mutator), ResultOfOutcome());
    }
};

} // namespace Twilio
