#pragma once

#include <QtCore/qobject.h>

namespace Twilio {

/*!
    \brief Makes out of what a system says of its network the one thing that matters to a connection: there is
   another path to try now.
*/
class NetworkMonitor : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(NetworkMonitor)

public:
    explicit NetworkMonitor(QObject *parent = nullptr) : QObject(parent) { }
    ~NetworkMonitor() override = default;

    /*!
        \brief The one of the process, fed by QNetworkInformation; in the application's thread, whichever
       thread asks.

        Says nothing where Qt has no backend. Null without a QCoreApplication.
    */
    [[nodiscard]] static NetworkMonitor *ofSystem();

    //! Whether the world can be reached, which is assumed at first.
    void setReachable(bool reachable);
    //! Any number for Ethernet, Wi-Fi and so on; 0 = unknown.
    void setMedium(int medium);

Q_SIGNALS:
    //! The network has come back, or is another one.
    void changed();

private:
    bool m_isReachable = true;
    int m_medium = 0;
};

} // namespace Twilio
