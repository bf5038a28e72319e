#include "console.h"

#include <QtCore/qsocketnotifier.h>

#include <cstdio>
#include <unistd.h>

void Console::setListening(bool listening)
{
    if (listening == isListening())
        return;
    if (listening) {
        m_notifier = new QSocketNotifier(STDIN_FILENO, QSocketNotifier::Read, this);
        connect(m_notifier, &QSocketNotifier::activated, this, &Console::read);
    } else {
        m_notifier->deleteLater();
        m_notifier = nullptr;
    }
    Q_EMIT listeningChanged();
}

void Console::print(const QString &line)
{
    std::puts(line.toUtf8().constData());
    std::fflush(stdout);
}

void Console::read()
{
    char buffer[4096];
    const auto size = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (size <= 0) {
        setListening(false);
        Q_EMIT closed();
        return;
    }
    m_pending.append(buffer, qsizetype(size));
    for (qsizetype end = m_pending.indexOf('\n'); end >= 0; end = m_pending.indexOf('\n')) {
        const QString line = QString::fromUtf8(m_pending.left(end)).trimmed();
        m_pending.remove(0, end + 1);
        Q_EMIT command(line.section(u' ', 0, 0), line.section(u' ', 1));
    }
}
