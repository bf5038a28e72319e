#pragma once

#include "server/data/kinds.h"
#include "server/data/lifetime.h"
#include "server/data/permission.h"
#include "server/data/service.h"
#include "server/exchange/jsonnode.h"

namespace Twilio::Server {

//! One item of a list or map as a file has it.
struct ImportedItem
{
    ItemId id;
    QByteArray data;
    Lifetime lifetime = 0;
};

//! One object as a file has it.
struct ImportedObject
{
    //! Where it stands.
    QString where;
    ObjectKind kind = ObjectKind::Document;
    //! Empty unless the file has one.
    QByteArray sid = {};
    std::optional<QString> uniqueName = {};
    //! Of a document its value, of a list its context.
    QByteArray data = QByteArrayLiteral("{}");
    Lifetime lifetime = 0;
    std::map<QString, Permission> permissions = {};
    std::vector<ImportedItem> items = {};
    //! Of a list.
    qint64 nextIndex = 0;
};

//! One service as a file has it.
struct ImportedService
{
    QString where;
    QString sid;
    ServiceChanges changes = {};
    std::vector<ImportedObject> objects = {};
};

/*!
    \brief The services that \a text, the contents of \a file, has. An error says where in it what is wrong.

    What has expired by \a now is left out. The format: docs/local-server.md.
*/
[[nodiscard]] SyncResult<std::vector<ImportedService>> readImport(const QString &file, const QByteArray &text,
                                                                  qint64 now);

} // namespace Twilio::Server
