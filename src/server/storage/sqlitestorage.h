#pragma once

#include "server/data/storage.h"
#include "server/storage/sqlitewriter.h"

#include <QtCore/qhash.h>
#include <QtCore/qobject.h>

namespace Twilio::Server {

/*!
    \brief Keeps everything in one SQLite file, which no other process may use meanwhile.

    WAL and synchronous = FULL: what onCommitted has been told of survives kill -9 and a loss of power alike
   (for the former synchronous = NORMAL would do; the price is one fsync a commit, and a commit serves
   everything that has come in since the last one). A thread of its own writes: nothing here waits for the
   disk but open() and the end.

    An existing file is judged by its header, checked and read through a read-only connection before anything
    can be written to it: a file that is not ours, or damaged, or of a newer server stays byte for byte as it
    is. A file of an older one is copied, then migrated.
*/
class SqliteStorage final : public Storage
{
public:
    //! Opens \a file or makes it. The error names the file and the reason.
    [[nodiscard]] static SyncResult<std::unique_ptr<Storage>> open(const QString &file);
    ~SqliteStorage() override;

    [[nodiscard]] Stored load() override;

    void storeObject(const SyncObject &object) override;
    void removeObject(const SyncObject &object) override;
    void storeItem(const SyncObject &object, const ItemId &id, const Item &item) override;
    void removeItem(const SyncObject &object, const ItemId &id) override;
    void appendEvent(const SyncObject &object, const EventRecord &record) override;
    void removeEvent(const SyncObject &object, qint64 id) override;
    void stripEvent(const SyncObject &object, qint64 id) override;
    void storePermission(const SyncObject &object, const QString &identity,
                         const Permission &permission) override;
    void removePermission(const SyncObject &object, const QString &identity) override;
    void storeService(const Service &service) override;
    void removeService(const Service &service) override;
    void storeWebhook(const Webhook &webhook) override;
    void removeWebhook(const Webhook &webhook) override;
    void clear(const QByteArray &id) override;
    void commit(CommitTicket ticket) override;
    //! False once nothing is left in the file of removed objects that have been committed.
    [[nodiscard]] bool isSweeping() { return m_writer->isSweeping(); }

private:
    explicit SqliteStorage(QString file);
    SyncResult<Nothing> check(int version);
    SyncResult<Nothing> take(int version);
    [[nodiscard]] SyncResult<std::unique_ptr<SqliteConnection>> openForWriting(int version);
    void note(SqliteStatement statement, const QVariantList &values)
    {
        m_commands.push_back({ statement, values });
    }

    const QString m_file;
    Stored m_loaded;
    qint64 m_generation = 0;
    // Rows of objects change with every event; they are written once a transaction.
    QHash<qint64, const SyncObject *> m_changedObjects;
    std::vector<SqliteCommand> m_commands;
    QObject m_caller; // stands for the thread that is told
    std::unique_ptr<SqliteWriter> m_writer;
};

} // namespace Twilio::Server
