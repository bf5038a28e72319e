#include "TwilioSync/api/syncobject.h"

#include "TwilioSync/api/synchandle_p.h"

namespace Twilio {

SyncObject::SyncObject(std::unique_ptr<HandlePrivate> priv, QObject *parent)
    : QObject(parent)
    , SyncHandle(std::move(priv))
{
    d->object = this;
}

SyncObject::~SyncObject() { d->destroy(); }

void SyncObject::close() { closeHandle(); }

void SyncObject::reopen() { reopenHandle(); }

} // namespace Twilio
