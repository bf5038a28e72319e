#include "TwilioSync/protocol/replyverdict.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace std::chrono_literals;
using Result = SyncResult<RestReply>;
using Milliseconds = std::chrono::milliseconds;

Q_DECLARE_METATYPE(Twilio::SyncResult<Twilio::RestReply>)

class tst_ReplyVerdict : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysWhatHasBecomeOfARequest_data();
    void saysWhatHasBecomeOfARequest();
    void readsRetryAfter_data();
    void readsRetryAfter();
};

void tst_ReplyVerdict::saysWhatHasBecomeOfARequest_data()
{
    QTest::addColumn<Result>("result");
    QTest::addColumn<ReplyVerdict>("expected");
    using enum ReplyVerdict;
    const std::pair<int, ReplyVerdict> replies[] = {
        { 200, Success },      { 201, Success },      { 204, Success }, { 299, Success },
        { 0, Refused },        { 199, Refused },      { 301, Refused }, { 400, Refused },
        { 404, Refused },      { 408, Refused },      { 409, Refused }, { 412, Refused },
        { 429, Throttled },    { 500, Refused },      { 501, Refused }, { 502, MaybeApplied },
        { 503, MaybeApplied }, { 504, MaybeApplied }, { 505, Refused }
    };
    for (const auto &[status, verdict] : replies)
        QTest::addRow("reply %d", status) << Result(RestReply { status, {}, {} }) << verdict;

    const auto error = [](const char *text, const SyncError &what, ReplyVerdict verdict) {
        QTest::newRow(text) << Result(what) << verdict;
    };
    const QString text = QStringLiteral("why");
    error("gateway 429", SyncError(text, 429), Throttled);
    error("gateway 429, named terminal", SyncError(text, 429, 0, true), Throttled);
    error("gateway 400", SyncError(text, 400), Refused);
    error("gateway 200 is no error's status", SyncError(text, 200), Refused);
    error("gateway 503", SyncError(text, 503), MaybeApplied);
    error("sent, connection lost", SyncError(text).withUnknownOutcome(), MaybeApplied);
    error("sent, no reply", SyncError(text, 0, 0, true).withUnknownOutcome(), MaybeApplied);
    error("not sent in time", SyncError(text), NotSent);
    error("not sent, token refused", SyncError(text, 401, 20104, true), Refused);
    error("not sent, never will be", SyncError(text, 0, 0, true), Refused);
}

void tst_ReplyVerdict::saysWhatHasBecomeOfARequest()
{
    QFETCH(Result, result);
    QFETCH(ReplyVerdict, expected);
    QCOMPARE(verdictOf(result), expected);
}

void tst_ReplyVerdict::readsRetryAfter_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<std::optional<Milliseconds>>("expected");
    const auto row = [](const char *header, std::optional<Milliseconds> expected) {
        QTest::newRow(*header ? header : "empty") << QByteArray(header) << expected;
    };
    row("0", 0ms);
    row("2", 2s);
    row(" 2 ", 2s);
    row("", std::nullopt);
    row("-1", std::nullopt);
    row("1.5", std::nullopt);
    row("Wed, 21 Oct 2015 07:28:00 GMT", std::nullopt);
    row("999999999999", 31'536'000s); // whoever waits sets its own limit; here it only must not overflow
    row("99999999999999999999999", std::nullopt);
}

void tst_ReplyVerdict::readsRetryAfter()
{
    QFETCH(QByteArray, header);
    QFETCH(std::optional<Milliseconds>, expected);
    QCOMPARE(retryAfterOf(RestReply { 429, {}, { { "retry-after", header } } }), expected);
    QCOMPARE(retryAfterOf(RestReply { 429, {}, {} }), std::nullopt);
    QCOMPARE(retryAfterOf(SyncError(QStringLiteral("no"), 429)), std::nullopt);
}

QTEST_GUILESS_MAIN(tst_ReplyVerdict)
#include "tst_replyverdict.moc"
