#pragma once

#include "server/data/storage.h"
#include "TwilioSync/sqlite/sqliteconnection.h"

#include <QtCore/qmutex.h>
#include <QtCore/qthread.h>
#include <QtCore/qvariant.h>
#include <QtCore/qwaitcondition.h>

namespace Twilio::Server {

enum class SqliteStatement : quint8 {
    StoreObject,
    RemoveObject,
    //! Its items and events go later, bit by bit.
    BuryObject,
    StoreItem,
    RemoveItem,
    AppendEvent,
    RemoveEvent,
    StripEvent,
    StorePermission,
    RemovePermission,
    RemovePermissions,
    StoreService,
    RemoveService,
    StoreWebhook,
    RemoveWebhook,
    ClearObjects,
    ClearItems,
    ClearEvents,
    ClearPermissions,
    ClearServices,
    ClearRemovedObjects,
    ClearWebhooks,
    SetStorageId,
};

struct SqliteCommand
{
    SqliteStatement statement;
    QVariantList values;
};

/*!
    \brief The thread that writes to the file: the only one that waits for the disk.

    What has come in while a transaction was written is the next transaction, however many batches that are.
   In between it deletes what removed objects have left behind, a few milliseconds at a time, and without
   waiting for the disk: if that gets lost, it is done again.
*/
class SqliteWriter final : public QThread
{
    Q_OBJECT

public:
    //! Opens the connection, in the new thread.
    using Open = std::function<SyncResult<std::unique_ptr<SqliteConnection>>()>;
    //! Told in the new thread, once for all batches of a transaction.
    using Done = std::function<void(CommitTicket ticket, const SyncResult<Nothing> &result)>;

    SqliteWriter(Open open, Done done);
    //! Writes what has been handed in, then ends the thread.
    ~SqliteWriter() override;

    //! Starts the thread and waits until the file is open.
    [[nodiscard]] SyncResult<Nothing> begin();
    //! Hands in what is to be committed under \a ticket.
    void enqueue(std::vector<SqliteCommand> &&commands, CommitTicket ticket);
    //! False once nothing is left of removed objects that have been committed.
    [[nodiscard]] bool isSweeping();

protected:
    void run() override;

private:
    using Commands = std::vector<SqliteCommand>;

    using Durability = SqliteConnection::Durability;

    SyncResult<Nothing> prepare();
    SyncResult<Nothing> write(Commands &&commands);
    //! False once nothing is left behind by removed objects.
    [[nodiscard]] SyncResult<bool> sweep();
    [[nodiscard]] SyncResult<bool> sweepSome();
    SyncResult<Nothing> sweepObject(qint64 serial);

    const Open m_open;
    const Done m_done;
    // Of the thread alone.
    std::unique_ptr<SqliteConnection> m_connection;
    std::vector<QSqlQuery> m_statements; // go before the connection

    QMutex m_mutex;
    QWaitCondition m_changed;
    std::optional<SyncResult<Nothing>> m_opened;
    Commands m_commands;
    CommitTicket m_ticket = 0;
    bool m_hasBatch = false;
    bool m_sweeps = false;
    bool m_ends = false;
};

} // namespace Twilio::Server
