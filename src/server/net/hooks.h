#pragma once

#include "server/data/change.h"
#include "server/net/serverframes.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>

#include <chrono>
#include <functional>
#include <memory>
#include <optional>

namespace Twilio::Server {

class Connection;
class Gateway;
class Router;
class Session;

//! What a frame is to those that hold it up.
enum class FrameKind : quint8 { Reply, Event, Control };

//! A call, or an init or update frame, which are called INIT and UPDATE.
struct HookedCall
{
    //! Upper case.
    QByteArray method;
    QByteArray path;
    QString identity;
};

//! What is answered in the server's stead.
struct AnswerInstead
{
    int status = 429;
    int code = 54009;
    QByteArray message = QByteArrayLiteral("Rate limit exceeded");
    //! Seconds for the header \c retry-after of a REST answer.
    std::optional<qint64> retryAfter = std::nullopt;
    //! Payload of the other answers.
    std::optional<BackoffPolicy> backoff = std::nullopt;
};

/*!
    \brief A stage that the frames of one connection pass between the commit gate and the socket.
*/
class FrameStage
{
public:
    FrameStage() = default;
    Q_DISABLE_COPY_MOVE(FrameStage)
    virtual ~FrameStage() = default;

    //! Hands \a frame to \c onward, now or later; frames never overtake each other.
    virtual void push(FrameKind kind, const QByteArray &frame) = 0;
    //! Forgets all that has not gone onward.
    virtual void clear() = 0;

    std::function<void(const QByteArray &frame)> onward;
};

/*!
    \brief Where something may take a hand in what the server does, for tests of clients. By themselves they
    do nothing.

    Lives as long as its gateway. \sa LocalSyncServer::setHooks()
*/
class Hooks
{
public:
    //! What an answer is to: a REST call, its frame, or a frame of the session itself.
    enum class Stage : quint8 { Http, Transport, Init, Update };
    //! What gets lost after a call was applied: its reply, and the connection with it.
    enum class Loss : quint8 { None, Reply, Connection };

    Hooks() = default;
    Q_DISABLE_COPY_MOVE(Hooks)
    virtual ~Hooks() = default;

    //! True refuses connections with a 503.
    [[nodiscard]] virtual bool isDown() const { return false; }
    //! The answer to \a call, which is then not looked at.
    virtual std::optional<AnswerInstead> takeAnswer(Stage, const HookedCall &) { return std::nullopt; }
    virtual Loss takeLoss(const HookedCall &) { return Loss::None; }
    //! How long the answer to a call of a backend is held back.
    [[nodiscard]] virtual std::chrono::milliseconds answerDelay(const HookedCall &) const
    {
        return std::chrono::milliseconds(0);
    }
    //! After how many events a replay of \a available of them stops; none = it does not.
    virtual std::optional<qsizetype> takeInterrupt(qsizetype) { return std::nullopt; }
    //! True if the change has been told, or will be, to its readers.
    virtual bool takeChange(const Change &) { return false; }
    //! True if the frame of a live event has been sent to \a session, or will be.
    virtual bool takeEvent(Session &, const QByteArray &) { return false; }
    //! Null if nothing holds up the frames of a new connection.
    virtual std::unique_ptr<FrameStage> makeStage(Connection &) { return nullptr; }
};

//! Makes what adds paths of its own to the router of a gateway that is about to listen.
using MakeExtension = std::function<std::unique_ptr<QObject>(Gateway &gateway, Router &router)>;

//! Makes the hooks of a gateway that is about to listen; they may add paths of their own to its router.
using MakeHooks = std::function<std::unique_ptr<Hooks>(Gateway &gateway, Router &router)>;

} // namespace Twilio::Server
