#pragma once

#include <QtCore/qglobal.h>

#if defined(TWILIOSYNC_STATIC)
#define TWILIOSYNC_EXPORT
#elif defined(TWILIOSYNC_BUILD)
#define TWILIOSYNC_EXPORT Q_DECL_EXPORT
#else
#define TWILIOSYNC_EXPORT Q_DECL_IMPORT
#endif
