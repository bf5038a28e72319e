#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/readlimits.h"
#include "TwilioSync/protocol/restmessage.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstringview.h>

#include <optional>
#include <vector>

/*!
    The service's resources as its replies describe them (protocol.md, section 7).
*/
namespace Twilio::Protocol {

//! A document, list, map or stream (7.4). Times in milliseconds since 1970 UTC.
struct RootResource
{
    QByteArray sid;
    //! Null if the object has none.
    QByteArray uniqueName;
    QByteArray url;
    //! \c links.items, or a stream's \c links.messages.
    QByteArray itemsUrl;
    //! \c links.context; lists only.
    QByteArray contextUrl;
    QByteArray revision;
    std::optional<qint64> lastEventId;
    std::optional<qint64> created;
    std::optional<qint64> updated;
    //! False if \c date_expires is absent.
    bool hasExpires = false;
    std::optional<qint64> expires;
    //! A document's contents as raw JSON; empty in replies to writes.
    QByteArray data;
};

//! An item of a list or map (7.5). Its texts may be views into what was parsed; only the key is its own.
struct ItemResource
{
    std::optional<qint64> index;
    //! UTF-8; none in lists.
    std::optional<QByteArray> key;
    QByteArray revision;
    qint64 lastEventId = -1;
    std::optional<qint64> created;
    std::optional<qint64> updated;
    bool hasExpires = false;
    std::optional<qint64> expires;
    //! Contents as raw JSON; empty in replies to writes.
    QByteArray data;
};

//! The context of a list (7.2, no. 13).
struct ContextResource
{
    //! Raw JSON.
    QByteArray data;
    //! The event that made it; -1 before the first.
    qint64 lastEventId = -1;
};

//! Consecutive items in the order asked for (7.7).
struct PageResource
{
    std::vector<ItemResource> items;
    bool hasNext = false;
    bool hasPrevious = false;
};

//! For a page that is read in steps, with its number of items, each of them and its \c meta. Not null if one
//! is not what it should be.
[[nodiscard]] SyncError pageSizeProblem(std::size_t items, const ReadLimits &limits);
[[nodiscard]] SyncError addPageItem(PageResource &page, QByteArrayView item, const ReadLimits &limits);
[[nodiscard]] SyncError endPage(PageResource &page, QByteArrayView meta);
//! What is said of a reply that is no page.
[[nodiscard]] SyncError unexpectedPage();

//! What a reply to /v4/Subscriptions says (9.1); none = not said.
struct SubscriptionTerms
{
    std::optional<qint64> estimatedDeliveryMs;
    std::optional<qint64> maxBatchSize;
    std::optional<qint64> ttlSeconds;
};

[[nodiscard]] SyncResult<RootResource> parseRootResource(QByteArrayView body, const ReadLimits &limits = {});
[[nodiscard]] SyncResult<ItemResource> parseItemResource(QByteArrayView body, const ReadLimits &limits = {});
[[nodiscard]] SyncResult<PageResource> parsePageResource(QByteArrayView body, const ReadLimits &limits = {});
[[nodiscard]] SyncResult<ContextResource> parseContextResource(QByteArrayView body,
                                                               const ReadLimits &limits = {});
[[nodiscard]] SyncResult<SubscriptionTerms> parseSubscriptionTerms(QByteArrayView body);
//! The \c sid of a published stream message.
[[nodiscard]] SyncResult<QByteArray> parseMessageSid(QByteArrayView body);

//! The error that \a reply, whose status is not 2xx, reports (6.2).
[[nodiscard]] SyncError errorOfReply(const RestReply &reply);

//! True for a text of the form of a SID (7.1); anything else is a unique name.
[[nodiscard]] bool looksLikeSid(QStringView text);

} // namespace Twilio::Protocol
