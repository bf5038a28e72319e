#include "TwilioSync/requests/requester.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/replyverdict.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <algorithm>
#include <utility>
#include <vector>

namespace Twilio {

using namespace Qt::StringLiterals;

Requester::Requester(TwilsockChannel *channel, QObject *parent) : QObject(parent), m_channel(channel) { }

Requester::~Requester()
{
    // Those in the channel end with it.
    for (const auto &[number, call] : std::exchange(m_calls, {})) {
        if (call->channelNumber == 0)
            call->done(clientDestroyedError());
    }
}

void Requester::release()
{
    if (!std::exchange(m_held, false))
        return;
    std::vector<quint64> waiting;
    for (const auto &[number, call] : m_calls) {
        if (!call->wasTried)
            waiting.push_back(number);
    }
    for (const quint64 number : waiting)
        attempt(number);
}

quint64 Requester::send(RestRequest request, Repeat repeat, Callback<RestReply> done,
                        const CancelToken &cancelled)
{
    const quint64 number = ++m_lastNumber;
    const bool isTooMany = int(m_calls.size()) >= m_options.limit && repeat != Repeat::Never;
    addServiceHeaders(request);
    const Patience patience({ .first = m_options.initialDelay, .cap = m_options.delayCap });
    auto call = std::make_shared<Call>(
            Call { std::move(request), repeat, std::move(done), {}, patience, 0, false });
    call->age.start();
    if (cancelled.stop_possible())
        call->onCancel = std::make_unique<OnCancel>(cancelled, [self = QPointer(this), number] {
            if (self)
                self->cancel(number);
        });
    call->wasTried = isTooMany; // release() leaves it alone
    m_calls.emplace(number, std::move(call));
    if (isTooMany)
        QMetaObject::invokeMethod(
                this, [this, number] { refuse(number); }, Qt::QueuedConnection);
    else if (!m_held)
        attempt(number);
    return number;
}

SyncError Requester::tooMany() const
{
    return SyncError(u"too many requests: limits.queuedRequests is %1"_s.arg(m_options.limit));
}

void Requester::refuse(quint64 number)
{
    if (m_calls.contains(number)) // not cancelled meanwhile
        finish(number, tooMany());
}

bool Requester::cancel(quint64 number)
{
    const auto found = m_calls.find(number);
    if (found == m_calls.end())
        return false;
    if (found->second->channelNumber != 0)
        return m_channel->cancel(found->second->channelNumber); // its callback ends the call
    auto done = std::move(found->second->done);
    m_calls.erase(found);
    QMetaObject::invokeMethod(
            this, [done = std::move(done)] { done(cancelledError()); }, Qt::QueuedConnection);
    return true;
}

void Requester::failAll(const SyncError &error)
{
    for (const auto &[number, call] : std::exchange(m_calls, {})) {
        call->onCancel.reset();
        if (call->channelNumber != 0)
            m_channel->cancel(call->channelNumber);
        call->done(error);
    }
}

int Requester::waiting() const
{
    return int(std::count_if(m_calls.begin(), m_calls.end(),
                             [](const auto &call) { return call.second->channelNumber == 0; }));
}

void Requester::attempt(quint64 number)
{
    const auto found = m_calls.find(number);
    if (found == m_calls.end())
        return; // cancelled while it waited
    const std::shared_ptr<Call> call = found->second;
    if (std::exchange(call->wasTried, true))
        ++m_retries;
    call->channelNumber = m_channel->request(
            call->request, [self = QPointer(this), number, call](SyncResult<RestReply> result) {
                if (self)
                    self->replied(number, std::move(result));
                else
                    call->done(std::move(result));
            });
}

void Requester::replied(quint64 number, SyncResult<RestReply> result)
{
    const auto found = m_calls.find(number);
    if (found == m_calls.end())
        return;
    Call &call = *found->second;
    call.channelNumber = 0;
    const ReplyVerdict verdict = verdictOf(result);
    if (verdict == ReplyVerdict::Success) {
        finish(number, std::move(result));
        return;
    }
    const auto *failure = errorOf(result);
    const SyncError error = failure ? *failure : Protocol::errorOfReply(std::get<RestReply>(result));
    if (mayRepeat(call, verdict, error)) {
        const auto named = retryAfterOf(result);
        if (isConnectionLost(error))
            retry(number, error, Milliseconds(0)); // the channel has it wait until it is connected again
        else if (named && *named > m_options.budget)
            finish(number, error);
        else
            retry(number, error, named ? call.patience.next(*named, *named) : call.patience.next());
        return;
    }
    const bool isRead = call.request.method == "GET"; // has no outcome but its answer
    finish(number,
           isRead && error.isOutcomeUnknown()
                   ? SyncError(error.message(), error.status(), error.code(), error.isTerminal())
                   : error);
}

bool Requester::mayRepeat(const Call &call, ReplyVerdict verdict, const SyncError &error) const
{
    if (verdict == ReplyVerdict::Throttled)
        return call.repeat != Repeat::Never;
    // A service that says nothing for so long on a path that works will not answer a second time either.
    const bool isTimeout = error.status() == 0 && !isConnectionLost(error);
    return verdict == ReplyVerdict::MaybeApplied && call.repeat == Repeat::Safely && !isTimeout;
}

void Requester::retry(quint64 number, const SyncError &error, Milliseconds delay)
{
    const Call &call = *m_calls.at(number);
    if (Milliseconds(call.age.elapsed()) + delay > m_options.budget) {
        finish(number, error);
        return;
    }
    qCInfo(lcRequest) << call.request.method << call.request.url.pathUpTo(3) << "failed:" << error
                      << "- again in" << delay.count() << "ms";
    QTimer::singleShot(delay, this, [this, number] { attempt(number); });
}

void Requester::finish(quint64 number, SyncResult<RestReply> result)
{
    const auto done = std::move(m_calls.at(number)->done);
    m_calls.erase(number);
    done(std::move(result));
}

} // namespace Twilio
