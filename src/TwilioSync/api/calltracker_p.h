#pragma once

#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/settle.h"

#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <functional>
#include <memory>
#include <utility>

namespace Twilio {

/*!
    \brief The futures an object has handed out and not settled yet.

    Whatever happens to the object, each of them ends: by its result, told through the notifier, or by
   failAll().
*/
class CallTracker
{
public:
    explicit CallTracker(Notifier *notifier = nullptr) : m_notifier(notifier) { }

    //! From now on futures are told through \a notifier.
    void setNotifier(Notifier *notifier) { m_notifier = notifier; }
    //! A number that no other tracker has: the owner of the writes among the calls.
    [[nodiscard]] quint64 owner() const { return m_owner; }

    //! A future and the callback that settles it; the callback does nothing once failAll() has.
    template <typename T>
    std::pair<QFuture<T>, Callback<ResultOf<T>>> begin()
    {
        auto [future, settleIt] = makeCall<T>();
        const quint64 id = ++m_lastId;
        m_open->fail.insert(id, [settleIt = settleIt](const SyncError &error) { settleIt(error); });
        auto done = [open = std::weak_ptr(m_open), id, notifier = m_notifier,
                     settleIt = settleIt](SyncResult<ResultOf<T>> result) {
            const auto calls = open.lock();
            if (!calls || !calls->fail.remove(id))
                return;
            if (notifier && !calls->isEnding)
                notifier->post(nullptr, [settleIt, result = std::move(result)] { settleIt(result); });
            else
                settleIt(std::move(result));
        };
        return { future, done };
    }

    //! The owner goes: what ends from now on is told at once.
    void beginToEnd() { m_open->isEnding = true; }
    //! Fails what is open. Continuations run within, so the owner's own state must be final.
    void failAll(const SyncError &error)
    {
        const auto open = std::exchange(m_open->fail, {});
        for (const auto &fail : open)
            fail(error);
    }

private:
    struct Open
    {
        QHash<quint64, std::function<void(const SyncError &)>> fail;
        bool isEnding = false;
    };
    [[nodiscard]] static quint64 nextOwner()
    {
        static std::atomic<quint64> last = 0;
        return ++last;
    }

    const std::shared_ptr<Open> m_open = std::make_shared<Open>();
    const quint64 m_owner = nextOwner();
    QPointer<Notifier> m_notifier;
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
