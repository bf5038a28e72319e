#pragma once

#include "shared/filelimit.h"
#include "shared/memorycache.h"
#include "TwilioSync/api/syncclient.h"

#include <QtCore/qstring.h>

#include <atomic>
#include <memory>
#include <mutex>
#include <optional>

/*!
    \brief The disk of a scenario, which can be made to fail, from the transaction on that is named.
*/
class SpecDisk
{
    Q_DISABLE_COPY_MOVE(SpecDisk)

public:
    //! What a transaction has that fails first.
    enum class Failing : int {
        Nothing,
        Anything,
        Write, //!< a write that is kept before it is sent
        Mark, //!< that a write is sent now
        Contents //!< what the service has said
    };

    SpecDisk() = default;

    //! It is \a cache, and no disk, that is to fail.
    void standFor(MemoryCache *cache) { m_cache = cache; }
    //! Has what \a client keeps go through here.
    void watch(Twilio::SyncClient &client);
    //! None if \a name is none.
    [[nodiscard]] static std::optional<Failing> failing(const QString &name);
    void fail(Failing what);

private:
    // Called in the thread of the cache.
    void look(const QByteArray &text);
    void breakDown();

    std::atomic<Failing> m_failing = Failing::Nothing;
    MemoryCache *m_cache = nullptr;
    std::mutex m_mutex;
    std::unique_ptr<FileLimit> m_limit;
};
