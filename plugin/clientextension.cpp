#include "clientextension.h"

#include "argumentcheck.h"
#include "arguments.h"
#include "calls.h"
#include "instantqueryextension.h"
#include "javascript.h"
#include "openarguments.h"
#include "openedpromise.h"

#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/core/settle.h"

#include <QtQml/qqmlinfo.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

ClientExtension::ClientExtension(QObject *client)
    : QObject(client)
    , m_client(qobject_cast<SyncClient *>(client))
{
    connect(m_client, &SyncClient::logLevelChanged, this, &ClientExtension::levelChanged);
}

void ClientExtension::setTokenProvider(const QJSValue &provider)
{
    if (!isMissing(provider) && !provider.isCallable()) {
        qmlWarning(m_client) << wrongArgument(u"tokenProvider", u"a function", provider).message();
        return;
    }
    if (provider.strictlyEquals(m_tokenProvider))
        return;
    m_tokenProvider = provider;
    // A designer's preview shows the interface alone: it asks nobody for tokens and connects nowhere
    if (isMissing(provider) || qEnvironmentVariableIsSet("QML_PUPPET_MODE")) {
        m_client->setTokenProvider({});
    } else {
        m_client->setTokenProvider([client = QPointer(m_client), provider] {
            QJSEngine *engine = engineOf(client);
            return engine ? askForToken(engine, provider)
                          : failedFuture<QString>(SyncError(u"tokenProvider: there is no QML engine"_s));
        });
    }
    Q_EMIT tokenProviderChanged();
}

QVariant ClientExtension::logLevel() const { return int(m_client->logLevel()); }

void ClientExtension::setLogLevel(const QVariant &level)
{
    QJSEngine *engine = engineOf(m_client);
    const auto parsed = logLevelArgument(engine ? engine->toScriptValue(level) : QJSValue());
    if (const SyncError *error = errorOf(parsed))
        qmlWarning(m_client) << error->message();
    else
        m_client->setLogLevel(std::get<SyncClient::LogLevel>(parsed));
}

QJSValue ClientExtension::document(const QJSValue &arg)
{
    return open<SyncDocument>(&SyncClient::document, arg, u"SyncDocument"_s);
}

QJSValue ClientExtension::list(const QJSValue &arg)
{
    return open<SyncList>(&SyncClient::list, arg, u"SyncList"_s);
}

QJSValue ClientExtension::map(const QJSValue &arg)
{
    return open<SyncMap>(&SyncClient::map, arg, u"SyncMap"_s);
}

QJSValue ClientExtension::stream(const QJSValue &arg)
{
    return open<SyncStream>(&SyncClient::stream, arg, u"SyncStream"_s);
}

QJSValue ClientExtension::liveQuery(const QJSValue &indexName, const QJSValue &expression)
{
    const auto make = [this](const QString &index, const QString &wanted) {
        return liveQueryPromise(m_client, m_client->liveQuery(index, wanted));
    };
    return withArguments(m_client, make, stringArgument(indexName, u"indexName"),
                         textArgument(expression, u"expression"));
}

QJSValue ClientExtension::instantQuery(const QJSValue &indexName)
{
    const auto make = [this](const QString &index) {
        return instantQueryPromise(m_client, m_client->instantQuery(index));
    };
    return withArguments(m_client, make, stringArgument(indexName, u"indexName"));
}

QJSValue ClientExtension::updateToken(const QJSValue &token)
{
    ArgumentCheck check;
    const QString text = check(stringArgument(token, u"token"));
    if (check.failed())
        return rejectedPromise(m_client, check.error());
    return promiseFor(m_client, m_client->updateToken(text));
}

QJSValue ClientExtension::clearCache() { return promiseFor(m_client, m_client->clearCache()); }

QJSValue ClientExtension::waitForPendingWrites()
{
    return promiseFor(m_client, m_client->waitForPendingWrites());
}

QJSValue ClientExtension::shutdown() { return promiseFor(m_client, m_client->shutdown()); }

template <typename Handle>
QJSValue ClientExtension::open(QFuture<Handle *> (SyncClient::*method)(const OpenOptions &),
                               const QJSValue &arg, const QString &element)
{
    ArgumentCheck check;
    const OpenOptions options = check(openArgument(arg));
    if (check.failed())
        return rejectedPromise(m_client, check.error());
    return openedPromise(m_client, (m_client->*method)(options), element);
}

} // namespace Twilio::Qml
