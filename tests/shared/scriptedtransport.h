#pragma once

#include "TwilioSync/protocol/frame.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/transport/transport.h"

#include <QtCore/qlist.h>
#include <QtCore/qpointer.h>

//! A transport without a network: the test is the peer.
class ScriptedTransport : public Twilio::Transport
{
    Q_OBJECT

public:
    //! What is sent goes to \a log, which outlives us.
    explicit ScriptedTransport(QList<QByteArray> *log) : m_log(log) { }

    void open(const QUrl &url) override { openedUrl = url; }
    void send(const QByteArray &message) override { m_log->append(message); }
    void ping() override
    {
        ++pings;
        if (answersPings)
            Q_EMIT ponged();
    }
    [[nodiscard]] bool takesMore() override { return !isFull; }
    void setHeld(bool held) override { isHeld = held; }
    void close() override
    {
        closeCalled = true;
        if (answersClose)
            QMetaObject::invokeMethod(
                    this, [this] { Q_EMIT closed(Twilio::SyncError(QStringLiteral("closed"))); },
                    Qt::QueuedConnection);
    }

    QUrl openedUrl;
    bool closeCalled = false;
    bool answersClose = true;
    bool answersPings = true;
    bool isFull = false;
    bool isHeld = false;
    int pings = 0;

private:
    QList<QByteArray> *m_log;
};

//! One frame that the client sent.
struct SentFrame
{
    QByteArray header;
    QByteArray payload;

    //! The text of header member \a name, a string's without its quotes.
    QByteArray field(QByteArrayView name) const
    {
        const auto object = Twilio::Protocol::JsonObjectView::parse(header);
        const auto value = object ? object->value(name) : Twilio::Protocol::JsonSlice();
        return value.toUtf8().value_or(value.text().toByteArray());
    }
};

/*!
    \brief The service's end of scripted transports.

    Talks through the latest one; remembers what all of them sent.
*/
class ScriptedGateway
{
public:
    Twilio::TransportFactory factory()
    {
        return [this] {
            auto transport = std::make_unique<ScriptedTransport>(&messages);
            transport->answersClose = answersClose;
            transport->answersPings = answersPings;
            socket = transport.get();
            ++attempts;
            return transport;
        };
    }

    void accept() { Q_EMIT socket->opened(); }
    void drop(const Twilio::SyncError &error = Twilio::SyncError(QStringLiteral("test reason")))
    {
        Q_EMIT socket->closed(error);
    }
    void receive(const QByteArray &header, const QByteArray &payload = {})
    {
        receiveRaw(Twilio::Protocol::encodeFrame(header, payload));
    }
    void receiveRaw(const QByteArray &message) { Q_EMIT socket->messageReceived(message); }

    //! Replies to \a request with \a status, a JSON object, and \a more members (",\"name\":value") of the
    //! header.
    void reply(const SentFrame &request, const QByteArray &status = "{\"code\":200,\"status\":\"OK\"}",
               const QByteArray &more = {}, const QByteArray &payload = {})
    {
        receive("{\"method\":\"reply\",\"id\":\"" + request.field("id") + "\",\"status\":" + status + more
                        + '}',
                payload);
    }

    QList<SentFrame> sent() const
    {
        QList<SentFrame> frames;
        for (const QByteArray &message : messages) {
            const auto parts = Twilio::Protocol::splitFrame(message);
            if (const auto *frame = std::get_if<Twilio::Protocol::FrameParts>(&parts))
                frames.append({ frame->header.toByteArray(), frame->rest.toByteArray() });
        }
        return frames;
    }
    QList<SentFrame> sent(QByteArrayView method) const
    {
        QList<SentFrame> frames = sent();
        frames.removeIf([&](const SentFrame &frame) { return frame.field("method") != method; });
        return frames;
    }
    //! The last frame sent with \a method; an empty one if there is none.
    SentFrame last(QByteArrayView method) const
    {
        const QList<SentFrame> frames = sent(method);
        return frames.isEmpty() ? SentFrame() : frames.constLast();
    }

    QPointer<ScriptedTransport> socket;
    QList<QByteArray> messages;
    int attempts = 0;
    bool answersClose = true; // of the transports to come
    bool answersPings = true; // likewise
};
