#pragma once

#include "eventually.h"
#include "serverfixture.h"
#include "TwilioSync/api/syncclient_p.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qidentityproxymodel.h>
#include <QtCore/qstringlist.h>
#include <QtCore/quuid.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qtest.h>

#include <algorithm>
#include <exception>

//! Longest wait for anything over the wire.
inline constexpr int wireTimeout = 10'000;

//! A unique name that no other run uses, also on a server that outlives the test.
inline QString freshName(const char *prefix = "test")
{
    return QString::fromLatin1(prefix) + u'-' + QUuid::createUuid().toString(QUuid::Id128);
}

/*!
    \brief How a future ended; the event loop runs until it has.
*/
template <typename T>
Twilio::SyncResult<T> outcomeOf(QFuture<T> future)
{
    if (!eventually([&] { return future.isFinished(); }, wireTimeout))
        return Twilio::SyncError(QStringLiteral("test: the future did not finish"));
    try {
        return future.result();
    } catch (const Twilio::SyncException &exception) {
        return exception.error();
    } catch (const std::exception &exception) {
        return Twilio::SyncError(QStringLiteral("test: ") + QString::fromUtf8(exception.what()));
    }
}

inline Twilio::SyncResult<Twilio::Nothing> outcomeOf(QFuture<void> future)
{
    if (!eventually([&] { return future.isFinished(); }, wireTimeout))
        return Twilio::SyncError(QStringLiteral("test: the future did not finish"));
    try {
        future.waitForFinished();
        return Twilio::Nothing();
    } catch (const Twilio::SyncException &exception) {
        return exception.error();
    }
}

//! The error a future ended with; null if it succeeded.
template <typename T>
Twilio::SyncError errorOfCall(const QFuture<T> &future)
{
    const auto outcome = outcomeOf(future);
    const auto *error = Twilio::errorOf(outcome);
    return error ? *error : Twilio::SyncError();
}

//! The value of a future that succeeds; a default one, and a failed check, if it does not.
template <typename T>
T valueOfCall(const QFuture<T> &future)
{
    const auto outcome = outcomeOf(future);
    if (const auto *error = Twilio::errorOf(outcome)) {
        const QByteArray message = error->message().toUtf8();
        QTest::qVerify(false, "call succeeds", message.constData(), __FILE__, __LINE__);
        return T();
    }
    return std::get<T>(outcome);
}

//! Lets the event loop run until \a condition holds or the wait is over; the checks that follow tell which.
template <typename Condition>
void waitFor(Condition condition)
{
    [[maybe_unused]] const bool held = eventually(condition, wireTimeout);
}

//! What is changed from now on has another date than what was.
inline void passAMillisecond()
{
    waitFor([then = QDateTime::currentMSecsSinceEpoch()] {
        return QDateTime::currentMSecsSinceEpoch() > then;
    });
}

//! The object that \a opening gives, once its events arrive; nullptr, and a failed check, if it fails.
template <typename Object>
Object *established(const QFuture<Object *> &opening)
{
    Object *const object = valueOfCall(opening);
    if (object)
        waitFor([&] { return object->subscriptionState() == Twilio::Sync::SubscriptionState::Established; });
    return object;
}

//! "message (status, code)" for comparisons; empty for none.
inline QString textOfError(const Twilio::SyncError &error)
{
    return error.isNull()
            ? QString()
            : QStringLiteral("%1 (%2, %3)").arg(error.message()).arg(error.status()).arg(error.code());
}

//! How long subscriptions of \a client wait for each other before one request asks for all.
inline void setSubscriptionDelay(Twilio::SyncClient *client, std::chrono::milliseconds delay)
{
    Twilio::ClientPrivate::of(client)->session->registry().setOptions({ .gathering = delay });
}

/*!
    \brief Lets subscriptions of \a client wait long enough for each of their states to be told.

    A state that is left within the turn of the event loop is not told of.
*/
inline void tellEverySubscriptionState(Twilio::SyncClient *client)
{
    setSubscriptionDelay(client, std::chrono::milliseconds(100));
}

//! A client of \a server with a token of its own; it keeps what it sees in a folder of its own in the one
//! that TWILIO_SYNC_CACHES names, if it does.
inline std::unique_ptr<Twilio::SyncClient> makeClient(const ServerFixture &server,
                                                      const QString &identity = QStringLiteral("alice"))
{
    auto client = std::make_unique<Twilio::SyncClient>();
    // Tests open one object after the other.
    setSubscriptionDelay(client.get(), std::chrono::milliseconds(1));
    client->setUrl(server.url());
    if (qEnvironmentVariableIsSet("TWILIO_SYNC_CACHES"))
        client->setCachePath(qEnvironmentVariable("TWILIO_SYNC_CACHES") + u'/' + freshName());
    client->setToken(server.token(identity));
    return client;
}

/*!
    \brief Checks a model at every signal, without making it fetch, which QAbstractItemModelTester does by
   itself.
*/
class ModelCheck : public QIdentityProxyModel
{
    Q_OBJECT

public:
    explicit ModelCheck(QAbstractItemModel *model) : QIdentityProxyModel(model)
    {
        setSourceModel(model);
        new QAbstractItemModelTester(this, QAbstractItemModelTester::FailureReportingMode::Fatal, this);
    }
    bool canFetchMore(const QModelIndex &) const override { return false; }
    void fetchMore(const QModelIndex &) override { }
};

/*!
    \brief A model's change signals as text, in order: "inserted 0-4", "changed 2-2 [value revision]".
*/
class ModelLog : public QObject
{
    Q_OBJECT

public:
    explicit ModelLog(QAbstractItemModel *model)
    {
        connect(model, &QAbstractItemModel::rowsInserted, this,
                [this](const QModelIndex &, int first, int last) {
                    m_lines.append(QStringLiteral("inserted %1-%2").arg(first).arg(last));
                });
        connect(model, &QAbstractItemModel::rowsRemoved, this,
                [this](const QModelIndex &, int first, int last) {
                    m_lines.append(QStringLiteral("removed %1-%2").arg(first).arg(last));
                });
        connect(model, &QAbstractItemModel::rowsMoved, this,
                [this](const QModelIndex &, int first, int last, const QModelIndex &, int to) {
                    m_lines.append(QStringLiteral("moved %1-%2 to %3").arg(first).arg(last).arg(to));
                });
        connect(model, &QAbstractItemModel::layoutChanged, this,
                [this] { m_lines.append(QStringLiteral("layout")); });
        connect(model, &QAbstractItemModel::modelReset, this,
                [this] { m_lines.append(QStringLiteral("reset")); });
        connect(model, &QAbstractItemModel::dataChanged, this,
                [this, model](const QModelIndex &first, const QModelIndex &last, const QList<int> &roles) {
                    QStringList names;
                    for (const int role : roles) {
                        if (role != Qt::DisplayRole && role != Qt::EditRole) // which come with each field
                            names.append(QString::fromUtf8(model->roleNames().value(role)));
                    }
                    std::sort(names.begin(), names.end());
                    m_lines.append(QStringLiteral("changed %1-%2 [%3]")
                                           .arg(first.row())
                                           .arg(last.row())
                                           .arg(names.join(u' ')));
                });
    }

    [[nodiscard]] const QStringList &lines() const { return m_lines; }
    QStringList take() { return std::exchange(m_lines, {}); }

private:
    QStringList m_lines;
};
