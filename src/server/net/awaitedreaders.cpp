#include "server/net/awaitedreaders.h"

#include "server/net/connection.h"

#include <algorithm>
#include <utility>

namespace Twilio::Server {

AwaitedReaders::AwaitedReaders(QObject *writer, std::function<void()> goOn)
    : m_writer(writer)
    , m_goOn(std::move(goOn))
{ }

AwaitedReaders::~AwaitedReaders() { std::for_each(m_awaited.cbegin(), m_awaited.cend(), forget); }

void AwaitedReaders::forget(const Awaited &awaited)
{
    QObject::disconnect(awaited.drained);
    QObject::disconnect(awaited.closed);
}

void AwaitedReaders::add(Connection &reader)
{
    const bool isKnown = std::any_of(m_awaited.cbegin(), m_awaited.cend(),
                                     [&](const Awaited &awaited) { return awaited.reader == &reader; });
    if (isKnown)
        return;
    reader.notifyWhenDrained();
    m_awaited.append(
            { &reader, QObject::connect(&reader, &Connection::drained, m_writer, m_goOn),
              QObject::connect(&reader, &Connection::closed, m_writer, m_goOn, Qt::QueuedConnection) });
}

bool AwaitedReaders::areBehind()
{
    m_awaited.removeIf([](const Awaited &awaited) {
        if (awaited.reader && awaited.reader->isBehind())
            return false;
        forget(awaited);
        return true;
    });
    return !m_awaited.isEmpty();
}

} // namespace Twilio::Server
