#include "livingobjects.h"

#include <QtCore/qabstracteventdispatcher.h>
#include <QtCore/qmutex.h>
#include <QtCore/qset.h>
#include <QtCore/qthread.h>

// Qt's hooks for tools that watch objects, as its private header qhooks_p.h has them.
extern quintptr Q_CORE_EXPORT qtHookData[];

namespace {

constexpr int addHook = 3;
constexpr int removeHook = 4;

struct Watched
{
    QMutex mutex;
    QSet<QObject *> objects;
};

Watched &watched()
{
    static auto *const watched = new Watched; // outlives them
    return *watched;
}

void added(QObject *object)
{
    const QMutexLocker lock(&watched().mutex);
    watched().objects.insert(object);
}

void removed(QObject *object)
{
    const QMutexLocker lock(&watched().mutex);
    watched().objects.remove(object);
}

} // namespace

void watchLivingObjects()
{
    qtHookData[addHook] = quintptr(&added);
    qtHookData[removeHook] = quintptr(&removed);
}

LivingObjects livingObjects()
{
    const auto *const dispatcher = QAbstractEventDispatcher::instance();
    const QMutexLocker lock(&watched().mutex);
    LivingObjects living { watched().objects.size(), 0 };
    for (QObject *object : std::as_const(watched().objects)) {
        if (object->thread() != QThread::currentThread())
            continue;
        // They go by themselves, and how many there are is a matter of the moment.
        if (object->inherits("QSingleShotTimer"))
            --living.objects;
        else
            living.timers += dispatcher->registeredTimers(object).size();
    }
    return living;
}
