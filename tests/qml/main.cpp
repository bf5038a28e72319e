#include <QtQml/qqmlengine.h>
#include <QtQuickTest/quicktest.h>

//! Makes the modules of this build known to every test file.
class Setup : public QObject
{
    Q_OBJECT

public Q_SLOTS:
    void qmlEngineAvailable(QQmlEngine *engine)
    {
        engine->addImportPath(QStringLiteral(TEST_QML_IMPORT_PATH));
    }
};

QUICK_TEST_MAIN_WITH_SETUP(qml, Setup)

#include "main.moc"
