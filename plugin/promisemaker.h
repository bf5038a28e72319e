#pragma once

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>
#include <QtQml/qjsengine.h>
#include <QtQml/qjsvalue.h>

#include <functional>

namespace Twilio::Qml {

/*!
    \brief Makes the promises of one engine, and the errors that they are rejected with.

    Each promise has a function cancel() of its own: JavaScript in QML has no AbortController.
*/
class PromiseMaker : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(PromiseMaker)

public:
    //! A promise, what settles it, and the number under which it can be cancelled.
    struct Parts
    {
        QJSValue promise;
        QJSValue resolve;
        QJSValue reject;
        quint64 number = 0;
    };

    //! The one of \a engine, whose child it is.
    [[nodiscard]] static PromiseMaker *of(QJSEngine *engine);

    //! \a cancel is what the promise's cancel() calls, at most once, until settled().
    [[nodiscard]] Parts make(std::function<void()> cancel);
    void settled(quint64 number) { m_cancels.remove(number); }

    //! An Error of JavaScript with these properties; see errorValue().
    [[nodiscard]] QJSValue error(const QJSValueList &properties) const { return m_error.call(properties); }

    //! For the promises.
    Q_INVOKABLE void cancel(double number);

private:
    explicit PromiseMaker(QJSEngine *engine);

    QJSValue m_make;
    QJSValue m_error;
    QHash<quint64, std::function<void()>> m_cancels;
    quint64 m_lastNumber = 0;
};

} // namespace Twilio::Qml
