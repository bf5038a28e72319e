#pragma once

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qtcpsocket.h>

/*!
    \brief The way out of a proxy, to one of its two sides: all at once, later, little by little, or never.
*/
class Lane
{
public:
    explicit Lane(QTcpSocket *to);
    Q_DISABLE_COPY_MOVE(Lane)

    //! Sends \a bytes behind all that waits.
    void push(const QByteArray &bytes);
    //! Nothing leaves for \a ms.
    void hold(qint64 ms);
    //! At most \a bytesPerSecond leave for \a ms.
    void trickle(int bytesPerSecond, qint64 ms);
    //! Nothing leaves any more.
    void die();
    //! Sends what waits, and hangs up.
    void finish();
    //! Hangs up without what waits.
    void abandon();
    [[nodiscard]] bool isDead() const { return m_isDead; }

private:
    void flush();

    QTcpSocket *const m_to;
    QByteArray m_waiting;
    QElapsedTimer m_clock;
    QTimer m_timer;
    qint64 m_heldUntil = 0;
    qint64 m_slowUntil = 0;
    int m_bytesPerSecond = 0;
    bool m_isDead = false;
    bool m_isFinishing = false;
};
