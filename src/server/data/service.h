#pragma once

#include <QtCore/qstring.h>

namespace Twilio::Server {

//! The service instance of tokens that name none, and of those that name it \c default. Our own, not
//! Twilio's.
inline constexpr char defaultServiceSid[] = "IS11111111111111111111111111111111";

//! The SID of the service instance called \a name: \c default stands for the default instance.
[[nodiscard]] inline QString serviceSidOf(const QString &name)
{
    return name == QLatin1StringView("default") ? QString(QLatin1StringView(defaultServiceSid)) : name;
}

//! A service instance: a space of objects of its own.
struct Service
{
    QString sid;
    qint64 created = 0;
    qint64 updated = 0;
    QString friendlyName = {};
    //! Clients need permissions.
    bool aclEnabled = false;
};

} // namespace Twilio::Server
