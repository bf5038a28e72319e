#pragma once

#include "server/http/router.h"

#include <QtCore/qjsonobject.h>
#include <QtCore/qobject.h>

#include <functional>

namespace Twilio::Server {

class FaultInjector;
class Gateway;
struct SessionFilter;

/*!
    \brief POST /_control/<name> with a JSON object: faults and deeds for tests in any language.

    Answers \c {"ok":true,…}, or 400 with \c error. Never part of a server that others reach.
*/
class Control : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Control)

public:
    //! \a injector outlives it.
    explicit Control(FaultInjector &injector);

    //! Adds the paths below /_control/ to \a router, which this object outlives.
    void addRoutes(Router &router);

    //! Called once with the members of the answer; a member \c error makes it a 400.
    using Answer = std::function<void(const QJsonObject &)>;
    using Action = void (Control::*)(const QJsonObject &body, const Answer &answer);

private:
    void handle(const QByteArray &name, const HttpRequest &request, const HttpAnswer &answer);
    void kick(const QJsonObject &body, const Answer &answer);
    void throttle(const QJsonObject &body, const Answer &answer);
    void fail(const QJsonObject &body, const Answer &answer);
    void dropNextReply(const QJsonObject &body, const Answer &answer);
    void delay(const QJsonObject &body, const Answer &answer);
    void duplicateEvents(const QJsonObject &body, const Answer &answer);
    void reorder(const QJsonObject &body, const Answer &answer);
    void interruptReplay(const QJsonObject &body, const Answer &answer);
    void restart(const QJsonObject &body, const Answer &answer);
    void tokenAboutToExpire(const QJsonObject &body, const Answer &answer);
    void tokenExpired(const QJsonObject &body, const Answer &answer);
    void ping(const QJsonObject &body, const Answer &answer);
    void garbage(const QJsonObject &body, const Answer &answer);
    void revoke(const QJsonObject &body, const Answer &answer);
    void publishBurst(const QJsonObject &body, const Answer &answer);
    void seed(const QJsonObject &body, const Answer &answer);
    void stats(const QJsonObject &body, const Answer &answer);
    void clearFaults(const QJsonObject &body, const Answer &answer);
    void reset(const QJsonObject &body, const Answer &answer);

    [[nodiscard]] static Action actionOf(const QByteArray &name);

    FaultInjector &m_injector;
    Gateway &m_gateway;
};

} // namespace Twilio::Server
