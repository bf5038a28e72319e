#include "service.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qjsondocument.h>
#include <QtNetwork/qtcpsocket.h>

using namespace Qt::StringLiterals;

Service::Service() : m_clockFile(m_folder.filePath(u"clock"_s))
{
    if (!m_clockFile.open(QFile::ReadWrite) || !m_clockFile.resize(sizeof(qint64)))
        qFatal("no file for the clock of the service: %s", qPrintable(m_clockFile.errorString()));
    m_aheadNs = reinterpret_cast<qint64 *>(m_clockFile.map(0, sizeof(qint64)));
}

Service::~Service() = default;

bool Service::start()
{
    const quint16 port = quint16(m_url.port(0));
    m_process = std::make_unique<ServerExecutable>();
#ifdef CLOCK_SHIFT_LIBRARY
    m_process->setEnvironment({ { u"LD_PRELOAD"_s, QStringLiteral(CLOCK_SHIFT_LIBRARY) },
                                { u"CHAOS_CLOCK_FILE"_s, m_clockFile.fileName() } });
#endif
    // Tokens of seconds shall run out while nobody has been warned long ago.
    if (!m_process->start({ u"--port"_s, QString::number(port), u"--data"_s,
                            m_folder.filePath(u"data.sqlite"_s), u"--enable-control"_s, u"--expiry-warning"_s,
                            u"2"_s, u"--ping-interval"_s, u"5"_s }))
        return false;
    m_url = m_process->url();
    return true;
}

void Service::kill() { m_process.reset(); }

void Service::control(const QByteArray &name, const QJsonObject &body)
{
    if (!isRunning())
        return;
    auto *const socket = new QTcpSocket;
    const QByteArray json = QJsonDocument(body).toJson(QJsonDocument::Compact);
    QObject::connect(socket, &QTcpSocket::connected, socket, [socket, name, json] {
        socket->write("POST /_control/" + name
                      + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: "
                      + QByteArray::number(json.size()) + "\r\n\r\n" + json);
    });
    QObject::connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    QObject::connect(socket, &QTcpSocket::errorOccurred, socket, &QObject::deleteLater);
    socket->connectToHost(m_url.host(), quint16(m_url.port()));
}

void Service::setClockAhead(qint64 ms) { *m_aheadNs = ms * 1'000'000; }

qint64 Service::now() const { return QDateTime::currentMSecsSinceEpoch() + *m_aheadNs / 1'000'000; }

QString Service::token(const QString &identity, qint64 ttlMs) const
{
    return ServerExecutable::token(identity, now(), ttlMs);
}
