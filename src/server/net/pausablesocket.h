#pragma once

#include <QtCore/qglobal.h>

namespace Twilio::Server {

/*!
    \brief A socket whose reader takes a rest: the peer is made to wait by TCP itself.

    QWebSocket reads on as long as bytes are available; while it is paused, none are, and not many more are
    taken from the kernel.
*/
class Pausable
{
public:
    Pausable() = default;
    Q_DISABLE_COPY_MOVE(Pausable)
    virtual ~Pausable() = default;

    [[nodiscard]] bool isPaused() const { return m_paused; }
    //! Called from the event loop, and to pause from within readyRead() as well.
    virtual void setPaused(bool on) = 0;

protected:
    bool m_paused = false;
};

//! A QTcpSocket or QSslSocket that is Pausable.
template <typename Socket>
class PausableSocket final : public Socket, public Pausable
{
public:
    using Socket::Socket;

    [[nodiscard]] qint64 bytesAvailable() const override { return m_paused ? 0 : Socket::bytesAvailable(); }

    void setPaused(bool on) override
    {
        if (m_paused == on)
            return;
        constexpr qint64 slack = 64 * 1024;
        // A limit that is reached already would leave the notifier on, and the event loop spinning.
        this->setReadBufferSize(on ? Socket::bytesAvailable() + slack : 0);
        m_paused = on;
        if (on)
            return;
        // QSslSocket decrypts what has come meanwhile when it is asked for nothing.
        this->readData(nullptr, 0);
        if (bytesAvailable() > 0)
            Q_EMIT this->readyRead();
    }
};

} // namespace Twilio::Server
