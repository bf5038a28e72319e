#pragma once

#include <QtCore/qlist.h>
#include <QtCore/qobject.h>
#include <QtCore/qstring.h>
#include <QtGui/qcolor.h>
#include <QtQml/qqmlregistration.h>
#include <QtQuick/qquickwindow.h>

//! Pictures of windows, side by side in one PNG file.
class Q_DECL_EXPORT Screenshots : public QObject
{
    Q_OBJECT
    QML_ELEMENT
    QML_SINGLETON

public:
    using QObject::QObject;

    //! Made if it does not exist.
    static void setDirectory(const QString &path);

    //! The path of the picture on a ground of the colour \a desktop, empty if it could not be written.
    Q_INVOKABLE static QString save(const QList<QQuickWindow *> &windows, const QString &name,
                                    const QColor &desktop);
};
