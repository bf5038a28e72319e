#pragma once

#include "TwilioSync/core/settle.h"

#include <QtCore/qhash.h>

#include <functional>
#include <memory>
#include <utility>

namespace Twilio {

/*!
    \brief The futures an object has handed out and not settled yet.

    Whatever happens to the object, each of them ends: by its result, or by failAll().
*/
class CallTracker
{
public:
    //! A future and the callback that settles it; the callback does nothing once failAll() has.
    template <typename T>
    std::pair<QFuture<T>, Callback<ResultOf<T>>> begin()
    {
        auto [future, settleIt] = makeCall<T>();
        const quint64 id = ++m_lastId;
        m_open->insert(id, [settleIt = settleIt](const SyncError &error) { settleIt(error); });
        auto done = [open = std::weak_ptr(m_open), id, settleIt = settleIt](SyncResult<ResultOf<T>> result) {
            const auto calls = open.lock();
            if (calls && calls->remove(id))
                settleIt(std::move(result));
        };
        return { future, done };
    }

    //! Fails what is open. Continuations run within, so the owner's own state must be final.
    void failAll(const SyncError &error)
    {
        const auto open = std::exchange(*m_open, {});
        for (const auto &fail : open)
            fail(error);
    }

private:
    using Open = QHash<quint64, std::function<void(const SyncError &)>>;
    const std::shared_ptr<Open> m_open = std::make_shared<Open>();
    quint64 m_lastId = 0;
};

//! A callback that hands on an error, or what \a convert makes of the value.
template <typename From, typename To, typename Convert>
Callback<From> converted(Callback<To> done, Convert convert)
{
    return [done = std::move(done), convert = std::move(convert)](SyncResult<From> result) {
        if (const auto *error = errorOf(result))
            done(*error);
        else
            done(convert(std::get<From>(std::move(result))));
    };
}

} // namespace Twilio
