#pragma once

#include <QtCore/qglobal.h>

namespace Twilio::Server {

//! What somebody may do to a document, list or map.
enum class Right : quint8 {
    Read, //!< see it and its items, and subscribe
    Write, //!< change its data and its items
    Manage, //!< remove it, or say when it expires
};

//! The rights of one identity to one object.
struct Permission
{
    bool read = false;
    bool write = false;
    bool manage = false;

    [[nodiscard]] bool has(Right right) const
    {
        switch (right) {
        case Right::Read:
            return read;
        case Right::Write:
            return write;
        case Right::Manage:
            return manage;
        }
        Q_UNREACHABLE();
    }
    friend bool operator==(const Permission &, const Permission &) = default;
};

} // namespace Twilio::Server
