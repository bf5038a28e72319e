#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qlist.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qstring.h>

#include <utility>

// What the network half and the data half of the server say to each other.
namespace Twilio::Server {

//! The four kinds of root objects. The numbers are stored in files.
enum class ObjectKind : quint8 { Document = 0, List = 1, Map = 2, Stream = 3 };

//! Who calls: taken from the session's token.
struct Caller
{
    QString identity;
    //! IS…, the tenant. A caller never sees another one's objects.
    QString serviceSid;
    QString accountSid;
    //! True for calls of a backend, which are no client's.
    bool viaRest = false;
    //! What the client calls the server, for URLs; empty for its usual name.
    QByteArray host = {};
    //! EP…, which connection of a client it is, over reconnects; backends have none.
    QByteArray endpoint = {};
};

using NameValueList = QList<std::pair<QByteArray, QByteArray>>;

//! One tunnelled call (protocol.md, section 6.1).
struct RestRequest
{
    QByteArray method;
    //! Still percent-encoded, begins with a slash.
    QByteArray path;
    //! Names and values percent-decoded, in the order of the frame; of equal names the first counts.
    NameValueList params;
    //! Names in lower case.
    NameValueList headers;
    //! With its port if it has one; only used to build the URLs in replies.
    QByteArray host;
    QByteArray body;
};

//! What a call is answered with (protocol.md, section 6.2).
struct RestReply
{
    int status = 200;
    //! One JSON object on one line, or empty.
    QByteArray body = {};
    NameValueList headers = {};
};

//! Names one object of any service.
struct ObjectRef
{
    QByteArray sid;
    ObjectKind kind = ObjectKind::Document;

    friend bool operator==(const ObjectRef &a, const ObjectRef &b) = default;
};

} // namespace Twilio::Server

Q_DECLARE_METATYPE(Twilio::Server::ObjectRef)
