#include "TwilioSync/transport/twilsockchannel.h"

#include "TwilioSync/transport/twilsockchannel_p.h"

namespace Twilio {

using namespace Qt::StringLiterals;

SyncError connectionLostError() { return SyncError(u"disconnected"_s).withUnknownOutcome(); }

bool isConnectionLost(const SyncError &error) { return error == connectionLostError(); }

SyncError clientDestroyedError() { return SyncError(u"client destroyed"_s); }

SyncError identityChangedError()
{
    return SyncError(u"the token is another identity's by now"_s, 0, 0, true);
}

TwilsockChannel::TwilsockChannel(TransportFactory factory, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<TwilsockChannelPrivate>(this, std::move(factory)))
{ }

TwilsockChannel::~TwilsockChannel() { d->destroy(); }

void TwilsockChannel::setTransportFactory(TransportFactory factory)
{
    d->transportFactory = std::move(factory);
}

const TwilsockChannel::Options &TwilsockChannel::options() const { return d->options; }

void TwilsockChannel::setOptions(const Options &options) { d->setOptions(options); }

void TwilsockChannel::setUrl(const QUrl &url)
{
    Options options = d->options;
    options.url = url;
    d->setOptions(options);
}

void TwilsockChannel::setToken(const QString &token) { d->token = token; }

QString TwilsockChannel::token() const { return d->token; }

void TwilsockChannel::open()
{
    d->post({ .input = d->token.isEmpty() ? ChannelInput::AwaitToken : ChannelInput::Open });
}

void TwilsockChannel::goOffline()
{
    const bool isUp = d->state == ChannelState::Initializing || isSessionUp(d->state);
    d->post({ .input = ChannelInput::GoOffline, .sayGoodbye = isUp });
}

void TwilsockChannel::networkChanged() { d->networkChanged(); }

void TwilsockChannel::setHeld(bool held) { d->setHeld(held); }

void TwilsockChannel::abandonSocket() { d->abandonSocket(); }

void TwilsockChannel::close(Callback<Nothing> done) { d->close(std::move(done)); }

void TwilsockChannel::updateToken(const QString &token, Callback<Nothing> done)
{
    d->updateToken(token, std::move(done));
}

quint64 TwilsockChannel::request(const RestRequest &request, Callback<RestReply> done)
{
    return d->request(request, std::move(done));
}

bool TwilsockChannel::cancel(quint64 number) { return d->cancel(number); }

TwilsockChannel::State TwilsockChannel::state() const { return d->state; }

bool TwilsockChannel::isClosed() const { return d->isClosed(); }

void TwilsockChannel::setExpectingToken(bool on) { d->setExpectingToken(on); }

const AccountDescriptor &TwilsockChannel::account() const { return d->account; }

SyncError TwilsockChannel::whyClosed() const { return d->unableToConnect(); }

ChannelCounters TwilsockChannel::counters() const { return d->counters(); }

int TwilsockChannel::queuedRequests() const { return int(d->requests().queuedCount()); }

int TwilsockChannel::requestsInFlight() const { return int(d->requests().inFlightCount()); }

} // namespace Twilio
