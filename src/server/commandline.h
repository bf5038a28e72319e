#pragma once

#include <QtCore/qstringlist.h>

namespace Twilio {
class LocalSyncServer;
}

namespace Twilio::Server {

//! What the command line of twilio-sync-server asks for.
struct CommandLine
{
    enum class Action : quint8 {
        Serve, //!< the server has been set up as asked
        Execute, //!< the same, for as long as command runs
        Print, //!< print text and be done: a token, the help
        Fail //!< text says which option is wrong, and how
    };

    Action action = Action::Serve;
    QString text = {};
    //! The key is the one that everybody knows.
    bool secretIsWellKnown = false;
    //! What is there from the beginning: a file or folder; empty for nothing.
    QString importPath = {};
    //! Where everything goes in the end; empty for nowhere.
    QString exportPath = {};
    //! With its arguments.
    QStringList command = {};
    //! TWILIO_SYNC_TOKEN of the command; empty for none.
    QString token = {};
};

//! Reads \a arguments, the program's name first, and sets up \a server with them. Sets log rules.
[[nodiscard]] CommandLine parseCommandLine(const QStringList &arguments, LocalSyncServer &server);

} // namespace Twilio::Server
