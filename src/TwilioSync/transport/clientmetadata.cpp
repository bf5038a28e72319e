#include "TwilioSync/transport/clientmetadata.h"

#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qsysinfo.h>

namespace Twilio {

using namespace Qt::StringLiterals;

QByteArray clientMetadata()
{
    const auto version = QLatin1StringView(TWILIOSYNC_VERSION);
    const QJsonObject metadata {
        { u"ver"_s, version },
        { u"env"_s, u"Qt"_s },
        { u"envv"_s, QLatin1StringView(qVersion()) },
        { u"os"_s, QSysInfo::productType() },
        { u"osv"_s, QSysInfo::productVersion() },
        { u"osa"_s, QSysInfo::currentCpuArchitecture() },
        { u"type"_s, u"sync"_s },
        { u"sdk"_s, u"Qt"_s },
        { u"sdkv"_s, version },
    };
    return QJsonDocument(metadata).toJson(QJsonDocument::Compact);
}

} // namespace Twilio
