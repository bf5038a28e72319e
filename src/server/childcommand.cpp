#include "server/childcommand.h"

#include "server/data/service.h"
#include "server/localsyncserver.h"

#include <csignal>

#include <unistd.h>
#ifdef Q_OS_LINUX
#include <sys/prctl.h>
#endif

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

constexpr int firstSignalStatus = 128;
constexpr int notStarted = 127;

#ifdef Q_OS_LINUX
// In the child, before it becomes the command: it is to die with its parent, even if that is killed.
void dieWithParent(pid_t parent)
{
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) // it has died already
        ::_exit(notStarted);
}
#endif

} // namespace

QProcessEnvironment ChildCommand::environment(const LocalSyncServer &server, const QString &token)
{
    QProcessEnvironment variables = QProcessEnvironment::systemEnvironment();
    QUrl rest = server.url();
    rest.setScheme(rest.scheme() == "wss"_L1 ? u"https"_s : u"http"_s);
    rest.setPath({});
    variables.insert(u"TWILIO_SYNC_URL"_s, server.url().toString());
    variables.insert(u"TWILIO_SYNC_SECRET"_s, server.secret());
    // One of another server would be of no use.
    variables.remove(u"TWILIO_SYNC_TOKEN"_s);
    if (!token.isEmpty())
        variables.insert(u"TWILIO_SYNC_TOKEN"_s, token);
    // For backends.
    variables.insert(u"SYNC_URL"_s, rest.toString());
    variables.insert(u"TWILIO_ACCOUNT_SID"_s, QLatin1StringView(defaultAccountSid));
    variables.insert(u"TWILIO_AUTH_TOKEN"_s, server.secret());
    return variables;
}

ChildCommand::ChildCommand(const QStringList &command, const QProcessEnvironment &environment)
{
    m_process.setProcessEnvironment(environment);
    m_process.setProcessChannelMode(QProcess::ForwardedChannels);
    m_process.setInputChannelMode(QProcess::ForwardedInputChannel);
#ifdef Q_OS_LINUX
    m_process.setChildProcessModifier([parent = ::getpid()] { dieWithParent(parent); });
#endif
    connect(&m_process, &QProcess::finished, this, [this](int code, QProcess::ExitStatus status) {
        // Of one that a signal has ended, that is the code.
        Q_EMIT finished(status == QProcess::NormalExit ? code : firstSignalStatus + code, {});
    });
    connect(
            &m_process, &QProcess::errorOccurred, this,
            [this, name = command.constFirst()](QProcess::ProcessError error) {
                if (error == QProcess::FailedToStart)
                    Q_EMIT finished(notStarted, u"cannot run %1: %2"_s.arg(name, m_process.errorString()));
            },
            Qt::QueuedConnection); // it may come before anybody listens
    m_process.start(command.constFirst(), command.sliced(1));
}

ChildCommand::~ChildCommand()
{
    if (m_process.state() == QProcess::NotRunning)
        return;
    // The server has failed.
    m_process.disconnect(this);
    m_process.kill();
    m_process.waitForFinished();
}

void ChildCommand::pass(int number)
{
    if (m_process.processId() > 0)
        ::kill(pid_t(m_process.processId()), number);
}

} // namespace Twilio::Server
