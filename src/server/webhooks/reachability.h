#pragma once

#include "server/data/service.h"
#include "server/data/types.h"
#include "server/serverglobal.h"

#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <functional>
#include <map>

namespace Twilio::Server {

/*!
    \brief Which identities are there, and when their coming and going is told.

    Each client that comes or goes is told at once. Where going is debounced, the identity is what counts: its
    first client is told, and its last one once the window is over, unless one is back by then.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Reachability : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Reachability)

public:
    using Settings = std::function<WebhookSettings(const QString &serviceSid)>;
    using Tell = std::function<void(const Caller &client, bool isConnected)>;

    Reachability(Settings settings, Tell tell);
    ~Reachability() override;

    void connected(const Caller &client);
    void disconnected(const Caller &client);

private:
    //! Service and identity.
    using Key = std::pair<QString, QString>;
    struct Presence
    {
        int clients = 0;
        //! Runs while nobody is there, but that is not told yet.
        QTimer window;
    };

    const Settings m_settings;
    const Tell m_tell;
    std::map<Key, Presence> m_presences;
};

} // namespace Twilio::Server
