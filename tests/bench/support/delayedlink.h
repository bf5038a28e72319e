#pragma once

#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>

#include <chrono>

namespace Bench {

/*!
    \brief A proxy before a server that holds back what passes, either way, for half of a round trip.

    Nothing waits for anything else: it is as a line that is long, not one that is narrow.
*/
class DelayedLink : public QTcpServer
{
public:
    //! To the server of \a url.
    DelayedLink(const QUrl &url, std::chrono::milliseconds roundTrip);

    //! What a client connects to.
    [[nodiscard]] QUrl url() const;

private:
    void accept();

    const QUrl m_url;
    const std::chrono::milliseconds m_roundTrip;
};

} // namespace Bench
