#pragma once

#include <QtCore/qglobal.h>

#include <csignal>
#include <sys/resource.h>

//! No file of this process may become larger than that, until it goes.
class FileLimit
{
    Q_DISABLE_COPY_MOVE(FileLimit)

public:
    explicit FileLimit(qint64 bytes)
    {
        std::signal(SIGXFSZ, SIG_IGN); // the call fails then, as on a disk that is full
        getrlimit(RLIMIT_FSIZE, &m_before);
        rlimit limit = m_before;
        limit.rlim_cur = rlim_t(bytes);
        setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileLimit() { setrlimit(RLIMIT_FSIZE, &m_before); }

private:
    rlimit m_before {};
};
