#pragma once

#include "TwilioSync/protocol/pagereader.h"
#include "TwilioSync/session/readingqueue.h"

#include <utility>

namespace Twilio {

//! A large page.
class PageReading final : public Reading
{
public:
    PageReading(const QByteArray &body, const Protocol::ReadLimits &limits,
                Callback<Protocol::PageResource> done)
        : m_reader(body, limits)
        , m_done(std::move(done))
    { }

    bool step() override
    {
        if (!m_done)
            return false; // it runs an event loop
        const auto read = m_reader.next();
        const auto *error = errorOf(read);
        if (!error && std::get<Protocol::PageReader::Step>(read) == Protocol::PageReader::Step::More)
            return true;
        const auto done = std::exchange(m_done, nullptr);
        if (error)
            done(*error);
        else
            done(m_reader.take());
        return false;
    }

private:
    Protocol::PageReader m_reader;
    Callback<Protocol::PageResource> m_done;
};

} // namespace Twilio
