#pragma once

#include "server/dialects/v1/call.h"
#include "server/operations/operations.h"

namespace Twilio::Server::V1 {

//! What a backend does to the items of lists and maps.
class ItemCalls
{
public:
    //! \a operations outlives it.
    explicit ItemCalls(Operations &operations) : m_operations(operations) { }

    [[nodiscard]] HttpResponse list(const Call &call);
    [[nodiscard]] HttpResponse create(const Call &call);
    [[nodiscard]] HttpResponse fetch(const Call &call);
    [[nodiscard]] HttpResponse update(const Call &call);
    [[nodiscard]] HttpResponse remove(const Call &call);

private:
    template <typename Write>
    HttpResponse write(const Call &call, int status, Write write);

    Operations &m_operations;
};

} // namespace Twilio::Server::V1
