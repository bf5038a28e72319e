#pragma once

#include "truth.h"

#include <QtCore/qfuture.h>
#include <QtCore/qhash.h>
#include <QtCore/qset.h>

#include <span>
#include <vector>

/*!
    \brief What our calls have promised, against what the service has done.

    Each call is applied as often as its end says: once if it resolved, never if it failed, at most once if
   that is not known.
*/
class Ledger
{
public:
    //! What can be counted afterwards.
    enum class Deed : quint8 {
        Count, //!< adds one to the counter
        Push, //!< adds an item with a value
        Write, //!< gives an item a value
        Other
    };

    //! A call of ours, by the client \a client, of a handle that keeps the order of calls or not.
    struct Call
    {
        QFuture<void> future;
        Deed deed = Deed::Other;
        RemoteObject object;
        QByteArray value = {};
        int client = -1;
        bool isOrdered = false;
    };
    //! One change of an item, in the order of the service; no value = it was removed.
    struct Change
    {
        QByteArray objectSid;
        QString key;
        QByteArray value;
        bool isAddition = false;
    };

    void add(Call call) { m_calls.push_back(std::move(call)); }
    //! \a client was killed: what it had told of last may not have been on its disk, and be
    //! done by the next one.
    void noteKilled(int client) { m_killed.insert(client); }
    //! Somebody else did it.
    void addElsewhere(Deed deed, const RemoteObject &object, const QByteArray &value);

    //! Calls that have not ended.
    [[nodiscard]] qsizetype open() const;
    //! How the counters differ from what was counted; empty if they do not.
    [[nodiscard]] QString wrongCounter(const Truth &truth) const;
    //! What was applied too often, too rarely or in another order; empty if nothing was.
    [[nodiscard]] QString wrongChange(std::span<const Change> changes) const;

private:
    struct Elsewhere
    {
        Deed deed;
        RemoteObject object;
        QByteArray value;
    };
    //! How often something must have happened at least, and at most.
    struct Bounds
    {
        int least = 0;
        int most = 0;
    };

    [[nodiscard]] QHash<QByteArray, Bounds> boundsOf(Deed deed) const;
    [[nodiscard]] bool mayHaveHappened(const Call &call) const;
    //! How the calls with \a value, or to \a object if it is empty, have ended.
    [[nodiscard]] QString ends(Deed deed, const QByteArray &key) const;
    [[nodiscard]] QString wrongOrder(const QHash<QByteArray, qsizetype> &placeOf) const;

    std::vector<Call> m_calls;
    std::vector<Elsewhere> m_elsewhere;
    QSet<int> m_killed;
};
