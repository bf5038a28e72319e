#pragma once

#include "server/data/object.h"

#include <optional>
#include <set>
#include <tuple>

namespace Twilio::Server {

//! When an object, or one item of it, expires.
struct Deadline
{
    qint64 at = never;
    SyncObject *object = nullptr;
    std::optional<ItemId> item;

    friend bool operator<(const Deadline &a, const Deadline &b)
    {
        return std::tie(a.at, a.object->serial, a.item) < std::tie(b.at, b.object->serial, b.item);
    }
};

//! All deadlines in the order they fall due; equal ones in the order the objects were made.
using Deadlines = std::set<Deadline>;

} // namespace Twilio::Server
