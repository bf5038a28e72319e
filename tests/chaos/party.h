#pragma once

#include "ledger.h"

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qurl.h>

/*!
    \brief Those who use the service: writers, then readers, each over a connection of its own.
*/
class Party : public QObject
{
    Q_OBJECT

public:
    static constexpr int writers = 4;
    static constexpr int clients = 8;

    //! Opens everything; client i goes to the i-th of \a urls.
    virtual void open(const QList<QUrl> &urls) = 0;
    //! True once all that was opened is followed.
    [[nodiscard]] virtual bool isReady() const = 0;
    virtual void startWriting() = 0;
    virtual void stopWriting() = 0;
    //! Gives \a client another \a token while it uses the one it has.
    virtual void rotateToken(int client, const QString &token) = 0;
    //! True if nobody waits for anything any more.
    [[nodiscard]] virtual bool isAtRest() = 0;
    //! Adds what the clients show and have told, against \a state.
    virtual void judge(const ServiceState &state, Figures &figures) = 0;

    [[nodiscard]] const Ledger &ledger() const { return m_ledger; }

protected:
    Ledger m_ledger;
};
