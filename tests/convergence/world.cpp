#include "world.h"

#include "shared/memoryfolder.h"
#include "TwilioSync/api/syncclient_p.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! Longest time that coming to rest may take; the longest wait of the client is its backoff's.
constexpr qint64 longestUnrest = 20 * 60 * 1000;

// Names an identity, as a client that keeps something wants to know whose it is.
QString tokenOf(int client)
{
    const QByteArray claims = R"({"sub":"AC1","grants":{"identity":"client)" + QByteArray::number(client)
            + R"(","data_sync":{"service_sid":"IS1"}}})";
    return u"e30."_s + QString::fromLatin1(claims.toBase64(QByteArray::Base64UrlEncoding)) + u".x"_s;
}

// Of the item that an event is about.
QString keyOf(const QJsonObject &event)
{
    const QJsonValue index = event[u"item_index"_s];
    return index.isUndefined() ? event[u"item_key"_s].toString() : QString::number(index.toInteger());
}

} // namespace

World::World(VirtualTime &virtualTime)
    : time(virtualTime)
    , service(virtualTime, network)
    , truth([this](const QByteArray &method, const QByteArray &path, const QByteArray &body,
                   const Server::NameValueList &params) { return service.call(method, path, body, params); })
    , m_folders(memoryFolder(u"convergence"_s))
{ }

World::~World()
{
    clients.clear();
    time.settle();
}

void World::addClient(bool isCalm, bool isOrdered, bool isCaching, std::optional<qsizetype> mostUnseen)
{
    auto client = std::make_unique<Client>();
    client->isCalm = isCalm;
    client->isOrdered = isOrdered;
    client->mostUnseen = mostUnseen;
    client->isCaching = isCaching;
    client->number = int(clients.size());
    start(*client);
    clients.push_back(std::move(client));
}

void World::restartClient(Client &client, bool killed)
{
    const QDir folder(m_folders.filePath(QString::number(client.number)));
    QHash<QString, QByteArray> files;
    for (const QString &name : folder.entryList(QDir::Files)) {
        QFile file(folder.filePath(name));
        if (killed && file.open(QFile::ReadOnly))
            files.insert(name, file.readAll());
    }
    if (killed)
        ledger.noteKilled(client.number);
    client.handles.clear();
    client.api.reset();
    for (auto it = files.cbegin(); it != files.cend(); ++it) {
        QFile file(folder.filePath(it.key()));
        if (!file.open(QFile::WriteOnly | QFile::Truncate) || file.write(*it) != it->size())
            fail(u"cannot write "_s + file.fileName());
    }
    start(client);
}

void World::start(Client &client)
{
    client.api = std::make_unique<SyncClient>();
    Outbox::Options writes;
    const SteadyClock clock = [this] { return std::chrono::milliseconds(time.now()); };
    writes.clock = clock;
    ClientSession &session = *ClientPrivate::of(client.api.get())->session;
    session.setWriteOptions(writes);
    if (client.mostUnseen)
        session.setMostUnseen(*client.mostUnseen);
    TwilsockChannel &channel = session.channel();
    channel.setTransportFactory(network.factory(client.number));
    TwilsockChannel::Options options = channel.options();
    options.clock = clock;
    options.seed = 1;
    channel.setOptions(options);
    client.api->setUrl(QUrl(u"ws://127.0.0.1:1/v3/wsconnect"_s));
    if (client.isCaching) {
        session.diskCache().stayInThread();
        session.diskCache().setPieces(client.pieces);
        client.api->setCachePath(m_folders.filePath(QString::number(client.number)));
        QObject::connect(client.api.get(), &SyncClient::cacheError, client.api.get(),
                         [this](const SyncError &error) { fail(u"cache: "_s + error.message()); });
    }
    client.api->setPersistentWrites(client.isPersistent);
    client.api->setToken(tokenOf(client.number));
    QObject::connect(client.api.get(), &SyncClient::connectionStateChanged, client.api.get(), [this] {
        if (inSlot)
            inSlot(nullptr);
    });
}

Handle &World::addHandle(Client &client, const RemoteObject &object, const View &view)
{
    client.handles.push_back(std::make_unique<Handle>(client.api.get(), object, view));
    Handle *const handle = client.handles.back().get();
    handle->model().setOrderedWrites(client.isOrdered);
    handle->model().setOptimistic(client.isOptimistic && client.handles.size() % 3 != 0);
    handle->newestEvent = [this](const QByteArray &sid) { return service.data.lastEventId(sid); };
    handle->inSlot = [this, handle] {
        if (inSlot)
            inSlot(handle);
    };
    return *handle;
}

void World::dropHandle(Client &client, std::size_t number)
{
    client.handles.erase(client.handles.begin() + std::ptrdiff_t(number));
}

std::vector<Handle *> World::handles() const
{
    std::vector<Handle *> all;
    for (const auto &client : clients) {
        for (const auto &handle : client->handles)
            all.push_back(handle.get());
    }
    return all;
}

void World::fail(const QString &what)
{
    if (m_failure.isEmpty())
        m_failure = what;
}

void World::settle()
{
    time.settle();
    for (const auto &client : clients) {
        for (const auto &handle : client->handles) {
            if (nestedLoops == 0)
                handle->comeToRest();
            if (!handle->replica().failure().isEmpty())
                fail(handle->replica().failure());
        }
    }
}

QString World::unrest()
{
    for (const auto &client : clients) {
        if (client->api->connectionState() != SyncClient::ConnectionState::Connected)
            return u"a client is not connected"_s;
        if (client->api->pendingWrites() != 0)
            return u"%1 writes are pending"_s.arg(client->api->pendingWrites());
        for (const auto &handle : client->handles) {
            const SyncCollection &model = handle->model();
            if (model.status() == Sync::Status::Removed
                || (model.status() == Sync::Status::Failed && !truth.exists(handle->object())))
                continue;
            if (!handle->isLive())
                return u"a handle has status %1, subscription %2: %3"_s.arg(int(model.status()))
                        .arg(int(model.subscriptionState()))
                        .arg(model.error().message());
            const bool isFull = model.maximumCount() > 0 && model.count() == model.maximumCount();
            if (!model.isComplete() && !model.canFetchMore() && !isFull)
                return u"a page is being fetched"_s;
            if (model.loadAll() && !model.isComplete() && !isFull)
                return u"a handle with loadAll is not complete"_s;
        }
    }
    return ledger.open() > 0 ? u"%1 calls are not settled"_s.arg(ledger.open()) : QString();
}

void World::comeToRest()
{
    network.isDown = false;
    service.refusal = nullptr;
    service.throttle = nullptr;
    service.fateOfReply = nullptr;
    for (Handle *const handle : handles()) {
        // Nobody but the application opens again what the service did not answer in time.
        if (handle->model().status() == Sync::Status::Failed && handle->model().error().status() == 0)
            handle->openAgain();
    }
    const qint64 begin = time.now();
    while (failure().isEmpty()) {
        do
            settle();
        while (network.deliverAll());
        const QString why = unrest();
        if (why.isEmpty())
            break;
        const auto next = time.nextTimer();
        if (!next || *next - begin > longestUnrest) {
            fail(u"does not come to rest: "_s + why);
            return;
        }
        time.advance(std::max<qint64>(0, *next - time.now()));
    }
    for (const auto &client : clients) {
        for (const auto &handle : client->handles) {
            if (const QString wrong = truth.differenceOf(*handle); !wrong.isEmpty())
                fail(u"client %1: "_s.arg(client->number) + wrong);
            compareSignals(*handle, client->isCalm);
        }
    }
    if (failure().isEmpty())
        compareLedger();
}

void World::compareLedger()
{
    if (const QString wrong = ledger.wrongCounter(truth); !wrong.isEmpty())
        fail(wrong);
    std::vector<Ledger::Change> changes;
    for (const auto &[objectSid, event, removesObject] : service.changes) {
        if (removesObject)
            continue;
        const QJsonObject json = QJsonDocument::fromJson(event.json).object();
        const auto data = event.type.endsWith("_removed")
                ? QByteArray()
                : QJsonDocument(json[u"item_data"_s].toObject()).toJson(QJsonDocument::Compact);
        changes.push_back({ objectSid, keyOf(json), data, event.type == "list_item_added" });
    }
    if (const QString wrong = ledger.wrongChange(changes); !wrong.isEmpty())
        fail(wrong);
}

void World::fetchEverything()
{
    const auto all = handles();
    for (Handle *const handle : all)
        handle->model().setLoadAll(true);
    comeToRest();
}

// Each event at most once. If nothing disturbs the handle: each since it went live exactly once, and the
// newest of each item since it was ready, as a page that overtook the replay may have brought later ones.
void World::compareSignals(const Handle &handle, bool isCalm)
{
    QHash<QString, int> removals;
    QHash<QString, int> removalsSince;
    QHash<QString, QString> newest; // revisions; empty for a removal
    QStringList missing;
    const QByteArray sid = handle.model().sid().toUtf8();
    for (const auto &[objectSid, event, removesObject] : service.changes) {
        if (objectSid != sid || removesObject)
            continue;
        const QJsonObject json = QJsonDocument::fromJson(event.json).object();
        const QString key = keyOf(json);
        const bool isRemoval = event.type.endsWith("_removed");
        const QString revision = isRemoval ? QString() : json[u"item_revision"_s].toString();
        const bool isSince = handle.liveSince && event.id > *handle.liveSince;
        if (handle.liveSince && event.id > *handle.readySince) // an object that ends before is never replayed
            newest[key] = revision;
        if (isRemoval) {
            ++removals[key];
            removalsSince[key] += isSince ? 1 : 0;
        } else if (isSince && !handle.told().contains(revision)) {
            missing.append(revision);
        }
    }
    for (auto it = handle.told().cbegin(); it != handle.told().cend(); ++it) {
        if (it.value() > 1)
            fail(u"revision %1 was told %2 times"_s.arg(it.key()).arg(it.value()));
    }
    for (auto it = handle.toldRemovals().cbegin(); it != handle.toldRemovals().cend(); ++it) {
        if (it.value() > removals.value(it.key()))
            fail(u"%1 was removed %2 times, told %3 times"_s.arg(it.key())
                         .arg(removals.value(it.key()))
                         .arg(it.value()));
    }
    for (auto it = removalsSince.cbegin(); it != removalsSince.cend(); ++it) {
        if (handle.toldRemovals().value(it.key()) < it.value())
            missing.append(u"removal of "_s + it.key());
    }
    for (auto it = newest.cbegin(); it != newest.cend(); ++it) {
        if (it->isEmpty() ? handle.toldRemovals().value(it.key()) == 0 : !handle.told().contains(*it))
            missing.append(u"newest of "_s + it.key());
    }
    if (isCalm && !missing.isEmpty())
        fail(u"changes that were never told: "_s + missing.join(u' '));
}
