#pragma once

#include "bench/support/meters.h"

#include "TwilioSync/api/synclist.h"

#include <QtQuick/qquickview.h>

#include <memory>

namespace Bench {

/*!
    \brief A window with a ListView on a SyncList, as an application shows it.
*/
class Scene
{
public:
    //! Null, with the reason on the standard output, if the scene does not load. \a list outlives it.
    [[nodiscard]] static std::unique_ptr<Scene> show(const QString &file, Twilio::SyncList *list);

    [[nodiscard]] QQuickView &window() { return m_window; }
    [[nodiscard]] QObject *view() const;
    //! Times between frames that were shown.
    [[nodiscard]] Intervals &frames() { return m_frames; }
    void setFlinging(bool on);

private:
    QQuickView m_window;
    Intervals m_frames;
};

//! Fields of the items that the server makes by itself, as valueRoles().
[[nodiscard]] inline QStringList sceneFields() { return { QStringLiteral("n"), QStringLiteral("pad") }; }

} // namespace Bench
