#pragma once

#include "TwilioSync/api/valuecalls_p.h"
#include "TwilioSync/session/documententity.h"

#include <utility>

namespace Twilio {

//! The value of a document, which is made from a SyncValue.
template <typename Value>
struct ContentsOf
{
    Value operator()(const QByteArray &json) const { return SyncValue::fromCheckedJson(json); }
    Value operator()(const WriteOutcome &outcome) const { return (*this)(outcome.json); }
};

/*!
    \brief The calls on the value of a document, which give it as a \c Value.
*/
template <typename Value>
class DocumentCalls : public ValueCalls<Value, ContentsOf<Value>>
{
    using Base = ValueCalls<Value, ContentsOf<Value>>;

public:
    explicit DocumentCalls(CallTarget target) : Base(std::move(target)) { }

    [[nodiscard]] QFuture<Value> get() const
    {
        const auto read = [](const EntityPtr &object, Callback<Value> done, const CancelToken &cancelled) {
            std::static_pointer_cast<DocumentEntity>(object)->readContents(
                    converted<QByteArray, Value>(std::move(done), ContentsOf<Value>()), cancelled);
        };
        return callOn<Value>(Base::m_target, {}, read);
    }
};

} // namespace Twilio
