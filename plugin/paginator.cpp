#include "paginator.h"

#include "values.h"

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

PaginatorElement::PaginatorElement(SyncClient *client, SyncPaginator *paginator)
    : m_client(client)
    , m_paginator(paginator)
{
    m_paginator->setParent(this);
}

QJSValue PaginatorElement::items() const
{
    QJSEngine *engine = engineOf(this);
    if (!engine)
        return QJSValue();
    const auto toArray = [engine](const auto &items) {
        QJSValue array = engine->newArray(uint(items.size()));
        for (qsizetype i = 0; i < items.size(); ++i)
            array.setProperty(quint32(i), itemValue(engine, items.at(i)));
        return array;
    };
    const auto listItems = m_paginator->listItems();
    return listItems.isEmpty() ? toArray(m_paginator->mapItems()) : toArray(listItems);
}

bool PaginatorElement::hasNextPage() const { return m_paginator->hasNextPage(); }

bool PaginatorElement::hasPrevPage() const { return m_paginator->hasPrevPage(); }

QJSValue PaginatorElement::nextPage() { return paginatorPromise(this, m_client, m_paginator->nextPage()); }

QJSValue PaginatorElement::prevPage() { return paginatorPromise(this, m_client, m_paginator->prevPage()); }

QJSValue paginatorPromise(const QObject *context, SyncClient *client, const QFuture<SyncPaginator *> &future)
{
    QJSEngine *engine = engineOf(context);
    if (!engine)
        return QJSValue(QJSValue::UndefinedValue);
    const Deferred deferred(engine, cancellationOf(future));
    whenFinished(
            engine, future,
            [deferred, client = QPointer(client), alive = keptAlive(engine, context)](const auto &result) {
                if (const SyncError *error = errorOf(result)) {
                    deferred.reject(*error);
                } else if (!client) {
                    deferred.reject(SyncError(u"client destroyed"_s)); // and the page with it
                } else {
                    auto *element = new PaginatorElement(client, std::get<SyncPaginator *>(result));
                    QJSEngine::setObjectOwnership(element, QJSEngine::JavaScriptOwnership);
                    deferred.resolve(deferred.engine()->newQObject(element));
                }
            });
    return deferred.promise();
}

} // namespace Twilio::Qml
