#include "faultlog.h"

#include <algorithm>

void FaultLog::strike(Fault fault, int client, int link, bool isFatal, qint64 forMs)
{
    m_strikes.append({ fault, client, link, isFatal, now() + forMs });
}

void FaultLog::heard(int client, int link, bool isOpening)
{
    for (Strike &strike : m_strikes) {
        if (strike.client != client || strike.survivedAfterMs >= 0 || now() < strike.until)
            continue;
        if (!strike.isFatal || (isOpening && link > strike.link))
            strike.survivedAfterMs = now() - strike.until;
    }
}

FaultLog::Row FaultLog::row(Fault fault) const
{
    Row row;
    QList<qint64> times;
    for (const Strike &strike : m_strikes) {
        if (strike.fault != fault)
            continue;
        ++row.struck;
        if (strike.survivedAfterMs >= 0)
            times.append(strike.survivedAfterMs);
    }
    row.survived = int(times.size());
    if (!times.isEmpty()) {
        std::sort(times.begin(), times.end());
        row.medianMs = times.at(times.size() / 2);
        row.longestMs = times.last();
    }
    return row;
}
