#pragma once

#include "serverfixture.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qobject.h>
#include <QtCore/qtemporarydir.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlregistration.h>

#include <memory>
#include <vector>

//! The server of the QML tests: embedded, or the one TWILIO_SYNC_URL names.
class TestServer : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    Q_PROPERTY(QUrl url READ url NOTIFY started)
    //! Whether the server can be stopped and started.
    Q_PROPERTY(bool embedded READ isEmbedded CONSTANT)

public:
    explicit TestServer(QObject *parent = nullptr);

    [[nodiscard]] QUrl url() const { return m_server.url(); }
    [[nodiscard]] bool isEmbedded() const { return m_server.isEmbedded(); }
    Q_INVOKABLE QString token(const QString &identity, qint64 ttlSeconds = 3600) const;
    //! A name that no object has yet.
    Q_INVOKABLE QString uniqueName(const QString &prefix);
    //! A folder that is empty, until the end.
    Q_INVOKABLE QString newFolder();
    //! Ends the program if \a model ever breaks a rule of item models.
    Q_INVOKABLE static void watchModel(QAbstractItemModel *model);
    //! Runs the event loop until \a condition, a function, gives true; false if it never does.
    Q_INVOKABLE static bool eventually(const QJSValue &condition);
    //! Has everything that the server sends come later by \a milliseconds, until it is 0 again.
    Q_INVOKABLE void delay(int milliseconds);
    //! The next call is answered with \a status.
    Q_INVOKABLE void refuse(int status);
    //! Deletes what waits for the event loop that the test function runs in.
    Q_INVOKABLE static void deleteWhatIsDue();
    Q_INVOKABLE void stop();
    Q_INVOKABLE void start();

Q_SIGNALS:
    void started();

private:
    ServerFixture m_server;
    std::vector<std::unique_ptr<QTemporaryDir>> m_folders;
};
