// The bytes of a connection: requests as they come in one piece and in many, what is read out of them, and
// the bytes themselves as a query or a form, as a path, and as the name of a host.
#include "check.h"
#include "server/http/hostpolicy.h"
#include "server/http/httpparser.h"

#include <algorithm>
#include <optional>
#include <vector>

using namespace Twilio::Server;

namespace {

using Progress = HttpParser::Progress;

struct Reading
{
    std::vector<HttpRequest> requests;
    Progress last = Progress::NeedsMore;
    int refusal = 0;
};

bool isSame(const HttpRequest &left, const HttpRequest &right)
{
    return left.method == right.method && left.path == right.path && left.query == right.query
            && left.headers == right.headers && left.body == right.body && left.keepAlive == right.keepAlive;
}

void checkRequest(const HttpRequest &request)
{
    check(request.path.startsWith('/') || request.path == "*");
    check(!request.method.isEmpty() && request.method.size() <= maxHttpHead);
    for (const auto &[name, value] : request.headers) {
        check(name == name.toLower() && !name.contains('\n') && !value.contains('\n'));
        check(request.header(name).isNull() == false);
    }
    (void)request.isUpgrade();
    (void)request.form();
}

//! Request by request, as a connection does that gets \a step bytes at a time.
Reading readIn(QByteArrayView bytes, qsizetype step)
{
    constexpr std::size_t mostRequests = 16;
    Reading reading;
    QByteArray unread;
    std::optional<HttpParser> parser(std::in_place);
    qsizetype at = 0;
    while (reading.requests.size() < mostRequests) {
        const qsizetype before = unread.size();
        reading.last = parser->feed(unread);
        check(unread.size() <= before);
        if (reading.last == Progress::Complete) {
            reading.requests.push_back(parser->takeRequest());
            parser.emplace();
        } else if (reading.last == Progress::Failed) {
            reading.refusal = parser->refusal().status;
            check(reading.refusal >= 400 && reading.refusal < 600);
            break;
        } else if (reading.last == Progress::NeedsMore) {
            if (at == bytes.size())
                break;
            const QByteArrayView next = bytes.sliced(at, std::min(step, bytes.size() - at));
            unread.append(next);
            at += next.size();
        }
    }
    return reading;
}

QByteArray formOf(const HttpFields &fields)
{
    QByteArray form;
    for (const auto &[name, value] : fields)
        form += (form.isEmpty() ? "" : "&") + name.toPercentEncoding() + '=' + value.toPercentEncoding();
    return form;
}

// Fields come back from a form as they went in.
void checkFields(QByteArrayView text)
{
    const auto fields = parseFormFields(text);
    if (!fields)
        return;
    const auto again = parseFormFields(formOf(*fields));
    check(again && *again == *fields);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    const QByteArrayView all(bytes, qsizetype(size));
    const Reading atOnce = readIn(all, std::max<qsizetype>(1, all.size()));
    for (const HttpRequest &request : atOnce.requests)
        checkRequest(request);
    const Reading slowly = readIn(all, 1 + (all.isEmpty() ? 0 : quint8(all.back()) % 16));
    // Of a head that has no end yet one may see earlier than the other that it will be none.
    if (slowly.last != Progress::NeedsMore && atOnce.last != Progress::NeedsMore)
        check(slowly.last == atOnce.last && slowly.refusal == atOnce.refusal);
    check(std::equal(slowly.requests.begin(), slowly.requests.end(), atOnce.requests.begin(),
                     atOnce.requests.end(), isSame));

    checkFields(all);
    const QByteArray text = all.toByteArray();
    check(pathSegments(text).size() == text.count('/') + 1);
    const QByteArray host = safeHost(text);
    check(host.isEmpty() || host == text);
    (void)isLoopbackName(hostName(text));
    check(Twilio::Protocol::isValidJson(httpError(400, 20001, text).body));
    return 0;
}
