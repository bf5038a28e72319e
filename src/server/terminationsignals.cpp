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

void onSignal(int number)
{
    const char byte = char(number);
    // A full pipe has said it already.
    [[maybe_unused]] const auto written = ::write(g_pipe[1], &byte, 1);
}

} // namespace

TerminationSignals::TerminationSignals()
{
    if (::pipe2(g_pipe.data(), O_CLOEXEC | O_NONBLOCK) != 0)
        return; // the default handlers end the process, if less politely
    auto *const notifier = new QSocketNotifier(g_pipe[0], QSocketNotifier::Read, this);
    connect(notifier, &QSocketNotifier::activated, this, [this] {
        char byte = 0;
        if (::read(g_pipe[0], &byte, 1) == 1)
            Q_EMIT received(byte);
    });
    for (const int number : handled)
        std::signal(number, onSignal);
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
