#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qstring.h>

#include <functional>
#include <optional>

class Service;

/*!
    \brief Who gives out tokens: mostly good ones, and what it was told to give next.
*/
class TokenOffice
{
public:
    enum class Mood : quint8 {
        Good,
        Short, //!< a token of a few seconds
        Late, //!< a good one, after some seconds
        Stale, //!< one that has expired
        Failing
    };
    //! None = it has failed.
    using Answer = std::function<void(const std::optional<QString> &token)>;

    TokenOffice(const Service &service, int clients) : m_service(service), m_moods(clients, Mood::Good) { }

    //! Whose tokens those of \a client are.
    [[nodiscard]] static QString identity(int client);
    //! A good token of \a client, for \a ttlMs.
    [[nodiscard]] QString token(int client, qint64 ttlMs = 3'600'000) const;
    //! Answers a provider, now or later, in the mood that was set for it.
    void ask(int client, const Answer &answer);
    //! For the next time \a client asks.
    void setMood(int client, Mood mood) { m_moods[client] = mood; }

private:
    const Service &m_service;
    QList<Mood> m_moods;
    mutable int m_serial = 0;
};
