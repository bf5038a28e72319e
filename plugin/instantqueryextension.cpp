#include "instantqueryextension.h"

#include "calls.h"
#include "openedpromise.h"

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

InstantQueryExtension::InstantQueryExtension(QObject *query)
    : QObject(query)
    , m_query(qobject_cast<SyncInstantQuery *>(query))
{ }

QJSValue InstantQueryExtension::search(const QJSValue &expression)
{
    return valueCall(
            m_query, m_query, &SyncInstantQuery::search,
            [](QJSEngine *engine, const QVariantMap &items) { return engine->toScriptValue(items); },
            textArgument(expression, u"expression"));
}

QJSValue InstantQueryExtension::subscribe()
{
    const auto future = m_query->subscribe();
    return m_query->client() ? liveQueryPromise(m_query->client(), future) : promiseFor(m_query, future);
}

QJSValue liveQueryPromise(SyncClient *client, const QFuture<SyncLiveQuery *> &future)
{
    return openedPromise(client, future, u"SyncLiveQuery"_s,
                         [](SyncLiveQuery *element, const SyncLiveQuery *opened) {
                             element->setIndexName(opened->indexName());
                             element->setExpression(opened->expression());
                         });
}

QJSValue instantQueryPromise(SyncClient *client, const QFuture<SyncInstantQuery *> &future)
{
    return promiseFor(client, future, [client = QPointer(client)](QJSEngine *, SyncInstantQuery *opened) {
        // Only what the QML engine makes has the methods that give a Promise
        QQmlEngine *engine = client ? qmlEngine(client) : nullptr;
        auto *element = engine
                ? qobject_cast<SyncInstantQuery *>(createElement(engine, u"SyncInstantQuery"_s))
                : nullptr;
        if (!element)
            return QJSValue(QJSValue::UndefinedValue);
        element->setClient(client);
        element->setIndexName(opened->indexName());
        opened->deleteLater();
        QJSEngine::setObjectOwnership(element, QJSEngine::JavaScriptOwnership);
        return engine->newQObject(element);
    });
}

} // namespace Twilio::Qml
