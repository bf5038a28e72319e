#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/calltarget_p.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/session/collectionentity.h"
#include "TwilioSync/session/writeplace.h"

namespace Twilio {

std::optional<SyncError> CallTarget::wrongName() const { return m_handle ? std::nullopt : checkId(m_id); }

std::optional<SyncError> CallTarget::refusal() const
{
    return m_handle ? m_handle->refusal() : ClientPrivate::of(m_client)->refusal();
}

bool CallTarget::knowsPlaceholder(const ItemKey &key) const
{
    const auto *const list = m_handle && m_handle->kind == ObjectKind::List
            ? static_cast<const CollectionEntity *>(m_handle->entity.get())
            : nullptr;
    return list && list->knowsPlaceholder(key);
}

CallTracker &CallTarget::calls() const
{
    return m_handle ? m_handle->calls : ClientPrivate::of(m_client)->calls;
}

SyncClient *CallTarget::client() const { return m_handle ? m_handle->client.data() : m_client; }

std::shared_ptr<WritePlace> CallTarget::placeOfWrite() const
{
    return m_handle ? nullptr : std::make_shared<WritePlace>(ClientPrivate::of(m_client)->session.get());
}

EntityPtr CallTarget::object() const { return m_handle ? m_handle->entity : nullptr; }

void CallTarget::find(Callback<EntityPtr> call, const CancelToken &cancelled) const
{
    ClientPrivate::of(m_client)->session->lookups().find(m_kind, m_id, std::move(call), cancelled);
}

} // namespace Twilio
