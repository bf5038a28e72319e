#pragma once

#include "server/operations/insights.h"

namespace Twilio::Server::V3 {

/*!
    \brief The paths and bodies of protocol.md 7.2 over Operations.
*/
class Calls
{
public:
    //! \a operations outlives it.
    explicit Calls(Operations &operations) : m_operations(operations), m_insights(operations) { }

    //! Answers every path but /v4/Subscriptions. Never fails otherwise than with an error reply.
    [[nodiscard]] RestReply handle(const RestRequest &request, const Caller &caller);

private:
    struct Call
    {
        const RestRequest &request;
        Caller by;
        QByteArray method;
        ObjectKind kind = ObjectKind::Document;
        //! SID or unique name of the object.
        QString id = {};

        [[nodiscard]] Operations::IfMatch ifMatch() const;
    };

    RestReply create(const Call &call);
    RestReply root(const Call &call);
    RestReply updateRoot(const Call &call);
    RestReply removeRoot(const Call &call);
    RestReply items(const Call &call);
    RestReply addItem(const Call &call);
    RestReply item(const Call &call, const QString &item);
    RestReply putItem(const Call &call, const QString &item);
    RestReply updateItem(const Call &call, const QString &item);
    RestReply context(const Call &call);
    RestReply messages(const Call &call);
    RestReply query(const Call &call, const QString &index);

    Operations &m_operations;
    Insights m_insights;
};

} // namespace Twilio::Server::V3
