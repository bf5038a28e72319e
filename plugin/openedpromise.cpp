#include "openedpromise.h"

#include <QtCore/qloggingcategory.h>
#include <QtCore/qurl.h>
#include <QtQml/qqmlcomponent.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

QObject *createElement(QQmlEngine *engine, const QString &name)
{
    QQmlComponent component(engine);
    component.setData(u"import Twilio.Sync\n%1 {}"_s.arg(name).toUtf8(), QUrl());
    return component.create();
}

} // namespace Twilio::Qml
