#pragma once

#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/core/syncresult.h"

#include <QtQml/qjsvalue.h>

#include <QtCore/qabstractitemmodel.h>

// The arguments of SyncClient.list() and its siblings, and of getItems().
namespace Twilio::Qml {

//! Nothing, a string, or options { id, mode, ttl, value }, in which "data" is another word for "value".
[[nodiscard]] SyncResult<OpenOptions> openArgument(const QJSValue &arg);

//! A name as in the service's own words, or a value of SyncClient.OpenMode; none is OpenOrCreate.
[[nodiscard]] SyncResult<SyncClient::OpenMode> openModeArgument(const QJSValue &value);

//! A name from 'silent' to 'trace', or a value of SyncClient.LogLevel.
[[nodiscard]] SyncResult<SyncClient::LogLevel> logLevelArgument(const QJSValue &value);

//! The "order" of a page query: Qt.AscendingOrder, Qt.DescendingOrder, 'asc' or 'desc'; none is ascending.
[[nodiscard]] SyncResult<Qt::SortOrder> orderArgument(const QJSValue &value);

//! The "pageSize" of a page query, 1 to 100; none is 50.
[[nodiscard]] SyncResult<int> pageSizeArgument(const QJSValue &value);

//! The \c{{ from, pageSize, order }} of getItems(); none is the whole list or map from its start.
[[nodiscard]] SyncResult<ListQuery> listQueryArgument(const QJSValue &query);
[[nodiscard]] SyncResult<MapQuery> mapQueryArgument(const QJSValue &query);

} // namespace Twilio::Qml
