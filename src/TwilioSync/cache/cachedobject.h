#pragma once

#include "TwilioSync/protocol/objectkind.h"
#include "TwilioSync/protocol/restresources.h"
#include "TwilioSync/store/coverage.h"
#include "TwilioSync/store/itemkey.h"
#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qnamespace.h>
#include <QtCore/qstring.h>

#include <functional>
#include <limits>
#include <optional>
#include <vector>

namespace Twilio {

//! Whose data a cache holds.
struct CacheOwner
{
    QString accountSid;
    QString serviceSid;
    QString identity;

    friend bool operator==(const CacheOwner &a, const CacheOwner &b) = default;
};

//! What a cache holds of one object, but for its items.
struct CachedRoot
{
    ObjectKind kind = ObjectKind::List;
    //! As the service described it last, with the cursor up to which everything is in here; a document's data
    //! is its contents.
    Protocol::RootResource resource = {};
    //! Of lists, raw JSON, and the event that made it.
    QByteArray context = {};
    qint64 contextEventId = -1;
    //! Of lists and maps.
    Coverage coverage = {};
    //! What the service calls its storage (protocol.md 4.3): events are those of this one.
    QByteArray storageId = {};
};

//! Which items of an object to read: some of those between two keys, as the bytes of keys go, from the end
//! on that is named.
struct CacheRead
{
    //! None = to the end.
    std::optional<ItemKey> above = {};
    std::optional<ItemKey> below = {};
    Qt::SortOrder order = Qt::AscendingOrder;
    //! As many, or fewer if there are no more.
    int most = std::numeric_limits<int>::max();
};

//! One object as it was kept.
struct CachedObject
{
    CachedRoot root;
    //! The first of them, in this order.
    std::vector<ItemPtr> items;
    Qt::SortOrder order = Qt::AscendingOrder;
    //! There are no others.
    bool isWhole = true;
};

//! What has become of one object since the transaction before.
struct CacheChange
{
    struct Item
    {
        ItemPtr item;
        bool isGone = false;
    };

    CachedRoot root;
    //! In the order in which they happened.
    std::vector<Item> items = {};
    //! It begins anew: what is kept under its SID, or its name, is out of date.
    bool isNew = false;
    //! The object is gone; nothing else counts.
    bool isGone = false;
};

//! A write that is to outlive the process.
struct CacheWrite
{
    //! Grows with each write, and is never used again.
    qint64 id = 0;
    //! The object it is to.
    CachedRoot object = {};
    //! What the writer makes of it; empty = it is not to be kept any more.
    QByteArray body = {};

    //! The object where nothing of it is kept, its items neither.
    [[nodiscard]] CachedRoot bareObject() const
    {
        CachedRoot bare = object;
        bare.coverage.clear();
        return bare;
    }
};

//! The writes to one object that were kept, in the order of their numbers.
struct KeptWrites
{
    //! None if the object is not known any more.
    std::optional<CachedObject> object = {};
    std::vector<QByteArray> bodies = {};
};

//! All of them, and the largest number there has been.
struct KeptOutbox
{
    std::vector<KeptWrites> objects = {};
    qint64 lastId = 0;
};

/*!
    \brief Makes values unreadable for others on their way to the disk, and readable again.

    Called in the cache's thread. \c open gives a null text for what was not sealed by \c seal.
*/
struct CacheCipher
{
    using Function = std::function<QByteArray(const QByteArray &)>;

    Function seal;
    Function open;

    //! As it is to be kept; empty if \a text is.
    [[nodiscard]] QByteArray sealed(const QByteArray &text) const;
    [[nodiscard]] QByteArray opened(const QByteArray &bytes) const { return open ? open(bytes) : bytes; }
    //! Empty, or JSON; none if \a bytes cannot be read.
    [[nodiscard]] std::optional<QByteArray> openedJson(const QByteArray &bytes) const;
};

} // namespace Twilio
