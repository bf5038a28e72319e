#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qurl.h>

#include <utility>

namespace Twilio {

/*!
    \brief An absolute URL, \c https://host[:port]/path?query, percent-encoded, and its parts as they are.

    The parts are views that last as long as it.
*/
class RestUrl
{
public:
    RestUrl() = default;
    RestUrl(const QUrl &url) : m_text(url.toEncoded()) { }
    //! What should be percent-encoded and is not will be.
    [[nodiscard]] static RestUrl fromEncoded(QByteArray text);

    //! False without a scheme and a host.
    [[nodiscard]] bool isValid() const { return !host().isEmpty(); }
    [[nodiscard]] const QByteArray &text() const { return m_text; }
    //! Without port and credentials; an IPv6 address with its brackets.
    [[nodiscard]] QByteArrayView host() const;
    [[nodiscard]] QByteArrayView hostAndPort() const;
    //! "/" at least.
    [[nodiscard]] QByteArrayView path() const;
    //! The first \a parts of the path; for logs, as what follows may be a name.
    [[nodiscard]] QByteArrayView pathUpTo(int parts) const;
    //! Behind the question mark.
    [[nodiscard]] QByteArrayView query() const;

private:
    //! Host, port and credentials; and what is behind them, without the fragment.
    [[nodiscard]] std::pair<QByteArrayView, QByteArrayView> split() const;

    QByteArray m_text;
};

} // namespace Twilio
