#pragma once

#include "directcalls.h"

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
    Q_PROPERTY(QJSValue tokenProvider READ tokenProvider WRITE setTokenProvider NOTIFY tokenProviderChanged
                       FINAL)
    //! A SyncClient.LogLevel; one of 'silent' to 'trace' can be written as well.
    Q_PROPERTY(QVariant logLevel READ logLevel WRITE setLogLevel NOTIFY levelChanged FINAL)
    // Calls on objects that need not be open.
    Q_PROPERTY(Twilio::Qml::DocumentsElement *documents READ documents CONSTANT FINAL)
    Q_PROPERTY(Twilio::Qml::ListsElement *lists READ lists CONSTANT FINAL)
    Q_PROPERTY(Twilio::Qml::MapsElement *maps READ maps CONSTANT FINAL)
    Q_PROPERTY(Twilio::Qml::StreamsElement *streams READ streams CONSTANT FINAL)

public:
    explicit ClientExtension(QObject *client);

    [[nodiscard]] QJSValue tokenProvider() const { return m_tokenProvider; }
    void setTokenProvider(const QJSValue &provider);
    [[nodiscard]] QVariant logLevel() const;
    void setLogLevel(const QVariant &level);
    [[nodiscard]] DocumentsElement *documents() { return made(m_documents); }
    [[nodiscard]] ListsElement *lists() { return made(m_lists); }
    [[nodiscard]] MapsElement *maps() { return made(m_maps); }
    [[nodiscard]] StreamsElement *streams() { return made(m_streams); }

    Q_INVOKABLE QJSValue document(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue list(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue map(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue stream(const QJSValue &arg = {});
    Q_INVOKABLE QJSValue liveQuery(const QJSValue &indexName = {}, const QJSValue &expression = {});
    Q_INVOKABLE QJSValue instantQuery(const QJSValue &indexName = {});
    Q_INVOKABLE QJSValue updateToken(const QJSValue &token = {});
    Q_INVOKABLE QJSValue waitForPendingWrites();
    Q_INVOKABLE QJSValue clearCache();
    Q_INVOKABLE QJSValue shutdown();

Q_SIGNALS:
    void tokenProviderChanged();
    //! Of logLevel; logLevelChanged is the name of the signal of SyncClient itself.
    void levelChanged();

private:
    template <typename Handle>
    QJSValue open(QFuture<Handle *> (SyncClient::*method)(const OpenOptions &), const QJSValue &arg,
                  const QString &element);

    //! \a there, made if it is none.
    template <typename Element>
    [[nodiscard]] Element *made(Element *&there)
    {
        if (!there)
            there = new Element(m_client);
        return there;
    }

    SyncClient *const m_client;
    DocumentsElement *m_documents = nullptr;
    ListsElement *m_lists = nullptr;
    MapsElement *m_maps = nullptr;
    StreamsElement *m_streams = nullptr;
    QJSValue m_tokenProvider;
};

} // namespace Twilio::Qml
