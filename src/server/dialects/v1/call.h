#pragma once

#include "server/data/types.h"
#include "server/dialects/v1/bodies.h"
#include "server/dialects/v1/form.h"
#include "server/http/httpmessage.h"

namespace Twilio::Server::V1 {

//! One call of a backend that has shown its credentials. Names are empty where its path ends earlier.
struct Call
{
    const HttpRequest &request;
    View view;
    //! No client: what a backend does, the system does.
    Caller by;
    ObjectKind kind = ObjectKind::Document;
    //! SID, or \c default.
    QString service = {};
    //! SID or unique name.
    QString object = {};
    //! Index or key of an item, or the identity that has a permission.
    QString item = {};
    //! Of a POST.
    Form form = {};
};

} // namespace Twilio::Server::V1
