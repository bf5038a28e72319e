#pragma once

#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qtemporarydir.h>

#include <functional>
#include <memory>
#include <optional>
#include <vector>

/*!
    \brief A client with one list or map on a service whose answers a scenario writes, and all that is seen of
   it.

    The service answers reads by itself, with the items that the scenario begins with; writes wait for an
   answer.
*/
class SpecWorld
{
    Q_DISABLE_COPY_MOVE(SpecWorld)

public:
    //! What a client keeps on the disk.
    enum class Disk { Nothing, Cache, Writes };

    SpecWorld(const QJsonObject &spec, Disk disk);

    //! Opens the object; false if it does not come to rest.
    bool open();
    //! Does what \a step says; false if it says nothing that is known.
    bool act(const QJsonObject &step);
    //! Waits until all has happened that \a step expects, or for long enough, and until nothing more is under
    //! way.
    void settle(const QJsonObject &step);

    //! What has happened since the last time that these were asked.
    [[nodiscard]] QStringList takeModelSignals();
    [[nodiscard]] QStringList takeEvents() { return std::exchange(m_events, {}); }
    [[nodiscard]] QStringList takeSent();
    [[nodiscard]] QStringList takeDone() { return std::exchange(m_done, {}); }
    [[nodiscard]] QStringList rows() const;

private:
    struct Call
    {
        QString name;
        //! None = it has not ended.
        std::function<std::optional<QString>()> outcome;
    };

    [[nodiscard]] bool isList() const { return m_isList; }
    void connectClient();
    void follow();
    template <typename T>
    void note(const QString &name, const QFuture<T> &future);
    void collect();
    bool write(const QString &operation, const QJsonValue &argument);
    void answer(const QJsonObject &how);
    void tell(const QString &kind, const QJsonArray &event);
    [[nodiscard]] QByteArray itemText(const QJsonArray &item) const;
    [[nodiscard]] QByteArray pageFor(const ScriptedServer::Call &call) const;
    [[nodiscard]] Twilio::CollectionStore &store() const;
    [[nodiscard]] bool isAtRest() const;

    const QJsonObject m_spec;
    const Disk m_disk;
    const bool m_isList;
    QTemporaryDir m_folder;
    ScriptedServer m_server;
    std::unique_ptr<Twilio::SyncClient> m_client;
    std::unique_ptr<Twilio::SyncCollection> m_object;
    std::unique_ptr<ModelLog> m_log;
    std::vector<Call> m_calls;
    QStringList m_events;
    QStringList m_done;
    QList<ScriptedServer::Call> m_held;
    QStringList m_sent;
    qsizetype m_seen = 0;
};
