#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/notifier.h"
#include "TwilioSync/core/settle.h"

#include <QtCore/qfuturewatcher.h>
#include <QtCore/qpointer.h>

#include <atomic>
#include <functional>
#include <map>
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
        const quint64 id = ++m_open->lastId;
        const auto promised = std::make_shared<Promised<T>>();
        Call<T> call { promised->promise.future(), {}, promised->cancel.get_token() };
        m_open->calls.emplace_hint(m_open->calls.end(), id, promised);
        watchSoon(m_open, m_notifier);
        call.done = [open = std::weak_ptr(m_open), id, notifier = m_notifier,
                     promised](SyncResult<ResultOf<T>> result) {
            const auto calls = open.lock();
            if (!calls || calls->calls.erase(id) == 0)
                return;
            promised->watcher.reset();
            if (!notifier || calls->isEnding) {
                settle(promised->promise, std::move(result));
                return;
            }
            notifier->post(nullptr, [promised, result = std::move(result)]() mutable {
                settle(promised->promise, std::move(result));
            });
        };
        return call;
    }

    //! The owner goes: what ends from now on is told at once.
    void beginToEnd() { m_open->isEnding = true; }
    //! Fails what is open. Continuations run within, so the owner's own state must be final.
    void failAll(const SyncError &error)
    {
        auto open = std::exchange(m_open->calls, {});
        for (auto &[id, ending] : open) {
            ending->watcher.reset(); // before it has more to be told
            ending->fail(error);
        }
    }

private:
    //! Whatever the result is.
    struct Ending
    {
        Ending() = default;
        virtual ~Ending() = default;
        Q_DISABLE_COPY_MOVE(Ending)

        virtual void fail(const SyncError &error) = 0;
        [[nodiscard]] virtual QFuture<void> future() const = 0;

        //! Null until the turn after the call.
        std::unique_ptr<QFutureWatcher<void>> watcher;
        std::stop_source cancel;
    };
    template <typename T>
    struct Promised final : Ending
    {
        Promised() { promise.start(); }
        void fail(const SyncError &error) override { settle(promise, SyncResult<ResultOf<T>>(error)); }
        [[nodiscard]] QFuture<void> future() const override { return QFuture<void>(promise.future()); }

        QPromise<T> promise;
    };
    struct Open
    {
        //! In the order of the calls.
        std::map<quint64, std::shared_ptr<Ending>> calls;
        quint64 lastId = 0;
        //! Of those that are watched, or have been looked at.
        quint64 lastWatched = 0;
        bool isWatching = false;
        bool isEnding = false;
    };

    // A watcher that goes before it has been told what it was made for looks through all that the thread has
    // to tell. So there are never many of those: they are made in turns of their own, some in each.
    static constexpr int watchedPerTurn = 250;

    static void watchSoon(const std::shared_ptr<Open> &open, Notifier *notifier)
    {
        if (!notifier)
            watchSome(open);
        else if (!std::exchange(open->isWatching, true))
            notifier->post(nullptr, [calls = std::weak_ptr(open), by = QPointer(notifier)] {
                const auto still = calls.lock();
                if (!still)
                    return;
                still->isWatching = false;
                watchSome(still);
                if (still->lastWatched < still->lastId)
                    watchSoon(still, by);
            });
    }
    static void watchSome(const std::shared_ptr<Open> &open)
    {
        auto call = open->calls.upper_bound(open->lastWatched);
        for (int some = 0; some < watchedPerTurn && call != open->calls.end(); ++some, ++call) {
            Ending &ending = *call->second;
            ending.watcher = std::make_unique<QFutureWatcher<void>>();
            QObject::connect(ending.watcher.get(), &QFutureWatcherBase::canceled, ending.watcher.get(),
                             [calls = std::weak_ptr(open), id = call->first] {
                                 if (const auto still = calls.lock())
                                     cancel(*still, id);
                             });
            ending.watcher->setFuture(ending.future());
            open->lastWatched = call->first;
        }
        if (call == open->calls.end())
            open->lastWatched = open->lastId;
    }

    // Called by its watcher, in a turn of the event loop of its own.
    static void cancel(Open &open, quint64 id)
    {
        auto node = open.calls.extract(id);
        if (!node)
            return;
        Ending &ending = *node.mapped();
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
};

} // namespace Twilio
