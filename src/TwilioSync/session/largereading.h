#pragma once

#include "TwilioSync/protocol/largereader.h"
#include "TwilioSync/session/readingqueue.h"

#include <utility>

namespace Twilio {

/*!
    \brief A large answer, read by a \a Reader such as Protocol::PageReader. What it has read is told while
   the reader is there.
*/
template <typename Reader>
class LargeReading final : public Reading
{
public:
    template <typename... Arguments>
    explicit LargeReading(Callback<typename Reader::Result> done, const Arguments &...arguments)
        : m_reader(arguments...)
        , m_done(std::move(done))
    { }

    bool step() override
    {
        if (!m_done)
            return false; // it runs an event loop
        const auto read = m_reader.next();
        const auto *error = errorOf(read);
        if (!error && std::get<Protocol::LargeReader::Step>(read) == Protocol::LargeReader::Step::More)
            return true;
        const auto done = std::exchange(m_done, nullptr);
        if (error)
            done(*error);
        else
            done(m_reader.take());
        return false;
    }

private:
    Reader m_reader;
    Callback<typename Reader::Result> m_done;
};

} // namespace Twilio
