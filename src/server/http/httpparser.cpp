#include "server/http/httpparser.h"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

namespace Twilio::Server {
namespace {

namespace http = boost::beast::http;

// Bodies of requests are short: 16 KiB of data, or a page of them in a control request.
constexpr std::uint64_t maxBody = 1024 * 1024;

QByteArray toBytes(boost::beast::string_view text) { return QByteArray(text.data(), qsizetype(text.size())); }

} // namespace

struct HttpParser::Private
{
    http::request_parser<http::string_body> parser;
    bool headTaken = false;
};

HttpParser::HttpParser() : d(std::make_unique<Private>())
{
    d->parser.header_limit(maxHttpHead);
    d->parser.body_limit(maxBody);
}

HttpParser::~HttpParser() = default;

HttpParser::Progress HttpParser::fail(int status, QByteArrayView message)
{
    m_refusal = httpError(status, 20001, message);
    return Progress::Failed;
}

HttpParser::Progress HttpParser::feed(QByteArray &bytes)
{
    while (!bytes.isEmpty() && !d->parser.is_done()) {
        boost::system::error_code error;
        const std::size_t taken =
                d->parser.put(boost::asio::const_buffer(bytes.constData(), std::size_t(bytes.size())), error);
        bytes.remove(0, qsizetype(taken));
        if (error == http::error::need_more)
            break;
        if (error == http::error::header_limit)
            return fail(431, "The head of the request is longer than 16 KiB");
        if (error == http::error::body_limit)
            return fail(413, "The body of the request is longer than 1 MiB");
        if (error)
            return fail(400, QByteArray("Malformed HTTP request: " + QByteArray(error.message().c_str())));
        if (d->parser.is_header_done() && !d->headTaken) {
            const Progress progress = takeHead();
            if (progress == Progress::Failed
                || (progress == Progress::ExpectsContinue && bytes.isEmpty() && !d->parser.is_done()))
                return progress;
        }
    }
    return d->parser.is_done() ? Progress::Complete : Progress::NeedsMore;
}

HttpParser::Progress HttpParser::takeHead()
{
    d->headTaken = true;
    const auto &message = d->parser.get();
    m_request.method = toBytes(message.method_string());
    for (const auto &field : message) {
        m_request.headers.append({ toBytes(field.name_string()).toLower(), toBytes(field.value()) });
        if (m_request.headers.last().second.contains('\0'))
            return fail(400, "Malformed HTTP request: a header holds a zero byte");
    }
    m_request.keepAlive = d->parser.keep_alive();

    // What it means for the length of the body is not known.
    if (!m_request.header("transfer-encoding").isEmpty() && !d->parser.chunked())
        return fail(501, "The only transfer encoding known here is chunked");
    const auto hosts = std::count_if(m_request.headers.cbegin(), m_request.headers.cend(),
                                     [](const auto &field) { return field.first == "host"; });
    if (hosts > 1 || (hosts == 0 && message.version() >= 11))
        return fail(400, "Malformed HTTP request: expected one Host header");

    QByteArray target = toBytes(message.target());
    if (const qsizetype scheme = target.indexOf("://"); scheme > 0 && !target.startsWith('/')) {
        const qsizetype slash = target.indexOf('/', scheme + 3);
        target = slash < 0 ? QByteArray("/") : target.sliced(slash);
    }
    if (!target.startsWith('/') && !(target == "*" && m_request.method == "OPTIONS"))
        return fail(400, "Malformed HTTP request: the target is no path");
    const qsizetype question = target.indexOf('?');
    m_request.path = target.first(question < 0 ? target.size() : question);
    const auto query =
            parseFormFields(question < 0 ? QByteArrayView() : QByteArrayView(target).sliced(question + 1));
    if (!query || !percentDecoded(m_request.path))
        return fail(400, "Malformed HTTP request: a percent escape in the target");
    m_request.query = *query;

    const QByteArray expected = m_request.header("expect");
    if (expected.isEmpty())
        return Progress::NeedsMore;
    if (expected.compare("100-continue", Qt::CaseInsensitive) != 0)
        return fail(417, "The only expectation known here is 100-continue");
    return Progress::ExpectsContinue;
}

HttpRequest HttpParser::takeRequest()
{
    auto &body = d->parser.get().body();
    m_request.body = QByteArray(body.data(), qsizetype(body.size()));
    return std::move(m_request);
}

} // namespace Twilio::Server
