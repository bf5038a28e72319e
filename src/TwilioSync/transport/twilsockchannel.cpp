#include "TwilioSync/transport/twilsockchannel.h"

namespace Twilio {

class TwilsockChannelPrivate
{
public:
    TwilsockChannel::Options options;
    QString token;
    AccountDescriptor account;
};

SyncError connectionLostError() { return SyncError(QStringLiteral("disconnected")); }
bool isConnectionLost(const SyncError &error) { return error == connectionLostError(); }
SyncError clientDestroyedError() { return SyncError(QStringLiteral("client destroyed")); }

TwilsockChannel::TwilsockChannel(TransportFactory, QObject *parent)
    : QObject(parent)
    , d(std::make_unique<TwilsockChannelPrivate>())
{ }

TwilsockChannel::~TwilsockChannel() = default;

const TwilsockChannel::Options &TwilsockChannel::options() const { return d->options; }
void TwilsockChannel::setOptions(const Options &options) { d->options = options; }
void TwilsockChannel::setUrl(const QUrl &url) { d->options.url = url; }
void TwilsockChannel::setToken(const QString &token) { d->token = token; }
QString TwilsockChannel::token() const { return d->token; }
void TwilsockChannel::open() { }
void TwilsockChannel::close(Callback<Nothing> done) { done(Nothing()); }
void TwilsockChannel::updateToken(const QString &, Callback<Nothing> done) { done(Nothing()); }

quint64 TwilsockChannel::request(const RestRequest &, Callback<RestReply> done)
{
    done(connectionLostError());
    return 0;
}

bool TwilsockChannel::cancel(quint64) { return false; }
TwilsockChannel::State TwilsockChannel::state() const { return State::Disconnected; }
const AccountDescriptor &TwilsockChannel::account() const { return d->account; }

} // namespace Twilio
