#pragma once

#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/core/syncfields.h"

#include <QtCore/qpointer.h>

namespace Twilio {

/*!
    \brief A SyncDocument whose value is read and written as \c T; see SyncListOf.

    \code
    SyncDocumentOf<Settings> settings(document);
    settings.onUpdated(this, [](const Settings &now, bool isLocal, const Settings &before) { … });
    settings.mutate([](Settings now) { now.volume += 1; return std::optional(now); });
    \endcode
*/
template <SyncStruct T>
class SyncDocumentOf
{
public:
    explicit SyncDocumentOf(SyncDocument *document) : m_document(document) { }

    //! Null once it is gone.
    [[nodiscard]] SyncDocument *document() const { return m_document; }

    //! The value as it is now.
    [[nodiscard]] T value() const { return SyncFields<T>::read(m_document->value()); }
    //! Writes all fields of a T; merged with what else the document has.
    QFuture<T> set(const T &value, const WriteOptions &options = {})
    {
        return typed(m_document->update(SyncFields<T>::write(value), options));
    }
    //! As SyncDocument::mutate().
    QFuture<T> mutate(const MutatorOf<T> &mutator, const WriteOptions &options = {})
    {
        return typed(m_document->mutate(untyped(mutator), options));
    }

    //! Has \a slot(const T &value, bool isLocal, const T &previous) called for each change, while \a context
    //! lives.
    template <typename Slot>
    QMetaObject::Connection onUpdated(const QObject *context, Slot slot)
    {
        return QObject::connect(m_document, &SyncDocument::updated, context,
                                [slot](const QVariantMap &value, bool isLocal, const QVariantMap &previous) {
                                    slot(SyncFields<T>::read(value), isLocal, SyncFields<T>::read(previous));
                                });
    }

private:
    [[nodiscard]] static QFuture<T> typed(QFuture<QVariantMap> future)
    {
        return future.then(SyncFields<T>::read);
    }

    QPointer<SyncDocument> m_document;
};

} // namespace Twilio
