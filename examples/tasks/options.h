#pragma once

#include <QtCore/qstring.h>
#include <QtCore/qstringlist.h>
#include <QtCore/qvariant.h>

#include <optional>

//! What the command line asks for.
struct Options
{
    //! Empty: two windows on a server of our own.
    QString url = {};
    QString token = {};
    QString identity = {};
    QString list = {};
    int windows = 0;
    //! Where what is seen and written is kept over restarts, in a folder for each window; empty: nowhere.
    QString cache = {};
    //! Prints what an outside program needs to join: "url …", "token …".
    bool printUrl = false;
    //! Prints what the windows show and takes commands on the standard input.
    bool report = false;
    //! Where the scripted session leaves its pictures; empty: no such session.
    QString screenshots = {};

    //! As the initial properties of Main.qml.
    [[nodiscard]] QVariantMap toMap() const;
};

//! Reads \a arguments; a wrong one is told on stderr and gives none.
[[nodiscard]] std::optional<Options> parseOptions(const QStringList &arguments);
