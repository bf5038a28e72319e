#include "bench/support/pacedwriter.h"

#include <QtCore/qelapsedtimer.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qtimer.h>
#include <QtNetwork/qnetworkaccessmanager.h>
#include <QtNetwork/qnetworkreply.h>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Bench {
namespace {

// Lives in the writer's thread; one call at a time, each for what is due by then.
class Pace : public QObject
{
public:
    Pace(const QUrl &control, const QJsonObject &burst, qint64 eventsPerSecond)
        : m_request(control)
        , m_burst(burst)
        , m_rate(eventsPerSecond)
    {
        m_request.setHeader(QNetworkRequest::ContentTypeHeader, u"application/json"_s);
    }

    void start()
    {
        m_network = new QNetworkAccessManager(this);
        m_since.start();
        auto *timer = new QTimer(this);
        timer->setTimerType(Qt::PreciseTimer);
        connect(timer, &QTimer::timeout, this, &Pace::publish);
        timer->start(10ms);
    }

private:
    void publish()
    {
        const qint64 due = m_rate * m_since.elapsed() / 1000 - m_published;
        if (due <= 0 || m_isCalling)
            return;
        m_published += due;
        m_isCalling = true;
        m_burst.insert("count"_L1, due);
        QNetworkReply *reply = m_network->post(m_request, QJsonDocument(m_burst).toJson());
        connect(reply, &QNetworkReply::finished, this, [this, reply] {
            m_isCalling = false;
            reply->deleteLater();
        });
    }

    QNetworkRequest m_request;
    QJsonObject m_burst;
    const qint64 m_rate;
    QNetworkAccessManager *m_network = nullptr;
    QElapsedTimer m_since;
    qint64 m_published = 0;
    bool m_isCalling = false;
};

} // namespace

PacedWriter::PacedWriter(const QUrl &control, const QJsonObject &burst, qint64 eventsPerSecond)
{
    auto *pace = new Pace(control, burst, eventsPerSecond);
    pace->moveToThread(&m_thread);
    QObject::connect(&m_thread, &QThread::started, pace, &Pace::start);
    QObject::connect(&m_thread, &QThread::finished, pace, &QObject::deleteLater);
    m_thread.start();
}

PacedWriter::~PacedWriter()
{
    m_thread.quit();
    m_thread.wait();
}

} // namespace Bench
