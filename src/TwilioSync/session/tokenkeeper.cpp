#include "TwilioSync/session/tokenkeeper.h"

#include "TwilioSync/core/logging.h"
#include "TwilioSync/core/syncexception.h"

#include <QtCore/qpointer.h>

#include <utility>

namespace Twilio {

using namespace Qt::StringLiterals;

namespace {

Patience::Rule ruleOf(const TokenKeeper::Options &options)
{
    return { .first = options.initialDelay, .cap = options.delayCap, .isFirstAtOnce = true };
}

//! What the exception that is being handled says.
QString currentException()
{
    try {
        throw;
    } catch (const SyncException &failure) {
        return failure.error().message();
    } catch (const std::exception &failure) {
        return QString::fromUtf8(failure.what());
    } catch (...) {
        return u"an unknown exception"_s;
    }
}

} // namespace

TokenKeeper::TokenKeeper(QObject *parent) : QObject(parent), m_patience(ruleOf(m_options))
{
    for (QTimer *timer : { &m_delay, &m_limit, &m_proving })
        timer->setSingleShot(true);
    connect(&m_delay, &QTimer::timeout, this, &TokenKeeper::ask);
    connect(&m_limit, &QTimer::timeout, this,
            [this] { fail(u"no answer within %1 ms"_s.arg(m_options.timeLimit.count())); });
    connect(&m_proving, &QTimer::timeout, this, [this] {
        m_patience.progressed();
        m_hadSession = false;
    });
}

TokenKeeper::~TokenKeeper() = default;

void TokenKeeper::setOptions(const Options &options)
{
    m_options = options;
    m_patience = Patience(ruleOf(options));
}

void TokenKeeper::setProvider(Provider provider)
{
    m_provider = std::move(provider);
    m_patience.progressed();
    if (!std::exchange(m_isWanted, false))
        return;
    endQuestion();
    want(m_current);
}

void TokenKeeper::want(const QString &current)
{
    m_current = current;
    if (!m_provider || std::exchange(m_isWanted, true))
        return;
    schedule();
}

void TokenKeeper::wantNow(const QString &current)
{
    m_patience.progressed();
    if (m_delay.isActive())
        schedule();
    want(current);
}

void TokenKeeper::cancel()
{
    m_isWanted = false;
    m_proving.stop();
    endQuestion();
}

// The first session may be short: a token that is about to expire is no fault of the provider's.
void TokenKeeper::sessionBegan()
{
    m_proving.start(m_options.provenAfter);
    if (!std::exchange(m_hadSession, true))
        m_patience.progressed();
}

void TokenKeeper::schedule()
{
    const Milliseconds wait = m_patience.next();
    if (wait > Milliseconds(0))
        qCInfo(lcClient) << "asking the token provider in" << wait.count() << "ms";
    m_delay.start(wait);
}

// The provider is the application's code: it may throw, set another one, or destroy all of this.
void TokenKeeper::ask()
{
    const quint64 question = ++m_question;
    const QPointer guard(this);
    const Provider provider = m_provider;
    QFuture<QString> answer;
    QString why;
    try {
        answer = provider();
    } catch (...) {
        why = currentException();
    }
    if (!guard || question != m_question)
        return;
    if (!why.isEmpty()) {
        fail(why);
        return;
    }
    m_answer = std::make_unique<QFutureWatcher<QString>>();
    m_answer->setParent(this); // to be where this is; it is deleted by its owner
    connect(m_answer.get(), &QFutureWatcher<QString>::finished, this,
            [this] { receive(m_answer->future()); });
    m_limit.start(m_options.timeLimit);
    m_answer->setFuture(answer);
}

void TokenKeeper::receive(const QFuture<QString> &answer)
{
    QString token;
    QString why;
    try {
        QFuture<QString> future = answer;
        future.waitForFinished(); // has finished: throws what the provider failed with
        if (future.resultCount() > 0)
            token = future.result();
        else
            why = u"cancelled"_s;
    } catch (...) {
        why = currentException();
    }
    if (why.isEmpty() && token.isEmpty())
        why = u"expected a token, got an empty string"_s;
    else if (why.isEmpty() && token == m_current)
        why = u"expected another token, got the same again"_s;
    if (!why.isEmpty()) {
        fail(why);
        return;
    }
    m_isWanted = false;
    endQuestion();
    Q_EMIT answered(token);
}

void TokenKeeper::fail(const QString &why)
{
    endQuestion();
    schedule();
    const SyncError error(u"tokenProvider: "_s + why);
    qCWarning(lcClient) << error;
    Q_EMIT failed(error);
}

void TokenKeeper::endQuestion()
{
    ++m_question;
    m_delay.stop();
    m_limit.stop();
    if (m_answer) {
        m_answer->disconnect(this);
        m_answer.release()->deleteLater(); // may be what called us
    }
}

} // namespace Twilio
