#pragma once

#include <QtCore/qjsonobject.h>
#include <QtCore/qthread.h>
#include <QtCore/qurl.h>

namespace Bench {

/*!
    \brief Has the server publish events at a steady rate for as long as it lives; from a thread of its own.
*/
class PacedWriter
{
public:
    //! \a burst is what publish-burst is asked for, without its count.
    PacedWriter(const QUrl &control, const QJsonObject &burst, qint64 eventsPerSecond);
    ~PacedWriter();

private:
    QThread m_thread;
};

} // namespace Bench
