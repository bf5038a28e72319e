#pragma once

#include "server/dialects/v1/call.h"

namespace Twilio::Server {
class Services;
}

namespace Twilio::Server::V1 {

//! What a backend does to service instances.
class ServiceCalls
{
public:
    //! \a services outlives it.
    explicit ServiceCalls(Services &services) : m_services(services) { }

    [[nodiscard]] HttpResponse list(const Call &call);
    [[nodiscard]] HttpResponse create(const Call &call);
    [[nodiscard]] HttpResponse fetch(const Call &call);
    [[nodiscard]] HttpResponse update(const Call &call);
    [[nodiscard]] HttpResponse remove(const Call &call);

private:
    Services &m_services;
};

} // namespace Twilio::Server::V1
