#pragma once

#include "server/http/httpmessage.h"

#include <memory>

namespace Twilio::Server {

/*!
    \brief One request out of the bytes of a connection, in whatever pieces they come.

    The syntax of messages and their framing (lengths, chunks) is the business of Boost.Beast's parser; what
    makes a request of it that may be answered is checked here.
*/
class HttpParser
{
public:
    HttpParser();
    ~HttpParser();

    enum class Progress : quint8 {
        NeedsMore,
        //! The client waits for a 100 before it sends its body; said once.
        ExpectsContinue,
        Complete,
        Failed, //!< nothing more can be read from the connection
    };
    //! Takes from the front of \a bytes what belongs to this request.
    [[nodiscard]] Progress feed(QByteArray &bytes);

    //! After Complete.
    [[nodiscard]] HttpRequest takeRequest();
    //! What to answer after Failed.
    [[nodiscard]] const HttpResponse &refusal() const { return m_refusal; }

private:
    struct Private;

    Progress fail(int status, QByteArrayView message);
    Progress takeHead();

    std::unique_ptr<Private> d;
    HttpRequest m_request;
    HttpResponse m_refusal;
};

} // namespace Twilio::Server
