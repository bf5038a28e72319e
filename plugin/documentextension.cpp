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
    return valueCall(m_document, m_document, &SyncDocument::set, contentOf(m_document),
                     objectArgument(value, u"value"), writeOptionsArgument(options));
}

QJSValue DocumentExtension::update(const QJSValue &fields, const QJSValue &options)
{
    return valueCall(m_document, m_document, &SyncDocument::update, contentOf(m_document),
                     objectArgument(fields, u"fields"), writeOptionsArgument(options));
}

QJSValue DocumentExtension::mutate(const QJSValue &function, const QJSValue &options)
{
    return mutateCall(m_document, m_document, &SyncDocument::mutate, contentOf(m_document), function,
                      options);
}

QJSValue DocumentExtension::setTtl(const QJSValue &ttl)
{
    return voidCall(m_document, m_document, &SyncDocument::setTtl, secondsArgument(ttl));
}

QJSValue DocumentExtension::removeDocument()
{
    return voidCall(m_document, m_document, &SyncDocument::removeDocument);
}

} // namespace Twilio::Qml
