#pragma once

#include "server/data/objectstore.h"
#include "server/data/syncdata.h"
#include "server/operations/operations.h"
#include "server/operations/permissions.h"
#include "server/operations/services.h"

#include <QtCore/qlist.h>

#include <algorithm>
#include <chrono>
#include <limits>
#include <optional>

/*!
    \brief The data of a server and what can be done to them, by a clock of their own.

    Made once: that takes longer than most runs do. clear() leaves nothing of a run but the next serial.
*/
class ServerData
{
    Q_DISABLE_COPY_MOVE(ServerData)

public:
    ServerData()
    {
        data.setClock([this] { return m_now; });
    }

    void clear()
    {
        data.clear();
        Twilio::Server::Slice all(std::chrono::hours(1), std::numeric_limits<qsizetype>::max());
        while (data.store().freeRemoved(all)) { }
        m_now = startOfTime;
    }
    void pass(qint64 seconds) { m_now += 1000 * std::clamp<qint64>(seconds, 0, 1'000'000'000); }

    Twilio::Server::SyncData data;
    Twilio::Server::Operations operations { data };
    Twilio::Server::Services services { data };
    Twilio::Server::Permissions permissions { operations, data };

private:
    static constexpr qint64 startOfTime = 1'700'000'000'000;

    qint64 m_now = startOfTime;
};

//! One line of a series of calls: method, target, If-Match or -, body.
struct CallLine
{
    QByteArray method;
    QByteArray target;
    std::optional<QByteArray> ifMatch = {};
    QByteArray body = {};

    [[nodiscard]] static std::optional<CallLine> parse(const QByteArray &line)
    {
        const qsizetype target = line.indexOf(' ');
        const qsizetype match = target < 0 ? -1 : line.indexOf(' ', target + 1);
        const qsizetype body = match < 0 ? -1 : line.indexOf(' ', match + 1);
        if (body <= 0)
            return std::nullopt;
        const QByteArray ifMatch = line.mid(match + 1, body - match - 1);
        return CallLine { line.left(target), line.mid(target + 1, match - target - 1),
                          ifMatch == "-" ? std::nullopt : std::optional(ifMatch), line.mid(body + 1) };
    }
};

//! Hands each line of \a text that is a call to \a call; the line "tick N" lets N seconds pass.
template <typename Call>
void playLines(const QByteArray &text, ServerData &server, Call call)
{
    const QList<QByteArray> lines = text.split('\n');
    for (const QByteArray &line : lines) {
        if (line.startsWith("tick "))
            server.pass(line.mid(5).toLongLong());
        else if (const auto made = CallLine::parse(line))
            call(*made);
    }
}
