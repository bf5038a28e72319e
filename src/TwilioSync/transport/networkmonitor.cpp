#include "TwilioSync/transport/networkmonitor.h"

#include "TwilioSync/core/logging.h"

#include <QtCore/qcoreapplication.h>
#include <QtNetwork/qnetworkinformation.h>

#include <utility>

namespace Twilio {
namespace {

using Info = QNetworkInformation;

// Unknown says nothing against trying.
bool isReachable(Info::Reachability reachability)
{
    return reachability == Info::Reachability::Online || reachability == Info::Reachability::Unknown;
}

void follow(NetworkMonitor *monitor)
{
    constexpr auto reachability = Info::Feature::Reachability;
    if (!Info::instance() && !Info::loadBackendByFeatures(reachability | Info::Feature::TransportMedium))
        Info::loadBackendByFeatures(reachability);
    const Info *const info = Info::instance();
    if (!info)
        return;
    qCDebug(lcChannel) << "network changes are told by" << info->backendName();
    monitor->setReachable(isReachable(info->reachability()));
    monitor->setMedium(int(info->transportMedium()));
    QObject::connect(info, &Info::reachabilityChanged, monitor,
                     [monitor](Info::Reachability now) { monitor->setReachable(isReachable(now)); });
    QObject::connect(info, &Info::transportMediumChanged, monitor,
                     [monitor](Info::TransportMedium now) { monitor->setMedium(int(now)); });
}

} // namespace

NetworkMonitor *NetworkMonitor::ofSystem()
{
    if (!QCoreApplication::instance())
        return nullptr;
    // Lives on: clients of other threads may end after the application.
    static NetworkMonitor *const monitor = [] {
        auto *const made = new NetworkMonitor;
        made->moveToThread(QCoreApplication::instance()->thread());
        QMetaObject::invokeMethod(
                made, [made] { follow(made); }, Qt::QueuedConnection);
        return made;
    }();
    return monitor;
}

void NetworkMonitor::setReachable(bool reachable)
{
    if (!std::exchange(m_isReachable, reachable) && reachable)
        Q_EMIT changed();
}

void NetworkMonitor::setMedium(int medium)
{
    const int before = std::exchange(m_medium, medium);
    if (before != 0 && medium != 0 && before != medium && m_isReachable)
        Q_EMIT changed();
}

} // namespace Twilio
