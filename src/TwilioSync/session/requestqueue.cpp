#include "TwilioSync/session/requestqueue.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtCore/qpointer.h>
#include <QtCore/qrandom.h>
#include <QtCore/qtimer.h>

#include <algorithm>

namespace Twilio {
namespace {

bool isSuccess(int status) { return status >= 200 && status < 300; }

bool isGatewayTrouble(int status) { return status == 502 || status == 503 || status == 504; }

} // namespace

RequestQueue::RequestQueue(TwilsockChannel *channel, QObject *parent)
    : QObject(parent)
    , m_channel(channel) { }

RequestQueue::~RequestQueue()
{
    const auto waiting = std::exchange(m_waiting, {});
    for (const CallPtr &call : waiting)
        call->done(clientDestroyedError());
}

void RequestQueue::release()
{
    if (!std::exchange(m_held, false))
        return;
    const auto waiting = m_waiting; // those that wait for their retry time as well: the channel queues them
    for (const CallPtr &call : waiting) {
        if (call->attempts == 0)
            attempt(call);
    }
}

void RequestQueue::send(RestRequest request, Repeat repeat, Callback<RestReply> done,
                        std::function<void()> throttled)
{
    addServiceHeaders(request);
    auto call = std::make_shared<Call>(
            Call { std::move(request), repeat, std::move(done), std::move(throttled), {}, 0 });
    call->age.start();
    if (m_held)
        m_waiting.push_back(std::move(call));
    else
        attempt(call);
}

void RequestQueue::attempt(const CallPtr &call)
{
    std::erase(m_waiting, call);
    ++call->attempts;
    m_channel->request(call->request, [self = QPointer(this), call](SyncResult<RestReply> result) {
        if (self)
            self->replied(call, std::move(result));
        else
            call->done(std::move(result));
    });
}

RequestQueue::Milliseconds RequestQueue::delayAfter(int attempts) const
{
    const auto delay = std::min<Milliseconds>(m_options.delayCap,
                                              m_options.initialDelay * (1 << std::min(attempts - 1, 20)));
    return Milliseconds(
            qint64(double(delay.count()) * (0.8 + 0.4 * QRandomGenerator::global()->generateDouble())));
}

void RequestQueue::replied(const CallPtr &call, SyncResult<RestReply> result)
{
    if (const auto *error = errorOf(result)) {
        if (isConnectionLost(*error) && call->repeat == Repeat::Safely)
            retry(call, *error, Milliseconds(0)); // the channel queues it until it is connected again
        else
            finish(call, std::move(result));
        return;
    }
    const RestReply &reply = std::get<RestReply>(result);
    if (isSuccess(reply.status)) {
        finish(call, std::move(result));
        return;
    }
    const SyncError error = Protocol::errorOfReply(reply);
    if (reply.status == 429 || (isGatewayTrouble(reply.status) && call->repeat == Repeat::Safely)) {
        if (reply.status == 429 && call->throttled)
            call->throttled();
        bool isNumber = false;
        const int seconds = reply.header("retry-after").toInt(&isNumber);
        retry(call, error,
              isNumber && seconds >= 0 ? Milliseconds(std::chrono::seconds(seconds))
                                       : delayAfter(call->attempts));
        return;
    }
    finish(call, error);
}

void RequestQueue::retry(const CallPtr &call, const SyncError &error, Milliseconds delay)
{
    if (Milliseconds(call->age.elapsed()) + delay > m_options.budget) {
        finish(call, error);
        return;
    }
    qCInfo(lcRequest) << call->request.method << call->request.url.path() << "failed:" << error
                      << "- again in" << delay.count() << "ms";
    m_waiting.push_back(call);
    QTimer::singleShot(delay, this, [this, call] { attempt(call); });
}

void RequestQueue::finish(const CallPtr &call, SyncResult<RestReply> result)
{
    const auto done = std::move(call->done);
    call->done = nullptr;
    done(std::move(result));
}

} // namespace Twilio
