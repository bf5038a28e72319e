#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/arraysplitter.h"

#include <QtCore/qbytearray.h>

#include <utility>

namespace Twilio::Protocol {

/*!
    \brief Reads an object with one long array in steps, each of which is short.

    Those of usual size are parsed at once: parsePageResource() and the like.
*/
class LargeReader
{
    Q_DISABLE_COPY_MOVE(LargeReader)

public:
    enum class Step : quint8 { More, Done };

    //! From this size on it is worth it.
    static constexpr qsizetype large = 1024 * 1024;

    virtual ~LargeReader() = default;

    //! The error says what is wrong with the text; it is the last step.
    [[nodiscard]] SyncResult<Step> next();

protected:
    //! \a array is the name of the member that is long.
    LargeReader(QByteArray text, QByteArrayView array)
        : m_text(std::move(text))
        , m_splitter(m_text, array) { }

    //! All has been looked at, and is in \a parts; null if it is no object.
    [[nodiscard]] virtual SyncError begin(const ArraySplitter *parts) = 0;
    //! One element of the array after the other.
    [[nodiscard]] virtual SyncError read(QByteArrayView element) = 0;

private:
    [[nodiscard]] SyncError split();

    const QByteArray m_text;
    ArraySplitter m_splitter;
    bool m_isSplit = false;
    //! The first element that has not been read.
    std::size_t m_next = 0;
};

} // namespace Twilio::Protocol
