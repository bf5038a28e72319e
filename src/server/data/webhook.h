#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

namespace Twilio::Server {

//! Something that is still to be told to a backend.
struct Webhook
{
    //! In the order of what they tell.
    qint64 serial = 0;
    //! The same in each attempt to tell it, and no other one's.
    QByteArray id;
    //! The SID of an object or so: of equal ones the first goes first.
    QByteArray lane;
    QString url;
    //! The body: fields, percent-encoded.
    QByteArray form;

    friend bool operator==(const Webhook &, const Webhook &) = default;
};

} // namespace Twilio::Server
