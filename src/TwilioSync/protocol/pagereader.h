#pragma once

#include "TwilioSync/protocol/arraysplitter.h"
#include "TwilioSync/protocol/restresources.h"

#include <QtCore/qbytearray.h>

namespace Twilio::Protocol {

//! Reads a large page in steps, each of which is short; see parsePageResource() for those of usual size.
class PageReader
{
public:
    enum class Step : quint8 { More, Done };

    //! From this size on it is worth it.
    static constexpr qsizetype large = 1024 * 1024;

    PageReader(const QByteArray &body, const ReadLimits &limits)
        : m_body(body)
        , m_limits(limits)
        , m_splitter(m_body, "items")
    { }

    //! The error says why it is no page; it is the last step.
    [[nodiscard]] SyncResult<Step> next();
    //! Once it is done.
    [[nodiscard]] PageResource take() { return std::move(m_page); }

private:
    [[nodiscard]] SyncError split();

    const QByteArray m_body;
    const ReadLimits m_limits;
    ArraySplitter m_splitter;
    bool m_isSplit = false;
    //! The first item that has not been read.
    std::size_t m_next = 0;
    PageResource m_page;
};

} // namespace Twilio::Protocol
