#pragma once

#include "server/dialects/v1/call.h"

namespace Twilio::Server {
class Operations;
}

namespace Twilio::Server::V1 {

//! What a backend does to documents, lists, maps and streams.
class ObjectCalls
{
public:
    //! \a operations outlives it.
    explicit ObjectCalls(Operations &operations) : m_operations(operations) { }

    [[nodiscard]] HttpResponse list(const Call &call);
    [[nodiscard]] HttpResponse create(const Call &call);
    [[nodiscard]] HttpResponse fetch(const Call &call);
    [[nodiscard]] HttpResponse update(const Call &call);
    [[nodiscard]] HttpResponse remove(const Call &call);
    //! To a stream.
    [[nodiscard]] HttpResponse publish(const Call &call);

private:
    Operations &m_operations;
};

} // namespace Twilio::Server::V1
