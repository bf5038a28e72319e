// The executable twilio-sync-server: options in, LocalSyncServer around an event loop, signals out.
#include "server/childcommand.h"
#include "server/commandline.h"
#include "server/localsyncserver.h"
#include "server/terminationsignals.h"

#include <QtCore/qcoreapplication.h>

#include <cstdio>

#include <sys/resource.h>

using namespace Twilio;

namespace {

int fail(const QString &message, int status)
{
    std::fprintf(stderr, "twilio-sync-server: %s\n", qUtf8Printable(message));
    return status;
}

void print(const QString &line)
{
    std::printf("%s\n", qUtf8Printable(line));
    std::fflush(stdout);
}

// Shells allow 1024 open files by default; the server bounds its connections itself.
void allowManyConnections()
{
    rlimit limit = {};
    if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        ::setrlimit(RLIMIT_NOFILE, &limit);
    }
}

// Leaves behind what is to be left, and ends with \a status.
void conclude(LocalSyncServer &server, const Server::CommandLine &commandLine, int status)
{
    if (!commandLine.exportPath.isEmpty() && !server.exportTo(commandLine.exportPath) && status == 0)
        status = 1; // the reason has been told
    server.close();
    QCoreApplication::exit(status);
}

// As long as the command runs.
int execute(LocalSyncServer &server, const Server::CommandLine &commandLine,
            const Server::TerminationSignals &signalled)
{
    Server::ChildCommand child(commandLine.command,
                               Server::ChildCommand::environment(server, commandLine.token));
    QObject::connect(&signalled, &Server::TerminationSignals::received, &child,
                     [&child](int number, bool isOfTerminal) {
                         if (!isOfTerminal) // then the command has had it
                             child.pass(number);
                     });
    QObject::connect(&child, &Server::ChildCommand::finished, &server,
                     [&](int status, const QString &message) {
                         if (!message.isEmpty())
                             fail(message, status);
                         conclude(server, commandLine, status);
                     });
    return QCoreApplication::exec();
}

int serve(LocalSyncServer &server, const Server::CommandLine &commandLine)
{
    constexpr int badRequest = 400;
    allowManyConnections();
    const Server::TerminationSignals signalled;
    QObject::connect(&server, &LocalSyncServer::errorOccurred, &server,
                     [](const SyncError &error) { QCoreApplication::exit(fail(error.message(), 1)); });
    if (!commandLine.importPath.isEmpty() && !server.importFrom(commandLine.importPath))
        return server.error().status() == badRequest ? 2 : 1;
    if (!server.listen())
        return 1;
    if (commandLine.action == Server::CommandLine::Action::Execute)
        return execute(server, commandLine, signalled);
    QObject::connect(&signalled, &Server::TerminationSignals::received, &server,
                     [&] { conclude(server, commandLine, 0); });
    if (commandLine.secretIsWellKnown)
        std::fprintf(stderr, "twilio-sync-server: anyone can make tokens: the key is the well-known \"%s\"\n",
                     qUtf8Printable(server.secret()));
    print(QStringLiteral("listening ") + server.url().toString());
    return QCoreApplication::exec();
}

} // namespace

int main(int argc, char **argv)
{
    QCoreApplication app(argc, argv);
    QCoreApplication::setApplicationName(QStringLiteral("twilio-sync-server"));

    LocalSyncServer server;
    const Server::CommandLine commandLine = Server::parseCommandLine(app.arguments(), server);
    switch (commandLine.action) {
    case Server::CommandLine::Action::Fail:
        return fail(commandLine.text, 2);
    case Server::CommandLine::Action::Print:
        print(commandLine.text);
        return 0;
    case Server::CommandLine::Action::Serve:
    case Server::CommandLine::Action::Execute:
        return serve(server, commandLine);
    }
    Q_UNREACHABLE();
}
