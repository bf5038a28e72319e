#pragma once

#include <QtCore/qdir.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qstorageinfo.h>
#include <QtCore/qstring.h>

//! Template of a QTemporaryDir called \a name, in memory where the system has such a folder and room in it:
//! no test has to judge, or wait for, a disk.
inline QString memoryFolder(const QString &name)
{
    const QString memory = QStringLiteral("/dev/shm");
    constexpr qint64 enough = 500'000'000;
    const bool isFit = QFileInfo(memory).isWritable() && QStorageInfo(memory).bytesAvailable() > enough;
    return (isFit ? memory : QDir::tempPath()) + u'/' + name + QStringLiteral("-XXXXXX");
}
