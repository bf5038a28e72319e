#pragma once

#include "ledger.h"
#include "random.h"
#include "truth.h"

#include <QtCore/qstring.h>

#include <functional>
#include <optional>

/*!
    \brief Those who change the objects: other clients of the service, and our own handles.

    Every value written is another one, but for a few that repeat the last. All is noted in a ledger.
*/
class Writers
{
public:
    //! All three outlive this.
    Writers(const Truth &truth, Random &random, Ledger &ledger)
        : m_truth(truth)
        , m_random(random)
        , m_ledger(ledger)
    { }

    //! A change that comes from elsewhere; what was done, for the log.
    QString writeRaw(const RemoteObject &object);
    //! A call of a handle of the client \a client.
    QString callOwn(Handle &handle, int client);

    //! Called in each mutator.
    std::function<void()> inMutator;

private:
    //! What stands for an item that the service has not named yet, now and then; else empty.
    [[nodiscard]] QString someUnnamed(const Handle &handle);
    //! An item that is there, mostly.
    [[nodiscard]] QString someKey(const RemoteObject &object);
    //! The value of a write of \a client, or of somebody else.
    [[nodiscard]] QByteArray nextValue(int client = -1);
    //! Seconds; now and then.
    [[nodiscard]] std::optional<qint64> someTtl();
    //! Counts the object's counter up, or writes beside it.
    QString countRaw(const RemoteObject &object);
    QString countOwn(Handle &handle, int client);

    const Truth &m_truth;
    Random &m_random;
    Ledger &m_ledger;
    int m_serial = 0;
    //! By client. Only what one writer wrote itself comes again: nobody could tell whose it was.
    QHash<int, int> m_lastOf;
};
