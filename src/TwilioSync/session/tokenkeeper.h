#pragma once

#include "TwilioSync/core/patience.h"
#include "TwilioSync/core/syncerror.h"

#include <QtCore/qfuturewatcher.h>
#include <QtCore/qobject.h>
#include <QtCore/qtimer.h>

#include <chrono>
#include <functional>
#include <memory>

namespace Twilio {

/*!
    \brief Gets access tokens from the application's provider.

    One question at a time. A provider that fails, throws, gives nothing or the token there is already, or
   does not answer in time is asked again after a growing delay; so is one whose tokens bring no session that
   lasts. An answer that came too late, or of a provider that has been replaced, counts for nothing.
*/
class TokenKeeper : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(TokenKeeper)

public:
    using Milliseconds = std::chrono::milliseconds;
    using Provider = std::function<QFuture<QString>()>;

    struct Options
    {
        //! For the provider to answer.
        Milliseconds timeLimit { 30'000 };
        //! Waits between questions: none, then this, doubling up to the cap.
        Milliseconds initialDelay { 1'000 };
        Milliseconds delayCap { 60'000 };
        //! A session as old as that shows that its token was good.
        Milliseconds provenAfter { 5'000 };
    };

    explicit TokenKeeper(QObject *parent = nullptr);
    ~TokenKeeper() override;

    void setOptions(const Options &options);
    //! If a token is wanted, \a provider is asked for it at once.
    void setProvider(Provider provider);
    [[nodiscard]] bool hasProvider() const { return bool(m_provider); }

    //! A token other than \a current is needed: ends in answered(), after any number of failed(). Nothing
    //! without a provider, or if one is wanted already.
    void want(const QString &current);
    //! As want(), without a delay.
    void wantNow(const QString &current);
    //! No token is needed any more.
    void cancel();

    //! There is a session with the token given last, or an older one has taken it.
    void sessionBegan();
    void sessionEnded() { m_proving.stop(); }

Q_SIGNALS:
    void answered(const QString &token);
    //! What went wrong; the provider will be asked again.
    void failed(const Twilio::SyncError &error);

private:
    void schedule();
    void ask();
    void receive(const QFuture<QString> &answer);
    void fail(const QString &why);
    void endQuestion();

    Options m_options;
    Provider m_provider;
    Patience m_patience;
    QString m_current;
    bool m_isWanted = false;
    //! Since the last one that lasted.
    bool m_hadSession = false;
    QTimer m_delay { this };
    QTimer m_limit { this };
    QTimer m_proving { this };
    //! Of the question that is open; none otherwise.
    std::unique_ptr<QFutureWatcher<QString>> m_answer;
    quint64 m_question = 0;
};

} // namespace Twilio
