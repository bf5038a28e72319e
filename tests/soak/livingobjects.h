#pragma once

#include <QtCore/qglobal.h>

//! The QObjects of this process, from watchLivingObjects() on.
struct LivingObjects
{
    qsizetype objects = 0;
    //! Running timers of this thread.
    qsizetype timers = 0;
};

//! Before the application object is made.
void watchLivingObjects();
[[nodiscard]] LivingObjects livingObjects();
