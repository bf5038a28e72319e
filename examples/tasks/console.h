#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtQml/qqmlregistration.h>

QT_FORWARD_DECLARE_CLASS(QSocketNotifier)

//! The standard input and output, for programs that drive this one.
class Console : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    //! Whether lines of the standard input are read.
    Q_PROPERTY(bool listening READ isListening WRITE setListening NOTIFY listeningChanged)

public:
    using QObject::QObject;

    [[nodiscard]] bool isListening() const { return m_notifier; }
    void setListening(bool listening);

    //! One line, at once.
    Q_INVOKABLE static void print(const QString &line);

Q_SIGNALS:
    void listeningChanged();
    //! A line "word the rest" came in.
    void command(const QString &word, const QString &rest);
    //! The input has ended.
    void closed();

private:
    void read();

    QSocketNotifier *m_notifier = nullptr;
    QByteArray m_pending;
};
