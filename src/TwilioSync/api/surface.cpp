// Definitions of the public surface; each is replaced as its part is built.
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncpaginator.h"
#include "TwilioSync/api/syncstream.h"
#include "TwilioSync/core/settle.h"

namespace Twilio {
class ClientPrivate
{ };
class HandlePrivate
{
public:
    virtual ~HandlePrivate() = default;
};
class CollectionPrivate : public HandlePrivate
{ };
class PaginatorPrivate
{ };
static SyncError unavailable() { return SyncError(QStringLiteral("not available yet")); }

SyncClient::SyncClient(QObject *parent) : QObject(parent), d(std::make_unique<ClientPrivate>()) { }
SyncClient::~SyncClient() = default;
QString SyncClient::token() const { return {}; }
void SyncClient::setToken(const QString &) { }
void SyncClient::setTokenProvider(TokenProvider) { }
SyncClient::ConnectionState SyncClient::connectionState() const { return {}; }
QString SyncClient::connectionStateName() const { return {}; }
SyncClient::LogLevel SyncClient::logLevel() const { return {}; }
void SyncClient::setLogLevel(LogLevel) { }
bool SyncClient::setLogLevelName(const QString &) { return {}; }
QString SyncClient::region() const { return {}; }
void SyncClient::setRegion(const QString &) { }
QUrl SyncClient::url() const { return {}; }
void SyncClient::setUrl(const QUrl &) { }
bool SyncClient::allowInsecure() const { return {}; }
void SyncClient::setAllowInsecure(bool) { }
bool SyncClient::paceWrites() const { return {}; }
void SyncClient::setPaceWrites(bool) { }
int SyncClient::pendingWrites() const { return {}; }
QString SyncClient::version() { return {}; }
SyncError SyncClient::error() const { return {}; }
QFuture<Twilio::SyncDocument *> SyncClient::document()
{
    return failedFuture<Twilio::SyncDocument *>(unavailable());
}
QFuture<Twilio::SyncDocument *> SyncClient::document(const QString &)
{
    return failedFuture<Twilio::SyncDocument *>(unavailable());
}
QFuture<Twilio::SyncDocument *> SyncClient::document(const OpenOptions &)
{
    return failedFuture<Twilio::SyncDocument *>(unavailable());
}
QFuture<Twilio::SyncList *> SyncClient::list() { return failedFuture<Twilio::SyncList *>(unavailable()); }
QFuture<Twilio::SyncList *> SyncClient::list(const QString &)
{
    return failedFuture<Twilio::SyncList *>(unavailable());
}
QFuture<Twilio::SyncList *> SyncClient::list(const OpenOptions &)
{
    return failedFuture<Twilio::SyncList *>(unavailable());
}
QFuture<Twilio::SyncMap *> SyncClient::map() { return failedFuture<Twilio::SyncMap *>(unavailable()); }
QFuture<Twilio::SyncMap *> SyncClient::map(const QString &)
{
    return failedFuture<Twilio::SyncMap *>(unavailable());
}
QFuture<Twilio::SyncMap *> SyncClient::map(const OpenOptions &)
{
    return failedFuture<Twilio::SyncMap *>(unavailable());
}
QFuture<Twilio::SyncStream *> SyncClient::stream()
{
    return failedFuture<Twilio::SyncStream *>(unavailable());
}
QFuture<Twilio::SyncStream *> SyncClient::stream(const QString &)
{
    return failedFuture<Twilio::SyncStream *>(unavailable());
}
QFuture<Twilio::SyncStream *> SyncClient::stream(const OpenOptions &)
{
    return failedFuture<Twilio::SyncStream *>(unavailable());
}
QFuture<void> SyncClient::updateToken(const QString &) { return failedFuture<void>(unavailable()); }
QFuture<void> SyncClient::shutdown() { return failedFuture<void>(unavailable()); }
SyncClient *SyncHandle::client() const { return {}; }
void SyncHandle::setClient(SyncClient *) { }
QString SyncHandle::uniqueName() const { return {}; }
void SyncHandle::setUniqueName(const QString &) { }
QString SyncHandle::sid() const { return {}; }
void SyncHandle::setSid(const QString &) { }
SyncClient::OpenMode SyncHandle::mode() const { return {}; }
void SyncHandle::setMode(SyncClient::OpenMode) { }
std::optional<qint64> SyncHandle::creationTtl() const { return {}; }
void SyncHandle::setCreationTtl(std::optional<qint64>) { }
Sync::Status SyncHandle::status() const { return {}; }
SyncError SyncHandle::error() const { return {}; }
Sync::SubscriptionState SyncHandle::subscriptionState() const { return {}; }
QDateTime SyncHandle::dateCreated() const { return {}; }
QDateTime SyncHandle::dateUpdated() const { return {}; }
QDateTime SyncHandle::dateExpires() const { return {}; }
QString SyncHandle::revision() const { return {}; }
int SyncHandle::pendingWrites() const { return {}; }
QFuture<void> SyncHandle::setTtl(qint64) { return failedFuture<void>(unavailable()); }
QVariant SyncHandle::dateCreatedOrNull() const { return {}; }
QVariant SyncHandle::dateUpdatedOrNull() const { return {}; }
QVariant SyncHandle::dateExpiresOrNull() const { return {}; }
QVariant SyncHandle::creationTtlOrNull() const { return {}; }
void SyncHandle::setCreationTtlOrNull(const QVariant &) { }
SyncHandle::SyncHandle(std::unique_ptr<HandlePrivate> priv) : d(std::move(priv)) { }
SyncHandle::~SyncHandle() = default;
void SyncHandle::closeHandle() { }
SyncObject::~SyncObject() = default;
void SyncObject::close() { }
SyncObject::SyncObject(std::unique_ptr<HandlePrivate> priv, QObject *parent)
    : QObject(parent)
    , SyncHandle(std::move(priv))
{ }
SyncCollection::~SyncCollection() = default;
int SyncCollection::count() const { return {}; }
Qt::SortOrder SyncCollection::order() const { return {}; }
void SyncCollection::setOrder(Qt::SortOrder) { }
int SyncCollection::pageSize() const { return {}; }
void SyncCollection::setPageSize(int) { }
bool SyncCollection::isComplete() const { return {}; }
bool SyncCollection::loadAll() const { return {}; }
void SyncCollection::setLoadAll(bool) { }
QStringList SyncCollection::valueRoles() const { return {}; }
void SyncCollection::setValueRoles(const QStringList &) { }
int SyncCollection::rowCount(const QModelIndex &) const { return {}; }
QVariant SyncCollection::data(const QModelIndex &, int) const { return {}; }
bool SyncCollection::setData(const QModelIndex &, const QVariant &, int) { return {}; }
Qt::ItemFlags SyncCollection::flags(const QModelIndex &) const { return QAbstractListModel::flags({}); }
QHash<int, QByteArray> SyncCollection::roleNames() const { return {}; }
bool SyncCollection::canFetchMore(const QModelIndex &) const { return {}; }
void SyncCollection::fetchMore(const QModelIndex &) { }
QVariant SyncCollection::valueAt(int) const { return {}; }
void SyncCollection::close() { }
SyncCollection::SyncCollection(std::unique_ptr<CollectionPrivate> priv, QObject *parent)
    : QAbstractListModel(parent)
    , SyncHandle(std::move(priv))
{ }
CollectionPrivate *SyncCollection::collection() const { return {}; }
SyncDocument::SyncDocument(QObject *parent) : SyncObject(std::make_unique<HandlePrivate>(), parent) { }
SyncDocument::~SyncDocument() = default;
QVariantMap SyncDocument::value() const { return {}; }
QByteArray SyncDocument::json() const { return {}; }
QVariantMap SyncDocument::initialValue() const { return {}; }
void SyncDocument::setInitialValue(const QVariantMap &) { }
QFuture<QVariantMap> SyncDocument::set(const SyncValue &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<QVariantMap> SyncDocument::update(const SyncValue &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<QVariantMap> SyncDocument::mutate(const Mutator &, const WriteOptions &)
{
    return failedFuture<QVariantMap>(unavailable());
}
QFuture<void> SyncDocument::removeDocument() { return failedFuture<void>(unavailable()); }
SyncList::SyncList(QObject *parent) : SyncCollection(std::make_unique<CollectionPrivate>(), parent) { }
SyncList::~SyncList() = default;
QFuture<Twilio::SyncListItem> SyncList::push(const SyncValue &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncListItem>(unavailable());
}
QFuture<Twilio::SyncListItem> SyncList::get(qint64)
{
    return failedFuture<Twilio::SyncListItem>(unavailable());
}
QFuture<Twilio::SyncListItem> SyncList::set(qint64, const SyncValue &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncListItem>(unavailable());
}
QFuture<Twilio::SyncListItem> SyncList::update(qint64, const SyncValue &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncListItem>(unavailable());
}
QFuture<Twilio::SyncListItem> SyncList::mutate(qint64, const Mutator &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncListItem>(unavailable());
}
QFuture<void> SyncList::remove(qint64) { return failedFuture<void>(unavailable()); }
QFuture<void> SyncList::setItemTtl(qint64, qint64) { return failedFuture<void>(unavailable()); }
QFuture<Twilio::SyncPaginator *> SyncList::getItems(const ListQuery &)
{
    return failedFuture<Twilio::SyncPaginator *>(unavailable());
}
QFuture<void> SyncList::removeList() { return failedFuture<void>(unavailable()); }
int SyncList::rowOf(qint64) const { return {}; }
SyncMap::SyncMap(QObject *parent) : SyncCollection(std::make_unique<CollectionPrivate>(), parent) { }
SyncMap::~SyncMap() = default;
QFuture<Twilio::SyncMapItem> SyncMap::get(const QString &)
{
    return failedFuture<Twilio::SyncMapItem>(unavailable());
}
QFuture<Twilio::SyncMapItem> SyncMap::set(const QString &, const SyncValue &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncMapItem>(unavailable());
}
QFuture<Twilio::SyncMapItem> SyncMap::update(const QString &, const SyncValue &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncMapItem>(unavailable());
}
QFuture<Twilio::SyncMapItem> SyncMap::mutate(const QString &, const Mutator &, const WriteOptions &)
{
    return failedFuture<Twilio::SyncMapItem>(unavailable());
}
QFuture<void> SyncMap::remove(const QString &) { return failedFuture<void>(unavailable()); }
QFuture<void> SyncMap::setItemTtl(const QString &, qint64) { return failedFuture<void>(unavailable()); }
QFuture<Twilio::SyncPaginator *> SyncMap::getItems(const MapQuery &)
{
    return failedFuture<Twilio::SyncPaginator *>(unavailable());
}
QFuture<void> SyncMap::removeMap() { return failedFuture<void>(unavailable()); }
QVariant SyncMap::valueOf(const QString &) const { return {}; }
int SyncMap::rowOf(const QString &) const { return {}; }
SyncStream::SyncStream(QObject *parent) : SyncObject(std::make_unique<HandlePrivate>(), parent) { }
SyncStream::~SyncStream() = default;
QFuture<Twilio::SyncStreamMessage> SyncStream::publishMessage(const SyncValue &)
{
    return failedFuture<Twilio::SyncStreamMessage>(unavailable());
}
QFuture<void> SyncStream::removeStream() { return failedFuture<void>(unavailable()); }
SyncPaginator::~SyncPaginator() = default;
QVariantList SyncPaginator::items() const { return {}; }
QList<SyncListItem> SyncPaginator::listItems() const { return {}; }
QList<SyncMapItem> SyncPaginator::mapItems() const { return {}; }
bool SyncPaginator::hasNextPage() const { return {}; }
bool SyncPaginator::hasPrevPage() const { return {}; }
QFuture<Twilio::SyncPaginator *> SyncPaginator::nextPage()
{
    return failedFuture<Twilio::SyncPaginator *>(unavailable());
}
QFuture<Twilio::SyncPaginator *> SyncPaginator::prevPage()
{
    return failedFuture<Twilio::SyncPaginator *>(unavailable());
}
SyncPaginator::SyncPaginator(std::unique_ptr<PaginatorPrivate> priv, QObject *parent)
    : QObject(parent)
    , d(std::move(priv))
{ }

} // namespace Twilio
