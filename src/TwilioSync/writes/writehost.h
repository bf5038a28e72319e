#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/restmessage.h"
#include "TwilioSync/store/itemrecord.h"
#include "TwilioSync/writes/write.h"

#include <functional>
#include <memory>
#include <optional>

namespace Twilio {

//! What the target of a write is now, as far as the service has said.
struct TargetState
{
    bool exists = false;
    //! Raw JSON of the value.
    QByteArray json;
    QByteArray revision;
    qint64 lastEventId = -1;
    //! Of items.
    ItemPtr item;
};

//! What a write that was done gives.
struct WriteOutcome
{
    //! Of items; null if there is none.
    ItemPtr item = {};
    //! Of documents, raw JSON.
    QByteArray json = {};
    //! Of messages.
    QByteArray messageSid = {};
    //! The event it made; -1 = not said.
    qint64 eventId = -1;
};

/*!
    \brief What an Outbox needs of the object whose writes it keeps: the way to the service and the store.
*/
class WriteHost
{
public:
    //! Where an object's events stand.
    enum class Following : quint8 {
        No, //!< nobody asks for them
        Soon, //!< what was missed is still to come
        Yes //!< everything up to now has come
    };

    //! For as long as the outbox is at work: whoever is told may let go of the object.
    [[nodiscard]] virtual std::shared_ptr<void> keepAlive() = 0;
    //! A number for the next write, larger than any before.
    [[nodiscard]] virtual qint64 nextWriteId() = 0;
    //! True if the service takes requests now.
    [[nodiscard]] virtual bool canSend() const = 0;
    [[nodiscard]] virtual Following following() const = 0;
    //! The newest event that has come, and the one up to which all have.
    [[nodiscard]] virtual qint64 newestEvent() const = 0;
    [[nodiscard]] virtual qint64 cursor() const = 0;

    //! Sends \a write as it stands, conditional if it has a base. Never calls \a done from within.
    virtual void transmit(const Write &write, Callback<RestReply> done) = 0;
    //! Takes over what the service says of \a write, \a before being its target until then; gives what the
    //! caller gets.
    [[nodiscard]] virtual SyncResult<WriteOutcome> confirm(const Write &write, const TargetState &before,
                                                           const RestReply &reply) = 0;
    //! \a write, a removal, has been done; the answer that said so is lost.
    virtual void confirmRemoval(const Write &write, const TargetState &before) = 0;
    //! The target of \a write without asking; none = not known well enough.
    [[nodiscard]] virtual std::optional<TargetState> known(const Write &write) const = 0;
    //! What the target of \a write is likely to be.
    [[nodiscard]] virtual std::optional<TargetState> expected(const Write &write) const
    {
        return known(write);
    }
    //! The target of \a write from the service. Never calls \a done from within.
    virtual void read(const Write &write, Callback<TargetState> done, const CancelToken &cancelled) = 0;
    //! Looks for the item that \a push has made among those that the service has; one that does not exist if
    //! there is none. Never calls \a done from within.
    virtual void search(const Write &push, Callback<TargetState> done, const CancelToken &cancelled) = 0;
    //! That the target is missing, or \a error, in this library's words.
    [[nodiscard]] virtual SyncError missing(const Write &write) const = 0;
    [[nodiscard]] virtual SyncError explained(const Write &write, const SyncError &error) const = 0;

    //! Keeps \a write as it stands over the end of the process, and calls \a kept once that is so, never from
    //! within. False if it is not kept: \a kept is not called then.
    [[nodiscard]] virtual bool keep(const Write &write, const std::function<void()> &kept)
    {
        Q_UNUSED(write)
        Q_UNUSED(kept)
        return false;
    }
    //! How long a write may wait before it is sent, milliseconds; 0 = for ever.
    [[nodiscard]] virtual qint64 maximumAge() const { return 0; }
    //! True if writes are kept: they outlive those who asked for them.
    [[nodiscard]] virtual bool keepsWrites() const { return false; }
    //! True if what functions make is wanted before it can be sent: it is shown, or kept.
    [[nodiscard]] virtual bool makesAhead() const { return keepsWrites(); }
    //! Asks the application what is to become of \a write, whose target is \a theirs by now; false if it does
    //! not want to be asked.
    [[nodiscard]] virtual bool asksAbout(const Write &write, const TargetState &theirs)
    {
        Q_UNUSED(write)
        Q_UNUSED(theirs)
        return false;
    }
    //! \a write will not be done: \a error says why. Not of those that were taken back, or superseded.
    virtual void failed(const Write &write, const SyncError &error)
    {
        Q_UNUSED(write)
        Q_UNUSED(error)
    }

    //! \a write has ended with \a error, of the service.
    virtual void refused(const Write &write, const SyncError &error) = 0;

    //! For lists of writes: \a write is there, has changed, or is about to go.
    virtual void writeAdded(const Write &write) = 0;
    virtual void writeChanged(const Write &write) = 0;
    virtual void writeEnded(const Write &write) = 0;

protected:
    ~WriteHost() = default;
};

} // namespace Twilio
