#include "bench/support/serverprocess.h"

#include "server/net/token.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qelapsedtimer.h>
#include <QtCore/qeventloop.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkreply.h>

#include <chrono>
#include <cstdio>
#include <memory>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Bench {
namespace {

constexpr char secret[] = "bench-secret";

} // namespace

ServerProcess::~ServerProcess() { stop(); }

bool ServerProcess::start(const QString &executable)
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.start(executable, { u"--enable-control"_s, u"--secret"_s, QString::fromLatin1(secret) });
    if (!m_process.waitForReadyRead(10'000) || !m_process.canReadLine()) {
        std::printf("the server does not start\n");
        return false;
    }
    const QString line = QString::fromLatin1(m_process.readLine().trimmed());
    m_url = QUrl(line.section(u' ', 1));
    return m_url.isValid();
}

void ServerProcess::stop()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    m_process.terminate();
    m_process.waitForFinished();
}

QString ServerProcess::token(const QString &identity) const
{
    Twilio::Server::TokenClaims claims;
    claims.identity = identity;
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    claims.expiresAtMs = now + 3'600'000;
    return Twilio::Server::makeToken(claims, secret, now);
}

QUrl ServerProcess::controlUrl(const QString &name) const
{
    QUrl url = m_url;
    url.setScheme(u"http"_s);
    url.setPath(u"/_control/"_s + name);
    return url;
}

QJsonObject ServerProcess::control(const QString &name, const QJsonObject &body)
{
    QNetworkRequest request(controlUrl(name));
    request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    const std::unique_ptr<QNetworkReply> reply(m_network.post(request, QJsonDocument(body).toJson()));
    QEventLoop loop;
    QObject::connect(reply.get(), &QNetworkReply::finished, &loop, &QEventLoop::quit);
    loop.exec();
    QJsonObject answer = QJsonDocument::fromJson(reply->readAll()).object();
    if (answer.isEmpty())
        answer.insert("error"_L1, reply->errorString());
    if (answer.contains("error"_L1))
        std::printf("%s: %s\n", qPrintable(name), qPrintable(answer.value("error"_L1).toString()));
    return answer;
}

bool runUntil(const std::function<bool()> &condition)
{
    QEventLoop loop;
    QElapsedTimer since;
    since.start();
    QTimer poll;
    QObject::connect(&poll, &QTimer::timeout, &loop, [&] {
        if (condition() || since.hasExpired(600'000))
            loop.quit();
    });
    poll.start(2ms);
    loop.exec();
    return condition();
}

} // namespace Bench
