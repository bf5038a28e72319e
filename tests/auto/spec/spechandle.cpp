#include "spechandle.h"

#include "specservice.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/api/syncstream.h"

#include <QtCore/qjsondocument.h>

#include <stdexcept>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

SyncValue valueOf(const QJsonValue &value) { return SyncValue::fromJson(specText(value)); }

QString textOf(const QVariantMap &value)
{
    return QString::fromUtf8(specText(QJsonObject::fromVariantMap(value)));
}

QString pendingText(Sync::Pending pending)
{
    switch (pending) {
    case Sync::Pending::NotPending:
        return {};
    case Sync::Pending::Unsaved:
        return u" unsaved"_s;
    case Sync::Pending::Waiting:
        return u" waiting"_s;
    case Sync::Pending::Rejected:
        return u" rejected"_s;
    }
    return {};
}

QString by(bool isLocal) { return isLocal ? u" local"_s : QString(); }

//! The function that mutate() is given by the name of \a operation; none if there is none.
std::optional<Mutator> mutatorOf(const QString &operation)
{
    if (operation == "count"_L1)
        return [](const SyncValue &now) -> std::optional<SyncValue> {
            QVariantMap value = now.toVariantMap();
            value[u"n"_s] = value.value(u"n"_s).toInt() + 1;
            return SyncValue(value);
        };
    if (operation == "leave"_L1)
        return [](const SyncValue &) -> std::optional<SyncValue> { return std::nullopt; };
    if (operation == "throw"_L1)
        return [](const SyncValue &) -> std::optional<SyncValue> { throw std::runtime_error("thrown"); };
    return std::nullopt;
}

QFuture<void> removed(QObject *object)
{
    if (auto *const list = qobject_cast<SyncList *>(object))
        return list->removeList();
    if (auto *const map = qobject_cast<SyncMap *>(object))
        return map->removeMap();
    if (auto *const stream = qobject_cast<SyncStream *>(object))
        return stream->removeStream();
    return qobject_cast<SyncDocument *>(object)->removeDocument();
}

} // namespace

SpecHandle::SpecHandle(const QString &kind, const QJsonObject &options, SyncClient *client)
{
    const auto make = [this]<typename Object>(std::unique_ptr<Object> object) {
        m_handle = object.get();
        m_object = std::move(object);
    };
    if (kind == "map"_L1)
        make(std::make_unique<SyncMap>());
    else if (kind == "document"_L1)
        make(std::make_unique<SyncDocument>());
    else if (kind == "stream"_L1)
        make(std::make_unique<SyncStream>());
    else
        make(std::make_unique<SyncList>());
    if (auto *const rows = collection()) {
        new ModelCheck(rows);
        rows->setMaximumCount(options.value("maximumCount"_L1).toInt());
        rows->setOrder(options.value("descending"_L1).toBool() ? Qt::DescendingOrder : Qt::AscendingOrder);
        m_log = std::make_unique<ModelLog>(rows);
    }
    follow();
    m_handle->setOptimistic(options.value("optimistic"_L1).toBool(true));
    m_handle->setOrderedWrites(options.value("ordered"_L1).toBool());
    m_handle->setMode(SyncClient::OpenMode::OpenExisting);
    m_handle->setUniqueName(u"things"_s);
    m_handle->setClient(client);
}

SpecHandle::~SpecHandle() = default;

SyncCollection *SpecHandle::collection() const { return qobject_cast<SyncCollection *>(m_object.get()); }

template <typename Collection>
void SpecHandle::followItems(Collection *collection)
{
    const auto keyOf = [](const auto &item) {
        if constexpr (std::is_same_v<Collection, SyncList>)
            return QString::number(item.index());
        else
            return item.key();
    };
    using Item = std::conditional_t<std::is_same_v<Collection, SyncList>, SyncListItem, SyncMapItem>;
    using Key = std::conditional_t<std::is_same_v<Collection, SyncList>, qint64, QString>;
    QObject::connect(collection, &Collection::itemAdded, collection,
                     [this, keyOf](const Item &item, bool local) {
                         m_events << u"added "_s + keyOf(item) + by(local);
                     });
    QObject::connect(collection, &Collection::itemUpdated, collection,
                     [this, keyOf](const Item &item, bool local) {
                         m_events << u"updated "_s + keyOf(item) + by(local);
                     });
    QObject::connect(collection, &Collection::itemRemoved, collection, [this](const Key &key, bool local) {
        m_events << u"removed "_s + QVariant(key).toString() + by(local);
    });
    QObject::connect(collection, &Collection::removed, collection,
                     [this](bool local) { m_events << u"gone"_s + by(local); });
    QObject::connect(collection, &Collection::writeBackFailed, collection,
                     [this](const Key &key, const QString &role, const SyncError &error) {
                         m_events << u"write back "_s + QVariant(key).toString() + u' ' + role + u": "_s
                                         + error.message();
                     });
}

void SpecHandle::follow()
{
    if (auto *const list = qobject_cast<SyncList *>(m_object.get())) {
        followItems(list);
    } else if (auto *const map = qobject_cast<SyncMap *>(m_object.get())) {
        followItems(map);
    } else if (auto *const document = qobject_cast<SyncDocument *>(m_object.get())) {
        QObject::connect(document, &SyncDocument::valueChanged, document, [this] { m_model << u"value"_s; });
        QObject::connect(document, &SyncDocument::updated, document,
                         [this](const QVariantMap &now, bool local, const QVariantMap &before) {
                             m_events << u"updated "_s + textOf(before) + u" to "_s + textOf(now) + by(local);
                         });
        QObject::connect(document, &SyncDocument::removed, document,
                         [this](bool local) { m_events << u"gone"_s + by(local); });
    } else if (auto *const stream = qobject_cast<SyncStream *>(m_object.get())) {
        QObject::connect(stream, &SyncStream::messagePublished, stream,
                         [this](const SyncStreamMessage &message, bool local) {
                             m_events << u"message "_s + message.sid() + u' ' + textOf(message.value())
                                             + by(local);
                         });
        QObject::connect(stream, &SyncStream::removed, stream,
                         [this](bool local) { m_events << u"gone"_s + by(local); });
    }
}

// [key, value, ttl], without the key for what has none.
template <typename Object, typename... Key>
bool SpecHandle::callValue(Object *object, const QString &operation, const QJsonArray &arguments,
                           SpecCalls &calls, const Key &...key)
{
    const QString what = (operation + ... + (u' ' + QVariant(key).toString()));
    constexpr qsizetype value = sizeof...(Key);
    const WriteOptions options { .ttl = arguments.size() > value + 1
                                         ? std::optional(arguments.at(value + 1).toInteger())
                                         : std::nullopt };
    if (operation == "set"_L1)
        calls.add(what, object->set(key..., valueOf(arguments.at(value)), options));
    else if (operation == "update"_L1)
        calls.add(what, object->update(key..., valueOf(arguments.at(value)), options));
    else if (operation == "erase"_L1)
        calls.add(what,
                  object->update(key...,
                                 SyncValue { { arguments.at(value).toString(), SyncValue::erased() } }));
    else if (const auto mutator = mutatorOf(operation))
        calls.add(what, object->mutate(key..., *mutator));
    else
        return false;
    return true;
}

bool SpecHandle::call(const QString &operation, const QJsonValue &argument, SpecCalls &calls)
{
    const QJsonArray arguments = argument.isArray() ? argument.toArray() : QJsonArray { argument };
    if (operation == "objectTtl"_L1) {
        calls.add(operation, m_handle->setTtl(argument.toInteger()));
        return true;
    }
    if (operation == "removeObject"_L1) {
        calls.add(operation, removed(m_object.get()));
        return true;
    }
    if (auto *const stream = qobject_cast<SyncStream *>(m_object.get())) {
        calls.add(operation, stream->publishMessage(valueOf(argument)));
        return operation == "publish"_L1;
    }
    if (auto *const document = qobject_cast<SyncDocument *>(m_object.get()))
        return callValue(document, operation, arguments, calls);
    const auto callItem = [&](auto *object, const auto &key) {
        const QString what = operation + u' ' + QVariant(key).toString();
        if (operation == "remove"_L1)
            calls.add(what, object->remove(key));
        else if (operation == "ttl"_L1)
            calls.add(what, object->setItemTtl(key, arguments.at(1).toInteger()));
        else
            return callValue(object, operation, arguments, calls, key);
        return true;
    };
    auto *const list = qobject_cast<SyncList *>(m_object.get());
    if (operation == "push"_L1 && list) {
        calls.add(operation, list->push(valueOf(arguments.at(0))));
        return true;
    }
    return list ? callItem(list, arguments.at(0).toInteger())
                : callItem(qobject_cast<SyncMap *>(m_object.get()), arguments.at(0).toString());
}

QStringList SpecHandle::rows() const
{
    if (auto *const document = qobject_cast<SyncDocument *>(m_object.get()))
        return { textOf(document->value()) + (document->hasPendingWrites() ? u" waiting"_s : QString()) };
    QStringList texts;
    const SyncCollection *const shown = collection();
    for (int row = 0; shown && row < shown->count(); ++row) {
        const QModelIndex index = shown->index(row);
        texts << index.data(ItemKeyRole).toString() + u' ' + textOf(index.data(ValueRole).toMap())
                        + pendingText(index.data(PendingRole).value<Sync::Pending>());
    }
    return texts;
}

QStringList SpecHandle::takeModel() { return m_log ? m_log->take() : std::exchange(m_model, {}); }

const QStringList &SpecHandle::model() const { return m_log ? m_log->lines() : m_model; }
