#pragma once

#include "server/data/storage.h"
#include "server/storage/sqliteconnection.h"

#include <QtCore/qhash.h>

namespace Twilio::Server {

/*!
    \brief Keeps everything in one SQLite file, which no other process may use meanwhile.

    WAL and synchronous = FULL: what commit() has returned for survives kill -9 and a loss of power alike (for
    the former synchronous = NORMAL would do; the price is one fsync a commit, and a commit serves everything
    that one turn of the event loop has changed).

    An existing file is judged by its header, checked and read through a read-only connection before anything
    can be written to it: a file that is not ours, or damaged, or of a newer server stays byte for byte as it
    is.
*/
class SqliteStorage final : public Storage
{
public:
    //! Opens \a file or makes it. The error names the file and the reason.
    [[nodiscard]] static SyncResult<std::unique_ptr<Storage>> open(const QString &file);
    ~SqliteStorage() override;

    [[nodiscard]] SyncResult<std::vector<std::unique_ptr<SyncObject>>> load() override;

    void storeObject(const SyncObject &object) override;
    void removeObject(const SyncObject &object) override;
    void storeItem(const SyncObject &object, const ItemId &id, const Item &item) override;
    void removeItem(const SyncObject &object, const ItemId &id) override;
    void appendEvent(const SyncObject &object, const EventRecord &record) override;
    void trimLog(const SyncObject &object, qint64 firstId) override;
    void clear() override;

    [[nodiscard]] SyncResult<Nothing> commit() override;

private:
    enum class Statement : quint8 {
        StoreObject,
        RemoveObject,
        RemoveItems,
        RemoveEvents,
        StoreItem,
        RemoveItem,
        LogEvent,
        TrimLog,
    };
    static constexpr std::size_t statementCount = 8;

    explicit SqliteStorage(QString file);
    SyncResult<Nothing> check();
    SyncResult<Nothing> take();
    SyncResult<Nothing> prepare();
    void run(Statement statement, std::initializer_list<QVariant> values);
    void execute(const QString &sql);
    bool begin();
    void note(const SyncResult<Nothing> &result);

    const QString m_file;
    std::vector<std::unique_ptr<SyncObject>> m_loaded;
    qint64 m_generation = 0;
    std::unique_ptr<SqliteConnection> m_connection;
    std::vector<QSqlQuery> m_statements; // go before the connection
    // Rows of objects change with every event; they are written once a transaction.
    QHash<qint64, const SyncObject *> m_changedObjects;
    bool m_inTransaction = false;
    std::optional<SyncError> m_failure;
};

} // namespace Twilio::Server
