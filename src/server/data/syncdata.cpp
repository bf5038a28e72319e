#include "server/data/syncdata.h"

#include "server/data/errors.h"

namespace Twilio::Server {

class SyncDataPrivate
{
public:
    Clock clock = systemClock();
};

SyncData::SyncData(QObject *parent) : QObject(parent), d(std::make_unique<SyncDataPrivate>()) { }

SyncData::~SyncData() = default;

RestReply SyncData::handle(const RestRequest &, const Caller &)
{
    return Errors::reply(Errors::noResource());
}

Replay SyncData::replay(const QString &, const ObjectRef &object, std::optional<qint64>, qsizetype) const
{
    Replay replay;
    replay.error = Errors::notFound(object.kind);
    return replay;
}

std::optional<ObjectRef> SyncData::find(const QByteArray &) const { return std::nullopt; }
SyncResult<Nothing> SyncData::commit() { return Nothing(); }
void SyncData::clear() { }
qsizetype SyncData::objectCount() const { return 0; }
qsizetype SyncData::itemCount() const { return 0; }
void SyncData::setClock(Clock clock) { d->clock = std::move(clock); }
void SyncData::setLogLimit(qsizetype) { }

SyncResult<QByteArray> SyncData::createCollection(const QString &, ObjectKind kind,
                                                  const std::optional<QString> &, const QString &)
{
    return Errors::notFound(kind);
}

SyncResult<Nothing> SyncData::putItem(const QByteArray &, const QString &, const QByteArray &,
                                      const QString &)
{
    return Errors::notFound(ObjectKind::List);
}

SyncResult<Nothing> SyncData::updateNextItem(const QByteArray &, const QByteArray &)
{
    return Errors::notFound(ObjectKind::List);
}

qsizetype SyncData::itemCount(const QByteArray &) const { return 0; }
std::optional<qint64> SyncData::lastEventId(const QByteArray &) const { return std::nullopt; }

} // namespace Twilio::Server
