#pragma once

#include "bench/support/serverprocess.h"
#include "shared/rawclient.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qthread.h>

#include <algorithm>

namespace Bench {

/*!
    \brief A client in a thread of its own that writes one item after another, each when the last is answered,
    and notes how long each takes.
*/
class Probe : public QThread
{
public:
    explicit Probe(const ServerProcess &server)
        : m_url(server.url())
        , m_token(server.token(QStringLiteral("probe")))
    { }
    ~Probe() override { finish(); }

    //! Ends the writing; the figures are complete then.
    void finish()
    {
        requestInterruption();
        wait();
    }
    //! Milliseconds that \a share of the writes took at most; -1 without any.
    [[nodiscard]] double quantile(double share)
    {
        if (m_ms.isEmpty())
            return -1;
        std::sort(m_ms.begin(), m_ms.end());
        return m_ms[std::min(m_ms.size() - 1, qsizetype(double(m_ms.size()) * share))];
    }
    [[nodiscard]] qsizetype count() const { return m_ms.size(); }

protected:
    void run() override
    {
        RawClient client;
        if (!client.open(m_url, m_token))
            return;
        const QString sid = client.rest(QStringLiteral("POST"), QStringLiteral("/v3/Maps"), "{}")
                                    .body.value(QStringLiteral("sid"))
                                    .toString();
        const QString item = QStringLiteral("/v3/Maps/%1/Items/k").arg(sid);
        while (!isInterruptionRequested()) {
            QElapsedTimer timer;
            timer.start();
            const int status = client.rest(QStringLiteral("PUT"), item, R"({"data":{"n":1}})").httpStatus();
            if (status != 200 && status != 201)
                return;
            m_ms.append(double(timer.nsecsElapsed()) / 1e6);
        }
    }

private:
    const QUrl m_url;
    const QString m_token;
    QList<double> m_ms;
};

} // namespace Bench
