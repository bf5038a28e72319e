#include "server/terminationsignals.h"

#include <QtCore/qsocketnotifier.h>

#include <array>
#include <csignal>

#include <fcntl.h>
#include <unistd.h>

namespace Twilio::Server {
namespace {

constexpr std::array handled { SIGINT, SIGTERM };

// A handler may do next to nothing; writing to a pipe that the event loop reads is allowed.
std::array<int, 2> g_pipe { -1, -1 };

//! What goes through the pipe, whole or not at all.
struct Note
{
    int number = 0;
    bool isOfTerminal = false;
};

bool isOfTerminal([[maybe_unused]] const siginfo_t &info)
{
#ifdef SI_KERNEL
    return info.si_code == SI_KERNEL; // nobody has sent it: a key was pressed
#else
    return false;
#endif
}

void onSignal(int number, siginfo_t *info, void *)
{
    const Note note { number, isOfTerminal(*info) };
    // A full pipe has said it already.
    [[maybe_unused]] const auto written = ::write(g_pipe[1], &note, sizeof note);
}

} // namespace

TerminationSignals::TerminationSignals()
{
    if (::pipe2(g_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return; // the default handlers end the process, if less politely
    auto *const notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        Note note;
        if (::read(g_pipe[0], &note, sizeof note) == sizeof note)
            Q_EMIT received(note.number, note.isOfTerminal);
    });
    struct sigaction action = {};
    action.sa_sigaction = onSignal;
    action.sa_flags = SA_SIGINFO | SA_RESTART;
    for (const int number : handled)
        ::sigaction(number, &action, nullptr);
}

TerminationSignals::~TerminationSignals()
{
    for (const int number : handled)
        std::signal(number, SIG_DFL);
    for (const int end : g_pipe) {
        if (end >= 0)
            ::close(end);
    }
    g_pipe = { -1, -1 };
}

} // namespace Twilio::Server
