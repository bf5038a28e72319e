#pragma once

#include "TwilioSync/protocol/arraysplitter.h"
#include "TwilioSync/protocol/notification.h"

#include <QtCore/qbytearray.h>

#include <memory>
#include <optional>

namespace Twilio::Protocol {

/*!
    \brief Reads a notification in steps, each of which is short however large it is.

    One of usual size is a single part.
*/
class NotificationReader
{
public:
    enum class Step : quint8 {
        Part, //!< part() has events
        More, //!< nothing yet: to be called again
        Done
    };

    //! Larger ones are read in parts of about that size.
    static constexpr qsizetype partSize = 256 * 1024;

    //! Begins to read \a payload, a part of \a frame, which is kept.
    void begin(const QByteArray &frame, QByteArrayView payload, const ReadLimits &limits);
    //! The error says why the payload, or what is left of it, is no notification; it is the last step.
    [[nodiscard]] SyncResult<Step> next();
    //! Who has the latest notification(), as long as somebody needs it.
    [[nodiscard]] std::shared_ptr<const NotificationParser> part() const { return m_parser; }
    //! Of the payload.
    [[nodiscard]] qsizetype size() const { return m_payload.size(); }
    //! Nothing is needed any more: gives large buffers and the frame back.
    void end();

private:
    [[nodiscard]] SyncResult<Step> split();
    [[nodiscard]] SyncResult<Step> readPart();
    //! One whose views nobody needs.
    [[nodiscard]] NotificationParser &freeParser();

    std::shared_ptr<NotificationParser> m_parser = std::make_shared<NotificationParser>();
    QByteArray m_frame;
    QByteArrayView m_payload;
    ReadLimits m_limits;
    //! Of a large one.
    std::optional<ArraySplitter> m_splitter;
    bool m_isSplit = false;
    bool m_isEnded = false;
    //! The first element that has not been read.
    std::size_t m_next = 0;
};

} // namespace Twilio::Protocol
