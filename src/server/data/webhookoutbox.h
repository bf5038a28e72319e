#pragma once

#include "server/data/webhook.h"
#include "server/serverglobal.h"

#include <functional>
#include <map>
#include <optional>
#include <vector>

namespace Twilio::Server {

class Storage;

/*!
    \brief What is still to be told to backends; kept with what it tells, by the same commit.

    Bounded: what does not fit is not taken.
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT WebhookOutbox
{
    Q_DISABLE_COPY_MOVE(WebhookOutbox)

public:
    //! \a touched is called when there is something to commit.
    explicit WebhookOutbox(std::function<void()> touched) : m_touched(std::move(touched)) { }
    ~WebhookOutbox() = default;

    struct Limits
    {
        qsizetype count = 10'000;
        qsizetype bytes = 64 * 1024 * 1024;
    };
    void setLimits(const Limits &limits) { m_limits = limits; }

    //! The serial of a new one; none if it is full.
    std::optional<qint64> keep(const QByteArray &lane, const QString &url, const QByteArray &form);
    //! It has been told, or never will be. Nothing happens if it is not there.
    void forget(qint64 serial);
    //! Null if it is not there.
    [[nodiscard]] const Webhook *find(qint64 serial) const;
    [[nodiscard]] const std::map<qint64, Webhook> &all() const { return m_webhooks; }

    //! Begins with what \a storage has kept, and writes through it from now on.
    void restore(std::vector<Webhook> webhooks, Storage *storage);
    //! Forgets all; the storage is told otherwise.
    void clear();

private:
    const std::function<void()> m_touched;
    Storage *m_storage = nullptr;
    std::map<qint64, Webhook> m_webhooks;
    Limits m_limits;
    qsizetype m_bytes = 0;
    qint64 m_nextSerial = 1;
};

} // namespace Twilio::Server
