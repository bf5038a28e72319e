#pragma once

#include <QtCore/qglobal.h>

//! The QObjects of this process, from watchLivingObjects() on, but for timers that are single shots.
struct LivingObjects
{
    qsizetype objects = 0;
    //! Running timers of this thread, but for single shots.
    qsizetype timers = 0;
};

//! Before the application object is made.
void watchLivingObjects();
[[nodiscard]] LivingObjects livingObjects();
