#pragma once

#include "freshserver.h"
#include "rawhttp.h"
#include "server/net/serveroptions.h"

//! A server for each function, with a backend that knows its key.
class RestServer : public FreshServer
{
    Q_OBJECT

protected:
    //! A call below /v1/Services over a connection of its own.
    RawHttp::Response call(const QByteArray &method, const QByteArray &path, const QByteArray &form = {})
    {
        RawHttp http(m_server->url());
        return call(http, method, path, form);
    }
    RawHttp::Response call(RawHttp &http, const QByteArray &method, const QByteArray &path,
                           const QByteArray &form = {}) const
    {
        return http.request(method, "/v1/Services" + path, form, authorization() + formType);
    }
    [[nodiscard]] QByteArray authorization() const
    {
        return "Authorization: Basic " + (account + ':' + m_server->secret().toUtf8()).toBase64() + "\r\n";
    }
    void restart(const Twilio::Server::ServerOptions &options)
    {
        m_server->close();
        m_server->setOptions(options);
        QVERIFY(m_server->listen());
    }

    const QByteArray account = "AC00000000000000000000000000000007";
    const QByteArray formType = "Content-Type: application/x-www-form-urlencoded\r\n";
};
