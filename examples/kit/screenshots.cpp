#include "screenshots.h"

#include <QtCore/qdir.h>
#include <QtGui/qimage.h>
#include <QtGui/qpainter.h>

namespace {

// Around and between the windows, in pixels
constexpr int margin = 24;

QString &directory()
{
    static QString path;
    return path;
}

} // namespace

void Screenshots::setDirectory(const QString &path) { directory() = QDir(path).absolutePath(); }

QString Screenshots::save(const QList<QQuickWindow *> &windows, const QString &name, const QColor &desktop)
{
    QList<QImage> images;
    QSize size(margin, 0);
    for (QQuickWindow *window : windows) {
        images.append(window->grabWindow());
        size = QSize(size.width() + images.constLast().width() + margin,
                     qMax(size.height(), images.constLast().height() + 2 * margin));
    }
    QImage picture(size, QImage::Format_RGB32);
    picture.fill(desktop);
    QPainter painter(&picture);
    int x = margin;
    for (const QImage &image : std::as_const(images)) {
        painter.drawImage(x, margin, image);
        x += image.width() + margin;
    }
    painter.end();
    const QString path = QDir(directory()).filePath(name);
    return QDir().mkpath(directory()) && picture.save(path) ? path : QString();
}
