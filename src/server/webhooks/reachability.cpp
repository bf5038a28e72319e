#include "server/webhooks/reachability.h"

#include <chrono>

namespace Twilio::Server {

Reachability::Reachability(Settings settings, Tell tell)
    : m_settings(std::move(settings))
    , m_tell(std::move(tell))
{ }

Reachability::~Reachability() = default;

void Reachability::connected(const Caller &client)
{
    Presence &presence = m_presences[{ client.serviceSid, client.identity }];
    const bool isFirst = ++presence.clients == 1;
    const bool isBack = presence.window.isActive();
    presence.window.stop();
    const WebhookSettings settings = m_settings(client.serviceSid);
    if (settings.reachability && !isBack && (isFirst || !settings.debouncing))
        m_tell(client, true);
}

void Reachability::disconnected(const Caller &client)
{
    const Key key { client.serviceSid, client.identity };
    const auto it = m_presences.find(key);
    if (it == m_presences.end())
        return;
    Presence &presence = it->second;
    const WebhookSettings settings = m_settings(client.serviceSid);
    const bool isLast = --presence.clients == 0;
    if (isLast && settings.reachability && settings.debouncing) {
        presence.window.setSingleShot(true);
        presence.window.setTimerType(Qt::PreciseTimer);
        presence.window.disconnect(this);
        connect(&presence.window, &QTimer::timeout, this, [this, client, key] {
            // The timer goes in its own signal: later.
            QMetaObject::invokeMethod(
                    this,
                    [this, key] {
                        const auto gone = m_presences.find(key);
                        if (gone != m_presences.end() && gone->second.clients == 0
                            && !gone->second.window.isActive())
                            m_presences.erase(gone);
                    },
                    Qt::QueuedConnection);
            if (m_settings(client.serviceSid).reachability)
                m_tell(client, false);
        });
        presence.window.start(std::chrono::milliseconds(settings.debouncingWindow));
        return;
    }
    if (isLast)
        m_presences.erase(it);
    if (settings.reachability && !settings.debouncing)
        m_tell(client, false);
}

} // namespace Twilio::Server
