#pragma once

#include "TwilioSync/api/calltracker_p.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/session/entity.h"

#include <QtCore/qstring.h>

#include <memory>
#include <optional>

namespace Twilio {

class HandlePrivate;
class WritePlace;

/*!
    \brief Where a call goes: to the object of a handle, or to one that a client is told the id of.

    For the time of making the call; what outlives it is in the call.
*/
class CallTarget
{
public:
    // Implicit: handles are what most calls are made on.
    CallTarget(HandlePrivate &handle) : m_handle(&handle) { }
    CallTarget(SyncClient *client, ObjectKind kind, const QString &id)
        : m_client(client)
        , m_kind(kind)
        , m_id(id)
    { }

    //! What is wrong with how the object is named.
    [[nodiscard]] std::optional<SyncError> wrongName() const;
    //! The error of a call made now; none if calls are taken.
    [[nodiscard]] std::optional<SyncError> refusal() const;
    //! True if \a key is what stands for the index of an item that has been pushed by this client.
    [[nodiscard]] bool knowsPlaceholder(const ItemKey &key) const;
    [[nodiscard]] CallTracker &calls() const;
    [[nodiscard]] SyncClient *client() const;
    //! For a write to an object that is to be found first; null for one that is known.
    [[nodiscard]] std::shared_ptr<WritePlace> placeOfWrite() const;
    //! The object of the handle; null if it is to be found first.
    [[nodiscard]] EntityPtr object() const;
    //! Calls \a call, perhaps from within, with the object, or with why there is none.
    void find(Callback<EntityPtr> call, const CancelToken &cancelled) const;

private:
    //! None = named by its id.
    HandlePrivate *m_handle = nullptr;
    SyncClient *m_client = nullptr;
    ObjectKind m_kind = ObjectKind::Document;
    QString m_id;
};

} // namespace Twilio
