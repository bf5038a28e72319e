#pragma once

#include "server/data/types.h"
#include "server/net/serverframes.h"
#include "server/net/serveroptions.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>

#include <optional>
#include <variant>

/*!
    The call /v4/Subscriptions (protocol.md 9.1). Pure functions.
*/
namespace Twilio::Server {

//! One entry of a subscription request.
struct SubscriptionEntry
{
    //! Empty if there was none, or no object at all.
    QByteArray objectSid;
    //! As the client wrote it, and what it means; none for kinds this server has not.
    QByteArray objectType;
    std::optional<ObjectKind> kind;
    //! Event id after which events are missed; none = from now on.
    std::optional<qint64> cursor;
    //! Of a live query.
    bool isQuery = false;
    QString indexName = {};
    QString expression = {};
};

struct SubscriptionCall
{
    enum class Action : quint8 { Establish, Cancel };

    Action action = Action::Establish;
    //! How the client wants its notifications.
    EventForm form = EventForm::List;
    //! JSON text, to be echoed as it came; empty if there was none.
    QByteArray correlationId;
    QList<SubscriptionEntry> entries;
};

//! True if \a request goes to the subscription endpoint.
[[nodiscard]] bool isSubscriptionCall(const RestRequest &request);
//! The call \a request makes, or the error to answer it with.
[[nodiscard]] std::variant<SubscriptionCall, RestReply> parseSubscriptionCall(const RestRequest &request,
                                                                              const ServerOptions &options);
//! The answer to a well-formed call; outcomes follow as notifications.
[[nodiscard]] RestReply subscriptionReply(const ServerOptions &options);

} // namespace Twilio::Server
