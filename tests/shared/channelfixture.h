#pragma once

#include "scriptedtransport.h"
#include "TwilioSync/transport/twilsockchannel.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qstringlist.h>

//! Name of \a state for logs and failure messages.
inline QString nameOf(Twilio::ChannelState state)
{
    static const QStringList names { QStringLiteral("Disconnected"),     QStringLiteral("AwaitingToken"),
                                     QStringLiteral("Connecting"),       QStringLiteral("Initializing"),
                                     QStringLiteral("Connected"),        QStringLiteral("Throttling"),
                                     QStringLiteral("WaitAndReconnect"), QStringLiteral("Disconnecting"),
                                     QStringLiteral("Denied"),           QStringLiteral("Failed"),
                                     QStringLiteral("Offline") };
    return names.value(int(state));
}

//! Text of \a error: message, status, code, ! if terminal.
inline QString textOf(const Twilio::SyncError &error)
{
    return QStringLiteral("%1 (%2, %3%4)")
            .arg(error.message())
            .arg(error.status())
            .arg(error.code())
            .arg(error.isTerminal() ? QStringLiteral(", terminal") : QString());
}

//! A channel whose peer is the test and whose signals are written down. Waits are long: what happens, happens
//! at once.
class ChannelFixture
{
public:
    using Channel = Twilio::TwilsockChannel;

    ChannelFixture() : channel(new Channel(gateway.factory()))
    {
        using namespace std::chrono_literals;
        Channel::Options options;
        options.url = QUrl(QStringLiteral("ws://127.0.0.1:1/v3/wsconnect"));
        options.throttleMin = options.throttleMax = 1h;
        options.metadata = "{\"sdk\":\"Qt\"}";
        channel->setOptions(options);
        channel->setToken(QStringLiteral("token A"));
        QObject::connect(channel, &Channel::stateChanged, channel,
                         [this](Twilio::ChannelState state) { log.append(nameOf(state)); });
        QObject::connect(channel, &Channel::errorOccurred, channel, [this](const Twilio::SyncError &error) {
            log.append(QStringLiteral("error: ") + textOf(error));
        });
        QObject::connect(channel, &Channel::tokenExpired, channel,
                         [this] { log.append(QStringLiteral("expired")); });
        QObject::connect(channel, &Channel::tokenAboutToExpire, channel,
                         [this] { log.append(QStringLiteral("about to expire")); });
        QObject::connect(channel, &Channel::notificationReceived, channel,
                         [this](const Twilio::ChannelNotification &notification) {
                             log.append(QStringLiteral("notification %1 %2")
                                                .arg(QString::fromUtf8(notification.messageType),
                                                     QString::fromUtf8(notification.payload)));
                         });
    }
    ~ChannelFixture() { delete channel; }
    Q_DISABLE_COPY_MOVE(ChannelFixture)

    //! Changes one or more options.
    template <typename Change>
    void change(Change &&apply)
    {
        Channel::Options options = channel->options();
        apply(options);
        channel->setOptions(options);
    }

    void initialize()
    {
        channel->open();
        gateway.accept();
    }
    void connectNow()
    {
        initialize();
        gateway.reply(gateway.last("init"));
    }
    //! From Connected: a request is answered with 429.
    void throttle()
    {
        get();
        gateway.reply(gateway.last("message"), "{\"code\":429,\"status\":\"TOO_MANY_REQUESTS\"}");
        outcomes.clear();
    }

    //! Requests \a path; what comes of it is added to outcomes.
    quint64 get(const QString &path = QStringLiteral("/p"))
    {
        return channel->request({ "GET", QUrl(QStringLiteral("https://cds.us1.twilio.com") + path), {}, {} },
                                [this](const Twilio::SyncResult<Twilio::RestReply> &result) {
                                    const auto *reply = std::get_if<Twilio::RestReply>(&result);
                                    outcomes.append(reply ? QStringLiteral("%1 %2")
                                                                    .arg(reply->status)
                                                                    .arg(QString::fromUtf8(reply->body))
                                                          : textOf(*Twilio::errorOf(result)));
                                });
    }
    void updateToken(const QString &token) { channel->updateToken(token, nothing()); }
    void close() { channel->close(nothing()); }
    Twilio::Callback<Twilio::Nothing> nothing()
    {
        return [this](const Twilio::SyncResult<Twilio::Nothing> &result) {
            outcomes.append(Twilio::errorOf(result) ? textOf(*Twilio::errorOf(result))
                                                    : QStringLiteral("ok"));
        };
    }
    //! Lets queued callbacks run. They take a turn each time, not time.
    static void turn() { QCoreApplication::sendPostedEvents(); }
    QStringList takeLog() { return std::exchange(log, {}); }
    QStringList takeOutcomes()
    {
        turn();
        return std::exchange(outcomes, {});
    }
    Twilio::ChannelState state() const { return channel->state(); }

    ScriptedGateway gateway;
    QPointer<Channel> channel;
    QStringList log; // signals in order
    QStringList outcomes; // of callbacks in order
};
