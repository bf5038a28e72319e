#include "handle.h"

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

std::unique_ptr<SyncCollection> makeModel(Kind kind)
{
    if (kind == Kind::List)
        return std::make_unique<SyncList>();
    return std::make_unique<SyncMap>();
}

template <typename T>
QFuture<void> settled(const QFuture<T> &future)
{
    return QFuture<void>(future);
}

} // namespace

QString nameOf(Kind kind) { return kind == Kind::List ? u"list"_s : u"map"_s; }

QByteArray pathOf(Kind kind) { return kind == Kind::List ? "/v3/Lists/list" : "/v3/Maps/map"; }

Handle::Handle(SyncClient *client, Kind kind, const View &view) : m_kind(kind), m_model(makeModel(kind))
{
    m_check = std::make_unique<ModelCheck>(m_model.get());
    m_replica = std::make_unique<Replica>(m_model.get());
    m_model->setOrder(view.order);
    m_model->setPageSize(view.pageSize);
    m_model->setLoadAll(view.loadAll);
    m_model->setMaximumCount(view.maximumCount);
    const auto toldOf = [this](const SyncItem &item) { ++m_told[item.revision()]; };
    if (kind == Kind::List) {
        QObject::connect(list(), &SyncList::itemAdded, list(), toldOf);
        QObject::connect(list(), &SyncList::itemUpdated, list(), toldOf);
        QObject::connect(list(), &SyncList::itemRemoved, list(),
                         [this](qint64 index) { ++m_toldRemovals[QString::number(index)]; });
    } else {
        QObject::connect(map(), &SyncMap::itemAdded, map(), toldOf);
        QObject::connect(map(), &SyncMap::itemUpdated, map(), toldOf);
        QObject::connect(map(), &SyncMap::itemRemoved, map(),
                         [this](const QString &key) { ++m_toldRemovals[key]; });
    }
    m_model->setMode(SyncClient::OpenMode::OpenExisting);
    m_model->setClient(client);
    m_model->setUniqueName(nameOf(kind));
}

Handle::Settled Handle::add(const SyncValue &value, std::optional<qint64> ttl, const QString &key)
{
    return m_kind == Kind::List ? settled(list()->push(value, { ttl })) : set(key, value, ttl);
}

Handle::Settled Handle::set(const QString &key, const SyncValue &value, std::optional<qint64> ttl)
{
    return m_kind == Kind::List ? settled(list()->set(key.toLongLong(), value, { ttl }))
                                : settled(map()->set(key, value, { ttl }));
}

Handle::Settled Handle::update(const QString &key, const SyncValue &fields)
{
    return m_kind == Kind::List ? settled(list()->update(key.toLongLong(), fields))
                                : settled(map()->update(key, fields));
}

Handle::Settled Handle::mutate(const QString &key, const Mutator &mutator)
{
    return m_kind == Kind::List ? settled(list()->mutate(key.toLongLong(), mutator))
                                : settled(map()->mutate(key, mutator));
}

Handle::Settled Handle::remove(const QString &key)
{
    return m_kind == Kind::List ? list()->remove(key.toLongLong()) : map()->remove(key);
}

Handle::Settled Handle::setItemTtl(const QString &key, qint64 seconds)
{
    return m_kind == Kind::List ? list()->setItemTtl(key.toLongLong(), seconds)
                                : map()->setItemTtl(key, seconds);
}

Handle::Settled Handle::get(const QString &key)
{
    return m_kind == Kind::List ? settled(list()->get(key.toLongLong())) : settled(map()->get(key));
}
