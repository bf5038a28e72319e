#pragma once

#include "server/inspector/inspector.h"
#include "shared/restserver.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qloggingcategory.h>

//! A server with an inspector for each function, and its page's way to ask it.
class InspectedServer : public RestServer
{
    Q_OBJECT

protected Q_SLOTS:
    void initTestCase()
    {
        QLoggingCategory::setFilterRules(QStringLiteral("twilio.sync.server.warning=false"));
    }
    void init()
    {
        RestServer::init();
        inspect();
        m_key = session().json().value(QLatin1StringView("key")).toString().toLatin1();
        QCOMPARE(m_key.size(), 64);
    }

protected:
    //! Has the server begin anew, with an inspector.
    void inspect(bool hasControl = false)
    {
        m_server->close();
        m_server->setExtension(
                [hasControl](Twilio::Server::Gateway &gateway, Twilio::Server::Router &router) {
                    return std::make_unique<Twilio::Server::Inspector>(gateway, router, hasControl);
                });
        QVERIFY2(m_server->listen(), qPrintable(m_server->error().message()));
    }
    RawHttp::Response session(const QByteArray &body = {}, const QByteArray &headers = {})
    {
        RawHttp http(m_server->url());
        return http.request("POST", "/_inspect/session", body, headers);
    }
    [[nodiscard]] QByteArray keyLine() const { return "X-Inspector-Key: " + m_key + "\r\n"; }
    //! GET of \a path below /_inspect, with the key.
    RawHttp::Response get(const QByteArray &path)
    {
        RawHttp http(m_server->url());
        return http.request("GET", "/_inspect/" + path, {}, keyLine());
    }

    QByteArray m_key;
};
