#include "TwilioSync/api/syncmetrics.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {
namespace {

// What holds for every property, whichever there are.
template <typename Do>
void eachProperty(Do what)
{
    const QMetaObject &type = SyncMetrics::staticMetaObject;
    for (int i = 0; i < type.propertyCount(); ++i)
        what(type.property(i));
}

} // namespace

bool operator==(const SyncMetrics &a, const SyncMetrics &b) noexcept
{
    bool same = true;
    eachProperty([&](const QMetaProperty &property) {
        same = same && property.readOnGadget(&a) == property.readOnGadget(&b);
    });
    return same;
}

QDebug operator<<(QDebug debug, const SyncMetrics &metrics)
{
    const QDebugStateSaver saver(debug);
    debug.nospace() << "SyncMetrics(";
    const char *separator = "";
    eachProperty([&](const QMetaProperty &property) {
        debug << separator << property.name() << ' ' << property.readOnGadget(&metrics).toDouble();
        separator = ", ";
    });
    return debug << ')';
}

} // namespace Twilio
