#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/settle.h"

#include <QtCore/qfuturewatcher.h>
#include <QtCore/qhash.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <functional>
#include <memory>
#include <unordered_map>
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

    template <typename T>
    struct Call
    {
        QFuture<T> future;
        //! Settles the future; does nothing once failAll() or the caller's cancel() has ended it.
        Callback<ResultOf<T>> done;
        //! Stopped when the caller cancels the future.
        CancelToken cancelled;
    };

    template <typename T>
    Call<T> begin()
    {
        auto [future, settleIt] = makeCall<T>();
        const quint64 id = ++m_lastId;
        auto watcher = std::make_unique<QFutureWatcher<void>>();
        QObject::connect(watcher.get(), &QFutureWatcherBase::canceled, watcher.get(),
                         [open = std::weak_ptr(m_open), id] {
                             if (const auto calls = open.lock())
                                 cancel(*calls, id);
                         });
        watcher->setFuture(QFuture<void>(future));
        Ending ending { [settleIt = settleIt](const SyncError &error) { settleIt(error); },
                        std::move(watcher), std::stop_source() };
        Call<T> call { future, {}, ending.cancel.get_token() };
        m_open->calls.emplace(id, std::move(ending));
        call.done = [open = std::weak_ptr(m_open), id, notifier = m_notifier,
                     settleIt = settleIt](SyncResult<ResultOf<T>> result) {
            const auto calls = open.lock();
            if (!calls || calls->calls.erase(id) == 0)
                return;
            if (notifier && !calls->isEnding)
                notifier->post(nullptr, [settleIt, result = std::move(result)] { settleIt(result); });
            else
                settleIt(std::move(result));
        };
        return call;
    }

    //! The owner goes: what ends from now on is told at once.
    void beginToEnd() { m_open->isEnding = true; }
    //! Fails what is open. Continuations run within, so the owner's own state must be final.
    void failAll(const SyncError &error)
    {
        const auto open = std::exchange(m_open->calls, {});
        for (const auto &[id, ending] : open)
            ending.fail(error);
    }

private:
    struct Ending
    {
        std::function<void(const SyncError &)> fail;
        std::unique_ptr<QFutureWatcher<void>> watcher;
        std::stop_source cancel;
    };
    struct Open
    {
        std::unordered_map<quint64, Ending> calls;
        bool isEnding = false;
    };

    // Called by its watcher, in a turn of the event loop of its own.
    static void cancel(Open &open, quint64 id)
    {
        auto node = open.calls.extract(id);
        if (!node)
            return;
        Ending &ending = node.mapped();
        ending.watcher.release()->deleteLater();
        ending.cancel.request_stop();
        ending.fail(cancelledError()); // a cancelled future takes no error, but ends
    }

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

} // namespace Twilio
