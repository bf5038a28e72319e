#include "ourclient.h"

#include <QtCore/qjsondocument.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

QString differenceOf(const Handle &handle, const QMap<QString, ServiceState::Item> &items)
{
    const Replica &replica = handle.replica();
    const QString name = handle.object().name();
    if (!replica.failure().isEmpty())
        return name + u": "_s + replica.failure();
    if (const QString difference = replica.difference(); !difference.isEmpty())
        return name + u": "_s + difference;
    QMap<QString, ServiceState::Item> shown;
    for (const Row &row : replica.rows())
        shown.insert(row[0].toString(), { row[2].toString(), QJsonObject::fromVariantMap(row[1].toMap()) });
    if (shown.size() != qsizetype(replica.rows().size()))
        return name + u": an item stands in two rows"_s;
    if (shown == items)
        return {};
    for (auto it = items.cbegin(); it != items.cend(); ++it) {
        if (shown.value(it.key()) != it.value())
            return u"%1: item %2 is revision %3 of the service, %4 of the model"_s.arg(
                    name, it.key(), it->revision, shown.value(it.key()).revision);
    }
    return u"%1: %2 rows, %3 items"_s.arg(name).arg(shown.size()).arg(items.size());
}

template <typename Object>
void openAs(Object &object, SyncClient *client, Target target)
{
    object.setMode(SyncClient::OpenMode::OpenExisting);
    object.setClient(client);
    object.setUniqueName(nameOf(target));
}

} // namespace

OurClient::OurClient(const QUrl &url, const SyncClient::TokenProvider &provider, const View &view,
                     bool isEager)
    : m_list(&m_client, { Kind::List }, view)
    , m_map(&m_client, { Kind::Map }, view)
{
    connect(&m_document, &SyncDocument::updated, this,
            [this](const QVariantMap &value) { ++m_toldUpdates[value.value(u"id"_s).toString()]; });
    connect(&m_stream, &SyncStream::messagePublished, this,
            [this](const SyncStreamMessage &message) { ++m_toldMessages[message.sid()]; });
    openAs(m_document, &m_client, Target::Document);
    openAs(m_stream, &m_client, Target::Stream);
    if (isEager) {
        using namespace std::chrono_literals;
        auto &channel = ClientPrivate::of(&m_client)->session->channel();
        auto options = channel.options();
        options.backoffInitial = 20ms;
        options.backoffCap = 500ms;
        channel.setOptions(options);
    }
    m_client.setUrl(url);
    m_client.setTokenProvider(provider);
}

QString OurClient::unrest() const
{
    using State = Sync::SubscriptionState;
    if (m_client.connectionState() != SyncClient::ConnectionState::Connected)
        return u"is "_s + m_client.connectionStateName() + u": "_s + m_client.error().message();
    if (m_client.pendingWrites() > 0)
        return u"has %1 pending writes"_s.arg(m_client.pendingWrites());
    for (const Handle *handle : { &m_list, &m_map }) {
        if (!handle->isLive() || !handle->model().isComplete())
            return u"%1 has status %2, subscription %3, is %4"_s.arg(handle->object().name())
                    .arg(int(handle->model().status()))
                    .arg(int(handle->model().subscriptionState()))
                    .arg(handle->model().isComplete() ? u"complete"_s : u"incomplete"_s);
    }
    const bool follows = m_document.subscriptionState() == State::Established
            && m_stream.subscriptionState() == State::Established;
    return follows ? QString() : u"does not follow its document and stream"_s;
}

QString OurClient::difference(const ServiceState &state) const
{
    if (const QString list = differenceOf(m_list, state.list); !list.isEmpty())
        return list;
    if (const QString map = differenceOf(m_map, state.map); !map.isEmpty())
        return map;
    const ServiceState::Item document { m_document.revision(),
                                        QJsonDocument::fromJson(m_document.json()).object() };
    return document == state.document ? QString()
                                      : u"document: revision %1 of the service, %2 here"_s.arg(
                                              state.document.revision, document.revision);
}

QStringList OurClient::toldTwice() const
{
    QStringList found;
    const auto look = [&found](const QString &what, const QHash<QString, int> &told) {
        for (auto it = told.cbegin(); it != told.cend(); ++it) {
            if (it.value() > 1)
                found.append(u"%1 %2: told %3 times"_s.arg(what, it.key()).arg(it.value()));
        }
    };
    look(u"list, revision"_s, m_list.told());
    look(u"list, removal of"_s, m_list.toldRemovals());
    look(u"map, revision"_s, m_map.told());
    look(u"map, removal of"_s, m_map.toldRemovals());
    look(u"document"_s, m_toldUpdates);
    look(u"stream"_s, m_toldMessages);
    return found;
}
