#pragma once

#include "random.h"
#include "truth.h"

#include <QtCore/qfuture.h>
#include <QtCore/qstring.h>

#include <optional>
#include <vector>

/*!
    \brief Those who change the objects: other clients of the service, and our own handles.

    Every value written is another one, but for a few that repeat the last.
*/
class Writers
{
public:
    //! All three outlive this. Our own calls are added to \a calls.
    Writers(const Truth &truth, Random &random, std::vector<QFuture<void>> &calls)
        : m_truth(truth)
        , m_random(random)
        , m_calls(calls)
    { }

    //! A change that comes from elsewhere; what was done, for the log.
    QString writeRaw(Kind kind);
    //! A call of one of our handles.
    QString callOwn(Handle &handle);

private:
    //! An item that is there, mostly.
    [[nodiscard]] QString someKey(Kind kind);
    [[nodiscard]] QByteArray nextValue();
    //! Seconds; now and then.
    [[nodiscard]] std::optional<qint64> someTtl();

    const Truth &m_truth;
    Random &m_random;
    std::vector<QFuture<void>> &m_calls;
    int m_serial = 0;
};
