#pragma once

#include <QtCore/qglobal.h>

#if defined(TWILIOSYNC_STATIC)
#define TWILIOSYNC_SERVER_EXPORT
#elif defined(TWILIOSYNC_SERVER_BUILD)
#define TWILIOSYNC_SERVER_EXPORT Q_DECL_EXPORT
#else
#define TWILIOSYNC_SERVER_EXPORT Q_DECL_IMPORT
#endif

// For twilio-sync-server and its faults for tests alone: no header of it is installed, and nothing of it is
// promised.
#define TWILIOSYNC_SERVER_PRIVATE_EXPORT TWILIOSYNC_SERVER_EXPORT
