#pragma once

#include <QtCore/qobject.h>
#include <QtCore/qurl.h>
#include <QtQml/qqmlregistration.h>

//! What the command line of an example asks for.
class Q_DECL_EXPORT CommandLine : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON
    //! Empty: a server of the example's own.
    Q_PROPERTY(QUrl url MEMBER url CONSTANT)
    //! An access token for that server.
    Q_PROPERTY(QString token MEMBER token CONSTANT)
    //! Whether a session is played that leaves pictures.
    Q_PROPERTY(bool scripted MEMBER scripted CONSTANT)

public:
    explicit CommandLine(QObject *parent = nullptr);

    //! Reads the arguments of \a application; ends the program with status 2 if they are wrong. The platform
    //! is chosen when an application is made, so preparePlatform() comes before that.
    static void read(const QString &description);
    static void preparePlatform(int argc, char **argv);

    QUrl url;
    QString token;
    bool scripted = false;
};
