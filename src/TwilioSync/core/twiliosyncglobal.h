#pragma once

#include <QtCore/qglobal.h>

#if defined(TWILIOSYNC_STATIC)
#define TWILIOSYNC_EXPORT
#elif defined(TWILIOSYNC_BUILD)
#define TWILIOSYNC_EXPORT Q_DECL_EXPORT
#else
#define TWILIOSYNC_EXPORT Q_DECL_IMPORT
#endif

// For this project's other libraries alone: no header of it is installed, and nothing of it is promised. What
// tests need beyond that is visible in builds with tests, where everything is.
#define TWILIOSYNC_PRIVATE_EXPORT TWILIOSYNC_EXPORT
