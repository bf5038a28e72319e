#pragma once

#include <QtCore/qstring.h>

#include <optional>

namespace Twilio::Server {

//! The service instance of tokens that name none, and of those that name it \c default. Our own, not
//! Twilio's.
inline constexpr char defaultServiceSid[] = "IS11111111111111111111111111111111";

//! The SID of the service instance called \a name: \c default stands for the default instance.
[[nodiscard]] inline QString serviceSidOf(const QString &name)
{
    return name == QLatin1StringView("default") ? QString(QLatin1StringView(defaultServiceSid)) : name;
}

//! Account SID of those that name none; our own, no service's.
inline constexpr char defaultAccountSid[] = "AC00000000000000000000000000000001";

//! Whom a service instance tells what happens in it.
struct WebhookSettings
{
    //! Nobody if it is empty.
    QString url = {};
    //! What backends do is told as well.
    bool fromRest = false;
    //! Who comes and goes is told as well.
    bool reachability = false;
    //! Who goes is told later, and not at all if he is back by then.
    bool debouncing = false;
    //! How much later: milliseconds.
    qint64 debouncingWindow = 5000;

    friend bool operator==(const WebhookSettings &, const WebhookSettings &) = default;
};

//! What is to be said of a service instance from now on; the rest stays as it is.
struct ServiceChanges
{
    std::optional<QString> friendlyName = {};
    std::optional<bool> aclEnabled = {};
    std::optional<QString> webhookUrl = {};
    std::optional<bool> webhooksFromRest = {};
    std::optional<bool> reachabilityWebhooks = {};
    std::optional<bool> reachabilityDebouncing = {};
    std::optional<qint64> debouncingWindow = {};

    friend bool operator==(const ServiceChanges &, const ServiceChanges &) = default;
};

//! A service instance: a space of objects of its own.
struct Service
{
    QString sid;
    qint64 created = 0;
    qint64 updated = 0;
    QString friendlyName = {};
    //! Clients need permissions.
    bool aclEnabled = false;
    WebhookSettings webhooks = {};

    void apply(const ServiceChanges &changes)
    {
        friendlyName = changes.friendlyName.value_or(friendlyName);
        aclEnabled = changes.aclEnabled.value_or(aclEnabled);
        webhooks = { changes.webhookUrl.value_or(webhooks.url),
                     changes.webhooksFromRest.value_or(webhooks.fromRest),
                     changes.reachabilityWebhooks.value_or(webhooks.reachability),
                     changes.reachabilityDebouncing.value_or(webhooks.debouncing),
                     changes.debouncingWindow.value_or(webhooks.debouncingWindow) };
    }
};

} // namespace Twilio::Server
