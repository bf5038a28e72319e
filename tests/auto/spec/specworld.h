#pragma once

#include "shared/memorycache.h"
#include "shared/memoryfolder.h"
#include "speccalls.h"
#include "specdisk.h"
#include "spechandle.h"
#include "specservice.h"
#include "TwilioSync/session/diskcache.h"

#include <QtCore/qtemporarydir.h>

#include <memory>
#include <optional>

namespace Twilio {
class CollectionStore;
}

/*!
    \brief A client with one or two handles to an object of a service whose answers a scenario writes, and all
   that is seen of it.
*/
class SpecWorld
{
    Q_DISABLE_COPY_MOVE(SpecWorld)

public:
    //! What a client keeps on the disk.
    enum class Disk { Nothing, Cache, Writes };

    //! Where it keeps that.
    enum class Place { Files, OwnCache };

    //! Not more of what was kept is read at once than \a pieces.
    SpecWorld(const QJsonObject &spec, Disk disk, Place place = Place::Files,
              const Twilio::DiskCache::Pieces &pieces = {});
    ~SpecWorld();

    //! Opens the object; false if it does not come to rest.
    bool open();
    //! Does what \a step says; false if it says nothing, or something that is not known.
    bool act(const QJsonObject &step);
    //! Waits until all has happened that \a step expects, or for long enough, and until nothing more is under
    //! way.
    void settle(const QJsonObject &step);

    //! What its clients use if it is the place.
    [[nodiscard]] const MemoryCache &ownCache() const { return m_cache; }
    [[nodiscard]] SpecHandle &handle() { return *m_handle; }
    //! Null if the scenario has one only.
    [[nodiscard]] SpecHandle *other() { return m_other.get(); }
    // What has happened since the last time that these were asked.
    [[nodiscard]] QStringList takeEvents();
    [[nodiscard]] QStringList takeSent() { return m_service.takeSent(); }
    [[nodiscard]] QStringList takeDone() { return std::exchange(m_done, {}); }
    [[nodiscard]] QStringList takeFailed() { return std::exchange(m_failed, {}); }
    // What is so now.
    //! "operation item state attempts" of each write.
    [[nodiscard]] QStringList outbox() const;
    //! "ready, online" and the like, of the handle and its client.
    [[nodiscard]] QString state() const;

private:
    void connectClient();
    void restart(bool isOffline);
    void collect();
    // Give how many words of the step they have acted on.
    int call(const QJsonObject &step, SpecHandle &handle);
    int actOfService(const QJsonObject &step);
    //! ["push", value], or ["set", key, value] and the like, of the client itself.
    bool callByName(const QJsonArray &call);
    int actOfClient(const QJsonObject &step);
    void happenAtOnce(const QJsonArray &news);
    [[nodiscard]] bool isExpectedNow(const QJsonObject &step);
    [[nodiscard]] bool isAtRest() const;
    void settleDisk() const;

    const QJsonObject m_spec;
    const Disk m_disk;
    const Place m_place;
    const Twilio::DiskCache::Pieces m_pieces;
    QString m_identity = QStringLiteral("alice");
    QTemporaryDir m_folder { memoryFolder(QStringLiteral("spec")) };
    MemoryCache m_cache;
    SpecDisk m_drive; // both outlive those who write to it
    SpecService m_service;
    std::unique_ptr<Twilio::SyncClient> m_client;
    std::unique_ptr<SpecHandle> m_handle;
    std::unique_ptr<SpecHandle> m_other;
    SpecCalls m_calls;
    QStringList m_told;
    QStringList m_done;
    QStringList m_failed;
};
