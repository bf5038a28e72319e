#pragma once

#include "ledger.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>
#include <QtWebSockets/qwebsocket.h>

#include <functional>

/*!
    \brief Listens to the service itself, past all proxies, and subscribes again from where it was when the
   service comes back.
*/
class Observer : public QObject
{
    Q_OBJECT

public:
    //! \a url and \a token are asked for at each connection, \a now for the time of the run.
    Observer(std::function<QUrl()> url, std::function<QString()> token, std::function<qint64()> now);

    //! From then on it listens to these, by their SIDs.
    void watch(const QHash<Target, QString> &sids);
    [[nodiscard]] bool isListening() const { return m_isListening; }
    //! All it has heard so far.
    [[nodiscard]] Heard heard() const;

private:
    void connectToService();
    void send(const QJsonObject &header, const QJsonObject &body = {});
    void receive(const QByteArray &message);
    void subscribe();
    void learn(const QString &type, const QJsonObject &event);
    void stopListening();

    const std::function<QUrl()> m_url;
    const std::function<QString()> m_token;
    const std::function<qint64()> m_now;
    QHash<Target, QString> m_sids;
    Heard m_heard;
    qint64 m_since = 0;
    int m_established = 0;
    int m_serial = 0;
    bool m_isListening = false;
    QWebSocket m_socket; // tells of its end, too
};
