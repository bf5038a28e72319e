#pragma once

#include "clientextension.h"
#include "documentextension.h"
#include "instantqueryextension.h"
#include "listextension.h"
#include "mapentryextension.h"
#include "mapextension.h"
#include "streamextension.h"

#include "TwilioSync/api/synclivequery.h"
#include "TwilioSync/api/syncmetrics.h"
#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/core/syncerror.h"
#include "TwilioSync/core/synclimits.h"
#include "TwilioSync/core/syncnamespace.h"

#include <QtQml/qqml.h>
#include <QtQml/qqmlregistration.h>

// Registration of the library's classes as the elements of the module Twilio.Sync.
namespace Twilio::Qml {

struct ClientForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncClient)
    QML_NAMED_ELEMENT(SyncClient)
    QML_EXTENDED(Twilio::Qml::ClientExtension)
};

struct DocumentForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncDocument)
    QML_NAMED_ELEMENT(SyncDocument)
    QML_EXTENDED(Twilio::Qml::DocumentExtension)
};

struct ListForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncList)
    QML_NAMED_ELEMENT(SyncList)
    QML_EXTENDED(Twilio::Qml::ListExtension)
};

struct MapForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncMap)
    QML_NAMED_ELEMENT(SyncMap)
    QML_EXTENDED(Twilio::Qml::MapExtension)
};

struct MapEntryForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncMapEntry)
    QML_NAMED_ELEMENT(SyncMapEntry)
    QML_EXTENDED(Twilio::Qml::MapEntryExtension)
};

struct StreamForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncStream)
    QML_NAMED_ELEMENT(SyncStream)
    QML_EXTENDED(Twilio::Qml::StreamExtension)
};

struct LiveQueryForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncLiveQuery)
    QML_NAMED_ELEMENT(SyncLiveQuery)
};

struct InstantQueryForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncInstantQuery)
    QML_NAMED_ELEMENT(SyncInstantQuery)
    QML_EXTENDED(Twilio::Qml::InstantQueryExtension)
};

struct OutboxForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncOutbox)
    QML_NAMED_ELEMENT(SyncOutbox)
    QML_UNCREATABLE("SyncClient.outbox gives it")
};

//! The enums of Twilio::Sync as \c Sync.Ready, \c Sync.Established.
namespace SyncForeign {
Q_NAMESPACE
QML_FOREIGN_NAMESPACE(Twilio::Sync)
QML_NAMED_ELEMENT(Sync)
} // namespace SyncForeign

//! The type of every \c error property.
struct ErrorForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncError)
    QML_VALUE_TYPE(syncError)
};

//! SyncClient.metrics.
struct MetricsForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncMetrics)
    QML_VALUE_TYPE(syncMetrics)
};

//! SyncClient.limits.
struct LimitsForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncLimits)
    QML_VALUE_TYPE(syncLimits)
};

//! What the signals of lists carry.
struct ListItemForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncListItem)
    QML_VALUE_TYPE(syncListItem)
};

//! What the signals of maps carry.
struct MapItemForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncMapItem)
    QML_VALUE_TYPE(syncMapItem)
};

//! What the signals of clients carry.
struct WriteForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncWrite)
    QML_VALUE_TYPE(syncWrite)
};

//! What the signal of streams carries.
struct StreamMessageForeign
{
    Q_GADGET
    QML_FOREIGN(Twilio::SyncStreamMessage)
    QML_VALUE_TYPE(syncStreamMessage)
};

} // namespace Twilio::Qml
