#include "documentextension.h"

#include "calls.h"

namespace Twilio::Qml {

DocumentExtension::DocumentExtension(QObject *document)
    : QObject(document)
    , m_document(qobject_cast<SyncDocument *>(document))
{
    connect(m_document, &SyncDocument::valueChanged, this, &DocumentExtension::contentChanged);
}

namespace {

//! What a write resolves to: \a map, in the key order of the document where that still holds the same.
auto contentOf(const SyncDocument *document)
{
    return [document = QPointer(document)](QJSEngine *engine, const QVariantMap &map) {
        if (document && SyncValue(map) == SyncValue::fromCheckedJson(document->json()))
            return parseJson(engine, document->json());
        return engine->toScriptValue(map);
    };
}

} // namespace

QJSValue DocumentExtension::value() const
{
    QJSEngine *engine = engineOf(m_document);
    return engine ? parseJson(engine, m_document->json()) : QJSValue();
}

QJSValue DocumentExtension::set(const QJSValue &value, const QJSValue &options)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(value, u"value"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_document, check.error());
    return promiseFor(m_document, m_document->set(content, write), contentOf(m_document));
}

QJSValue DocumentExtension::update(const QJSValue &fields, const QJSValue &options)
{
    ArgumentCheck check;
    const SyncValue content = check(objectArgument(fields, u"fields"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_document, check.error());
    return promiseFor(m_document, m_document->update(content, write), contentOf(m_document));
}

QJSValue DocumentExtension::mutate(const QJSValue &function, const QJSValue &options)
{
    ArgumentCheck check;
    const QJSValue callable = check(functionArgument(function, u"mutator"));
    const WriteOptions write = check(writeOptionsArgument(options));
    if (check.failed())
        return rejectedPromise(m_document, check.error());
    return mutatePromise(
            m_document, callable,
            [this, write](const Mutator &mutator) { return m_document->mutate(mutator, write); },
            contentOf(m_document));
}

QJSValue DocumentExtension::setTtl(const QJSValue &ttl) { return setTtlOf(m_document, ttl); }

QJSValue DocumentExtension::removeDocument() { return promiseFor(m_document, m_document->removeDocument()); }

} // namespace Twilio::Qml
