#pragma once

#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/store/itemkey.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearraylist.h>

#include <optional>

QT_FORWARD_DECLARE_CLASS(QDebug)

namespace Twilio {

//! What a write does to its target. Not on the wire; stored by number, so new ones go last.
enum class WriteOperation : quint8 {
    Push, //!< a new item of a list
    Set, //!< replaces the value; creates a map item
    Merge, //!< replaces top-level fields of the value
    Mutate, //!< replaces the value by what a function made of the one before
    Remove, //!< deletes an item
    SetTtl,
    Publish, //!< a message to a stream
    RemoveObject //!< deletes the object itself
};

//! Where a write is on its way.
enum class WriteState : quint8 {
    Waiting, //!< for its turn, the pace, or a connection
    Reading, //!< for the value that it builds on
    Sending, //!< for its answer
    Unanswered, //!< sent, and its answer got lost: it may have been applied
    Conflict //!< for the application: what it was made of is another value by now
};

/*!
    \brief One change that the application wants made, as plain data.

    What it means is in effectOn() alone; when it is sent, merged and settled is the Outbox's business.
*/
struct Write
{
    //! Grows with each write of a client.
    qint64 id = 0;
    WriteOperation operation = WriteOperation::Set;
    WriteState state = WriteState::Waiting;
    QByteArray objectSid;
    //! For people; empty if the object has none.
    QByteArray objectName;
    //! The item it is about, perhaps a placeholder; none = the object itself, or a new item.
    std::optional<ItemKey> item;
    //! Raw JSON: the value; of Merge the fields; of Mutate what the function made last.
    QByteArray value;
    //! Of Merge: names of the fields that it deletes, as JsonObjectView has them.
    QByteArrayList erased;
    //! What Merge and Mutate were laid over last, empty = there was nothing, and what is, or was, sent for
    //! it.
    QByteArray before;
    QByteArray sentValue;
    std::optional<qint64> ttl;
    //! Of a push: the field that no other item has the same in; empty = there is none.
    QByteArray once;
    //! The revision that it was sent on, for If-Match; empty = unconditional, "-1" = must not exist yet.
    QByteArray base;
    //! Sent at least once without an answer that says whether it was applied.
    bool maybeApplied = false;
    //! The object's newest event when it was sent, the first time of those that may have been applied; what
    //! it did comes after that.
    qint64 sentAfter = -1;
    int attempts = 0;
    //! When it was sent last, milliseconds since 1970 UTC; 0 = not yet.
    qint64 sent = 0;
    //! It took the place of waiting writes to the same target, one of which may have made the item.
    bool supersedes = false;
    //! It is not on the disk yet as it stands, and is not sent before; never if it is not to be kept there.
    bool isUnsaved = false;
    //! Who asked, 0 = nobody waits for it any more.
    quint64 owner = 0;
    //! Milliseconds since 1970 UTC.
    qint64 created = 0;
    //! Why it was not done when it was tried last.
    SyncError error;

    friend QDebug operator<<(QDebug debug, const Write &write);
};

//! The application's word for \a operation, e.g. "update".
[[nodiscard]] const char *nameOf(WriteOperation operation);
[[nodiscard]] const char *nameOf(WriteState state);

//! True if the value has to be known before it can be sent (protocol.md 10.3).
[[nodiscard]] bool buildsOnValue(const Write &write);
//! True if \a write is sent whatever is there, so that a repeat might hit what somebody else has made since:
//! a value, or an item under a key (an index never comes again).
[[nodiscard]] bool isBlind(const Write &write);
//! True if it may not be done twice and has no revision to tell by.
[[nodiscard]] bool isUnrepeatable(WriteOperation operation);

//! The text of the value after \a write, \a base being the one before (empty = none); none = there is no
//! value any more. What it is if the service accepts it as it stands.
[[nodiscard]] std::optional<QByteArray> effectOn(const Write &write, const QByteArray &base);
//! \a base with the members of \a fields in place of its own, and without those that \a erased names; every
//! other member keeps text and place. Fails if either is not one JSON object.
[[nodiscard]] SyncResult<QByteArray> mergedJson(const QByteArray &base, const QByteArray &fields,
                                                const QByteArrayList &erased = {});
//! The value of \a merge laid over \a base.
[[nodiscard]] SyncResult<QByteArray> mergedJson(const QByteArray &base, const Write &merge);
//! True if \a write, a push, names a field that its item is known by.
[[nodiscard]] bool isRecognisable(const Write &write);
//! True if \a json can only be the value of the item that \a push has made.
[[nodiscard]] bool isItemOf(const Write &push, const QByteArray &json);
//! Makes \a merge, a Merge, do what it does and then \a next, another; false if it cannot be read.
[[nodiscard]] bool appendMerge(Write &merge, const Write &next);

} // namespace Twilio
