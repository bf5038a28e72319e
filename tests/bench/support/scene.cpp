#include "bench/support/scene.h"

#include "bench/support/serverprocess.h"

#include <QtQml/qqmlerror.h>
#include <QtQuick/qquickitem.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {

std::unique_ptr<Scene> Scene::show(const QString &file, Twilio::SyncList *list)
{
    auto scene = std::make_unique<Scene>();
    QQuickView &window = scene->m_window;
    window.setInitialProperties({ { u"model"_s, QVariant::fromValue<QObject *>(list) } });
    window.setSource(QUrl::fromLocalFile(file));
    if (window.status() != QQuickView::Ready) {
        const auto errors = window.errors();
        for (const QQmlError &error : errors)
            std::printf("%s\n", qPrintable(error.toString()));
        return nullptr;
    }
    QObject::connect(&window, &QQuickWindow::frameSwapped, &window,
                     [frames = &scene->m_frames] { frames->mark(); });
    window.show();
    scene->m_frames.start();
    if (!runUntil([&] { return scene->m_frames.count() > 0; })) {
        std::printf("the window shows nothing\n");
        return nullptr;
    }
    return scene;
}

QObject *Scene::view() const { return m_window.rootObject(); }

void Scene::setFlinging(bool on) { view()->setProperty("flinging", on); }

} // namespace Bench
