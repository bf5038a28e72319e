#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qbytearrayview.h>
#include <QtCore/qurl.h>

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

    struct Parts
    {
        QByteArrayView hostAndPort;
        //! "/" at least.
        QByteArrayView path;
        //! Behind the question mark.
        QByteArrayView query;
    };
    //! Without scheme, credentials and fragment.
    [[nodiscard]] Parts parts() const;

    //! False without a scheme and a host.
    [[nodiscard]] bool isValid() const { return !host().isEmpty(); }
    [[nodiscard]] const QByteArray &text() const { return m_text; }
    //! Without port and credentials; an IPv6 address with its brackets.
    [[nodiscard]] QByteArrayView host() const;
    [[nodiscard]] QByteArrayView hostAndPort() const { return parts().hostAndPort; }
    [[nodiscard]] QByteArrayView path() const { return parts().path; }
    //! The first \a parts of the path; for logs, as what follows may be a name.
    [[nodiscard]] QByteArrayView pathUpTo(int parts) const;
    [[nodiscard]] QByteArrayView query() const { return parts().query; }

private:
    QByteArray m_text;
};

} // namespace Twilio
