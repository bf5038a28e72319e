#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qvariant.h>
#include <QtSql/qsqldatabase.h>
#include <QtSql/qsqlquery.h>

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace Twilio {

/*!
    \brief One connection to one SQLite file; closed when this goes.

    Errors name the file and say what is wrong with it.
*/
class TWILIOSYNC_PRIVATE_EXPORT SqliteConnection
{
    Q_DISABLE_COPY_MOVE(SqliteConnection)

public:
    enum class Mode : quint8 {
        //! For a file that no one writes to: takes no lock and makes no file next to it.
        Immutable,
        ReadOnly,
        ReadWrite,
    };

    [[nodiscard]] static SyncResult<std::unique_ptr<SqliteConnection>> open(const QString &file, Mode mode);
    ~SqliteConnection();

    //! Whether a transaction is on the disk when it is committed.
    enum class Durability : quint8 { Later, AtOnce };

    //! Runs \a sql, which gives no rows that matter.
    [[nodiscard]] SyncResult<Nothing> execute(const QString &sql);
    //! The first column of the first row of \a sql.
    [[nodiscard]] SyncResult<QVariant> value(const QString &sql);
    //! Starts \a sql; rows are read forwards. Check \c lastError() behind the last one.
    [[nodiscard]] SyncResult<QSqlQuery> rows(const QString &sql);
    //! \a sql, ready to be run many times.
    [[nodiscard]] SyncResult<QSqlQuery> prepare(const QString &sql);
    //! The same with each of \a all.
    [[nodiscard]] SyncResult<std::vector<QSqlQuery>> prepare(std::span<const QString> all);
    //! Runs \a body in a transaction, which is undone if that fails.
    [[nodiscard]] SyncResult<Nothing> transact(Durability durability,
                                               const std::function<SyncResult<Nothing>()> &body);
    //! Runs \a statement, which is prepared, with \a values.
    [[nodiscard]] SyncResult<Nothing> run(QSqlQuery &statement, const QVariantList &values);
    //! True once SQLite has said that the file is damaged.
    [[nodiscard]] bool isDamaged() const { return m_isDamaged; }
    //! What went wrong, in our words.
    [[nodiscard]] SyncError errorFrom(const QSqlError &error) const;

private:
    SqliteConnection(QString file, QString name);

    const QString m_file;
    const QString m_name;
    QSqlDatabase m_database;
    mutable bool m_isDamaged = false;
    std::optional<Durability> m_durability;
};

} // namespace Twilio
