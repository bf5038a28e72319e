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

QString RemoteObject::name() const
{
    return (kind == Kind::List ? u"list"_s : u"map"_s) + QString::number(number);
}

QByteArray RemoteObject::path() const
{
    return (kind == Kind::List ? "/v3/Lists/" : "/v3/Maps/") + name().toUtf8();
}

QString counterKey(Kind kind) { return kind == Kind::List ? u"0"_s : u"counter"_s; }

Handle::Handle(SyncClient *client, const RemoteObject &object, const View &view)
    : m_object(object)
    , m_model(makeModel(object.kind))
{
    m_check = std::make_unique<ModelCheck>(m_model.get());
    m_replica = std::make_unique<Replica>(m_model.get());
    m_model->setOrder(view.order);
    m_model->setPageSize(view.pageSize);
    m_model->setLoadAll(view.loadAll);
    m_model->setMaximumCount(view.maximumCount);
    watch();
    m_model->setMode(SyncClient::OpenMode::OpenExisting);
    m_model->setClient(client);
    m_model->setUniqueName(object.name());
}

void Handle::watch()
{
    QObject *const model = m_model.get();
    const auto slot = [this] {
        if (inSlot)
            inSlot();
    };
    const auto state = [this, slot] {
        noteState();
        slot();
    };
    const auto toldOf = [this, slot](const SyncItem &item) {
        ++m_told[item.revision()];
        slot();
    };
    const auto toldRemoval = [this, slot](const QString &key) {
        ++m_toldRemovals[key];
        slot();
    };
    QObject::connect(m_model.get(), &SyncCollection::statusChanged, model, state);
    QObject::connect(m_model.get(), &SyncCollection::sidChanged, model, state);
    QObject::connect(m_model.get(), &SyncCollection::subscriptionStateChanged, model, state);
    QObject::connect(m_model.get(), &SyncCollection::pendingWritesChanged, model, slot);
    QObject::connect(m_model.get(), &QAbstractItemModel::rowsInserted, model, slot);
    QObject::connect(m_model.get(), &QAbstractItemModel::rowsRemoved, model, slot);
    QObject::connect(m_model.get(), &QAbstractItemModel::rowsMoved, model, slot);
    QObject::connect(m_model.get(), &QAbstractItemModel::dataChanged, model, slot);
    if (kind() == Kind::List) {
        QObject::connect(list(), &SyncList::itemAdded, model, toldOf);
        QObject::connect(list(), &SyncList::itemUpdated, model, toldOf);
        QObject::connect(list(), &SyncList::itemRemoved, model,
                         [toldRemoval](qint64 index) { toldRemoval(QString::number(index)); });
    } else {
        QObject::connect(map(), &SyncMap::itemAdded, model, toldOf);
        QObject::connect(map(), &SyncMap::itemUpdated, model, toldOf);
        QObject::connect(map(), &SyncMap::itemRemoved, model, toldRemoval);
    }
}

void Handle::noteState()
{
    if (!isReady() || std::exchange(m_sid, m_model->sid()) != m_model->sid())
        forgetTold();
    const auto newest = newestEvent ? newestEvent(m_model->sid().toUtf8()) : std::nullopt;
    if (isReady() && !readySince)
        readySince = newest;
    if (isLive() && !liveSince)
        liveSince = newest;
}

void Handle::forgetTold()
{
    m_told.clear();
    m_toldRemovals.clear();
    readySince.reset();
    liveSince.reset();
}

void Handle::point(RemoteObject object, const QString &sid)
{
    m_object = object;
    m_replica->expectAnother();
    m_isPointed = true;
    if (sid.isEmpty()) {
        m_model->setSid({});
        m_model->setUniqueName(object.name());
    } else {
        m_model->setUniqueName({});
        m_model->setSid(sid);
    }
    forgetTold();
}

void Handle::comeToRest()
{
    if (!std::exchange(m_isPointed, false))
        return;
    forgetTold();
    noteState();
}

void Handle::openAgain()
{
    SyncClient *const client = m_model->client();
    m_model->setClient(nullptr);
    m_model->setClient(client);
}

Handle::Settled Handle::add(const SyncValue &value, std::optional<qint64> ttl, const QString &key)
{
    return kind() == Kind::List ? settled(list()->push(value, { ttl })) : set(key, value, ttl);
}

Handle::Settled Handle::set(const QString &key, const SyncValue &value, std::optional<qint64> ttl)
{
    return kind() == Kind::List ? settled(list()->set(key.toLongLong(), value, { ttl }))
                                : settled(map()->set(key, value, { ttl }));
}

Handle::Settled Handle::update(const QString &key, const SyncValue &fields)
{
    return kind() == Kind::List ? settled(list()->update(key.toLongLong(), fields))
                                : settled(map()->update(key, fields));
}

Handle::Settled Handle::mutate(const QString &key, const Mutator &mutator)
{
    return kind() == Kind::List ? settled(list()->mutate(key.toLongLong(), mutator))
                                : settled(map()->mutate(key, mutator));
}

Handle::Settled Handle::remove(const QString &key)
{
    return kind() == Kind::List ? list()->remove(key.toLongLong()) : map()->remove(key);
}

Handle::Settled Handle::setItemTtl(const QString &key, qint64 seconds)
{
    return kind() == Kind::List ? list()->setItemTtl(key.toLongLong(), seconds)
                                : map()->setItemTtl(key, seconds);
}

Handle::Settled Handle::get(const QString &key)
{
    return kind() == Kind::List ? settled(list()->get(key.toLongLong())) : settled(map()->get(key));
}
