#pragma once

#include "TwilioSync/api/syncdocument.h"

#include <QtCore/qobject.h>
#include <QtQml/qjsvalue.h>

namespace Twilio::Qml {

/*!
    \brief What SyncDocument has in QML besides what it has in C++.

    Each method gives a Promise, which is rejected at once if an argument is wrong.
*/
class DocumentExtension : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(DocumentExtension)
    //! As in C++, with its keys in the order the service has them. A copy, made on each reading.
    Q_PROPERTY(QJSValue value READ value NOTIFY contentChanged FINAL)

public:
    explicit DocumentExtension(QObject *document);

    [[nodiscard]] QJSValue value() const;

    Q_INVOKABLE QJSValue set(const QJSValue &value = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue update(const QJSValue &fields = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue mutate(const QJSValue &function = {}, const QJSValue &options = {});
    Q_INVOKABLE QJSValue setTtl(const QJSValue &ttl = {});
    Q_INVOKABLE QJSValue removeDocument();

Q_SIGNALS:
    //! Of value; valueChanged is the name of the signal of SyncDocument itself.
    void contentChanged();

private:
    SyncDocument *const m_document;
};

} // namespace Twilio::Qml
