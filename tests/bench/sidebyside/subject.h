#pragma once

#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qstring.h>
#include <QtCore/qurl.h>

namespace Bench {

//! What a subject is to do: one work, once; sidebyside.mjs says which.
struct Task
{
    QString work;
    QUrl url;
    QString token;
    //! The list that it is about.
    QString sid;
    //! Events, items, pushes or objects.
    qint64 count = 0;
    //! Of an item's JSON text.
    int bytes = 0;
    int connections = 1;
    //! Documents that are open besides.
    int others = 0;
    //! What names of objects begin with.
    QString prefix;
};

/*!
    \brief Wall clock and work of this process, from its making on.
*/
class Stopwatch
{
public:
    Stopwatch();
    [[nodiscard]] double milliseconds() const;
    //! Of processor time, all threads.
    [[nodiscard]] double work() const;

private:
    double m_wall;
    double m_work;
};

//! Milliseconds after which nothing is waited for any more.
inline constexpr int patience = 300'000;

//! Milliseconds since 1970, with fractions: the clock that the server's bursts carry.
[[nodiscard]] double wallClock();

//! Prints that the work may begin.
void tellReady();
//! Prints \a figures of the work, with when it ended and what it has cost since \a watch was made.
void tellDone(const Stopwatch &watch, QJsonObject figures = {});
//! \c p50 and \c p99 of \a milliseconds.
[[nodiscard]] QJsonObject quantiles(QList<double> milliseconds);

} // namespace Bench
