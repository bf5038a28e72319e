#pragma once

#include "shared/clientfixture.h"
#include "TwilioSync/api/synclist.h"

//! Has the service change the context of \a list, for which this library has no call; true if it has.
inline bool setListContext(const Twilio::SyncList &list, const QByteArray &json)
{
    Twilio::ClientSession &session = *Twilio::ClientPrivate::of(list.client())->session;
    const Twilio::EntityPtr entity = session.cache().find(list.sid().toUtf8());
    if (!entity)
        return false;
    auto [future, done] = Twilio::makeCall<Twilio::RestReply>();
    session.requests().send({ QByteArrayLiteral("POST"),
                              QUrl::fromEncoded(entity->root().contextUrl),
                              {},
                              R"({"data":)" + json + '}' },
                            Twilio::Requester::Repeat::Never, done);
    return errorOfCall(future).isNull();
}
