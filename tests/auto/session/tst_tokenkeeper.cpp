#include "TwilioSync/core/settle.h"
#include "TwilioSync/session/tokenkeeper.h"
#include "virtualtime.h"

#include <QtTest/qtest.h>

#include <stdexcept>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

// The application's provider may do anything; it is asked at a bounded rate, and what goes wrong is told.
class tst_TokenKeeper : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup() { m_keeper.reset(); }
    void givesTheAnswer();
    void asksOnceAtATime();
    void failuresAreToldAndAskedAgain_data();
    void failuresAreToldAndAskedAgain();
    void silenceEndsAtTheTimeLimit();
    void lateAnswerIsIgnored();
    void cancelledQuestionIsForgotten();
    void otherProviderIsAskedAtOnce();
    void providerMayReplaceItself();
    void providerMayDestroyTheKeeper();
    void tokensThatDoNotWorkAreAskedForLessAndLess();
    void lastingSessionMeansProgress();
    void nowMeansNow();

public:
    static inline VirtualTime *s_time = nullptr;

private:
    using Promise = QPromise<QString>;

    static QFuture<QString> token(const QString &text) { return QtFuture::makeReadyFuture(text); }
    //! A provider that writes down when it is asked, and answers as \a answer does.
    TokenKeeper::Provider recorded(const std::function<QFuture<QString>()> &answer)
    {
        return [this, answer] {
            m_asked.append(s_time->now() - m_start);
            return answer();
        };
    }

    std::unique_ptr<TokenKeeper> m_keeper;
    QStringList m_log;
    QList<qint64> m_asked;
    qint64 m_start = 0;
};

void tst_TokenKeeper::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_log.clear();
    m_asked.clear();
    m_start = s_time->now();
    m_keeper = std::make_unique<TokenKeeper>();
    connect(m_keeper.get(), &TokenKeeper::answered, this, [this](const QString &answer) { m_log << answer; });
    connect(m_keeper.get(), &TokenKeeper::failed, this,
            [this](const SyncError &error) { m_log << error.message(); });
}

void tst_TokenKeeper::givesTheAnswer()
{
    m_keeper->want({}); // no provider
    s_time->settle();
    QCOMPARE(m_log, QStringList());
    m_keeper->setProvider(recorded([] { return token(u"one"_s); }));
    s_time->settle();
    QCOMPARE(m_asked.size(), 0); // nobody wants one
    m_keeper->want({});
    s_time->settle();
    QCOMPARE(m_log, QStringList { u"one"_s });
}

void tst_TokenKeeper::asksOnceAtATime()
{
    const auto promise = std::make_shared<Promise>();
    promise->start();
    m_keeper->setProvider(recorded([promise] { return promise->future(); }));
    for (int i = 0; i < 3; ++i) {
        m_keeper->want({});
        s_time->settle();
    }
    QCOMPARE(m_asked.size(), 1);
    promise->addResult(u"one"_s);
    promise->finish();
    s_time->settle();
    QCOMPARE(m_log, QStringList { u"one"_s });
}

void tst_TokenKeeper::failuresAreToldAndAskedAgain_data()
{
    QTest::addColumn<TokenKeeper::Provider>("provider");
    QTest::addColumn<QString>("message");
    const auto row = [](const char *name, const TokenKeeper::Provider &provider, const QString &message) {
        QTest::newRow(name) << provider << u"tokenProvider: "_s + message;
    };
    row(
            "fails", [] { return failedFuture<QString>(SyncError(u"no network"_s)); }, u"no network"_s);
    row(
            "throws", []() -> QFuture<QString> { throw std::runtime_error("out of luck"); },
            u"out of luck"_s);
    row(
            "throws an error", []() -> QFuture<QString> { throw SyncException(SyncError(u"no"_s)); },
            u"no"_s);
    row(
            "throws anything", []() -> QFuture<QString> { throw 42; }, u"an unknown exception"_s);
    row(
            "gives nothing", [] { return token({}); }, u"expected a token, got an empty string"_s);
    row(
            "gives the same", [] { return token(u"current"_s); },
            u"expected another token, got the same again"_s);
    row(
            "cancels",
            [] {
                Promise promise;
                promise.start();
                promise.future().cancel();
                promise.finish();
                return promise.future();
            },
            u"cancelled"_s);
    row(
            "no future at all", [] { return QFuture<QString>(); }, u"cancelled"_s);
}

void tst_TokenKeeper::failuresAreToldAndAskedAgain()
{
    QFETCH(TokenKeeper::Provider, provider);
    QFETCH(QString, message);
    m_keeper->setProvider(recorded(provider));
    m_keeper->want(u"current"_s);
    s_time->advance(9'000); // at 0, 1, 3 and 7 s, ±20 %
    QCOMPARE(m_log, QStringList({ message, message, message, message }));
    s_time->advance(24 * 3'600'000);
    QVERIFY(m_asked.size() > 1000); // never given up, at most one a minute
    QVERIFY(m_asked.size() < 24 * 60 * 13 / 10);
    m_keeper->cancel();
    const auto asked = m_asked.size();
    s_time->advance(3'600'000);
    QCOMPARE(m_asked.size(), asked);
}

void tst_TokenKeeper::silenceEndsAtTheTimeLimit()
{
    std::vector<Promise> promises;
    m_keeper->setProvider(recorded([&promises] {
        promises.emplace_back().start();
        return promises.back().future();
    }));
    m_keeper->want({});
    s_time->advance(29'999);
    QCOMPARE(m_log, QStringList());
    s_time->advance(1);
    QCOMPARE(m_log, QStringList { u"tokenProvider: no answer within 30000 ms"_s });
    s_time->advance(1'200);
    QCOMPARE(m_asked.size(), 2);
    m_keeper->cancel();
    for (Promise &promise : promises)
        promise.finish();
}

void tst_TokenKeeper::lateAnswerIsIgnored()
{
    Promise promise;
    promise.start();
    m_keeper->setProvider([&promise] { return promise.future(); });
    m_keeper->want({});
    s_time->advance(30'000);
    promise.addResult(u"late"_s);
    promise.finish();
    m_log.clear();
    s_time->settle();
    QCOMPARE(m_log, QStringList());
}

void tst_TokenKeeper::cancelledQuestionIsForgotten()
{
    Promise promise;
    promise.start();
    m_keeper->setProvider([&promise] { return promise.future(); });
    m_keeper->want({});
    s_time->settle();
    m_keeper->cancel();
    promise.addResult(u"late"_s);
    promise.finish();
    s_time->advance(3'600'000);
    QCOMPARE(m_log, QStringList());
}

void tst_TokenKeeper::otherProviderIsAskedAtOnce()
{
    Promise promise;
    promise.start();
    m_keeper->setProvider([&promise] { return promise.future(); });
    m_keeper->want({});
    s_time->settle();
    m_keeper->setProvider(recorded([] { return token(u"new"_s); }));
    s_time->settle();
    QCOMPARE(m_asked, QList<qint64> { 0 });
    promise.addResult(u"old"_s);
    promise.finish();
    s_time->settle();
    QCOMPARE(m_log, QStringList { u"new"_s });
}

void tst_TokenKeeper::providerMayReplaceItself()
{
    m_keeper->setProvider([this] {
        m_keeper->setProvider([] { return token(u"second"_s); });
        return token(u"first"_s);
    });
    m_keeper->want({});
    s_time->settle();
    QCOMPARE(m_log, QStringList { u"second"_s });
}

void tst_TokenKeeper::providerMayDestroyTheKeeper()
{
    m_keeper->setProvider([this] {
        m_keeper.reset();
        return token(u"one"_s);
    });
    m_keeper->want({});
    s_time->settle();
    QVERIFY(!m_keeper);
    QCOMPARE(m_log, QStringList());
}

// Each answer is a new token, and none brings a session: 239 questions a second before.
void tst_TokenKeeper::tokensThatDoNotWorkAreAskedForLessAndLess()
{
    int number = 0;
    m_keeper->setProvider(recorded([&number] { return token(QString::number(++number)); }));
    connect(m_keeper.get(), &TokenKeeper::answered, m_keeper.get(), [this](const QString &answer) {
        m_keeper->sessionBegan(); // and expires at once
        m_keeper->sessionEnded();
        m_keeper->want(answer);
    });
    m_keeper->want({});
    s_time->advance(3'600'000);
    QCOMPARE_LE(m_asked.size(), 7 + 3600 / 48);
    QCOMPARE(m_asked.at(1), 0); // the first session may be short
    QVERIFY(m_asked.at(2) >= 800 && m_asked.at(2) <= 1'200);
    QVERIFY(m_asked.constLast() - m_asked.at(m_asked.size() - 2) >= 48'000);
}

void tst_TokenKeeper::lastingSessionMeansProgress()
{
    int number = 0;
    m_keeper->setProvider(recorded([&number] { return token(QString::number(++number)); }));
    for (int i = 0; i < 5; ++i) {
        const qint64 before = s_time->now() - m_start;
        m_keeper->want(QString::number(number));
        s_time->settle();
        QCOMPARE(m_asked.constLast(), before); // at once
        m_keeper->sessionBegan();
        s_time->advance(5'000);
        m_keeper->sessionEnded();
    }
}

void tst_TokenKeeper::nowMeansNow()
{
    m_keeper->setProvider(recorded([] { return token({}); }));
    m_keeper->want({});
    s_time->settle();
    QCOMPARE(m_asked, QList<qint64> { 0 });
    m_keeper->wantNow({});
    s_time->settle();
    QCOMPARE(m_asked, QList<qint64>({ 0, 0 }));
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_TokenKeeper::s_time = &application.time();
    tst_TokenKeeper test;
    return QTest::qExec(&test, argc, argv);
}
#include "tst_tokenkeeper.moc"
