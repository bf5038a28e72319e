#pragma once

#include "server/operations/operations.h"
#include "server/queries/query.h"

#include <vector>

namespace Twilio::Server {

//! What a query has found, in the order of the keys.
struct QueryResult
{
    const SyncObject *map = nullptr;
    Query query;
    //! Names the query: the same for the same expression and map, whenever and by whomever it is made.
    QByteArray id = {};
    std::vector<std::map<ItemId, Item>::const_iterator> items = {};
};

/*!
    \brief Queries over the items of maps. An index is a map: its name is the map's unique name, or its SID.

    Who may read the map may query it (protocol.md, section 7.8).
*/
class Insights
{
public:
    //! \a operations outlives it.
    explicit Insights(Operations &operations) : m_operations(operations) { }

    //! Good until the next call. 400 / 54502 without such an index, 54507 and 54510 for what is no query,
    //! 413 / 54006 for more items than a frame should hold.
    [[nodiscard]] SyncResult<QueryResult> find(const Caller &by, const QString &index,
                                               const QString &expression);

private:
    Operations &m_operations;
};

} // namespace Twilio::Server
