#pragma once

#include "TwilioSync/api/syncclient.h"

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncClient has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class ClientExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(ClientExtension)
    //! A function that returns a token or a Promise of one.
    Q_PROPERTY(QJSValue tokenProvider READ tokenProvider WRITE setTokenProvider NOTIFY tokenProviderChanged)
    //! A SyncClient.LogLevel; one of 'silent' to 'trace' can be written as well.
    Q_PROPERTY(QVariant logLevel READ logLevel WRITE setLogLevel NOTIFY levelChanged)

public:
    explicit ClientExtension(QObject *client);

    [[nodiscard]] QJSValue tokenProvider() const { return m_tokenProvider; }
    void setTokenProvider(const QJSValue &provider);
    [[nodiscard]] QVariant logLevel() const;
    void setLogLevel(const QVariant &level);

    Q_INVOKABLE QJSValue document(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue list(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue map(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue stream(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue updateToken(const QJSValue &token = {});
    Q_INVOKABLE QJSValue shutdown();

Q_SIGNALS:
    void tokenProviderChanged();
    //! Of logLevel; logLevelChanged is the name of the signal of SyncClient itself.
    void levelChanged();

private:
    template <typename Handle>
    QJSValue open(QFuture<Handle *> (SyncClient::*method)(const OpenOptions &), const QJSValue &arg,
                  const QString &element);

    SyncClient *const m_client;
    QJSValue m_tokenProvider;
};

} // namespace Twilio::Qml
