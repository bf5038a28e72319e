#include "server/net/figures.h"

#include "server/net/gateway.h"

#include <QtCore/qfile.h>

#include <unistd.h>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

qint64 residentBytes()
{
    QFile file(u"/proc/self/statm"_s);
    if (!file.open(QFile::ReadOnly))
        return 0;
    const QList<QByteArray> fields = file.readAll().split(' ');
    return fields.size() > 1 ? fields[1].toLongLong() * ::sysconf(_SC_PAGESIZE) : 0;
}

} // namespace

QJsonObject figuresOf(Gateway &gateway)
{
    const Counters &counters = gateway.hub().counters();
    QJsonObject byStatus;
    for (auto it = counters.byStatus.cbegin(); it != counters.byStatus.cend(); ++it)
        byStatus.insert(QString::number(it.key()), it.value());
    return { { u"framesIn"_s, counters.framesIn },
             { u"framesOut"_s, counters.framesOut },
             { u"bytesIn"_s, counters.bytesIn },
             { u"bytesOut"_s, counters.bytesOut },
             { u"inits"_s, counters.inits },
             { u"requests"_s, counters.requests },
             { u"events"_s, counters.events },
             { u"rejected"_s, counters.rejected },
             { u"connectionsTotal"_s, counters.connectionsTotal },
             { u"byStatus"_s, byStatus },
             { u"objects"_s, gateway.hub().data().objectCount() },
             { u"items"_s, gateway.hub().data().itemCount() },
             { u"rss"_s, residentBytes() } };
}

} // namespace Twilio::Server
