#pragma once

#include "TwilioSync/api/clientwatch_p.h"
#include "TwilioSync/api/synclivequery.h"
#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/core/scripthold.h"
#include "TwilioSync/models/itemroles.h"
#include "TwilioSync/models/modelhold.h"
#include "TwilioSync/models/resultrows.h"
#include "TwilioSync/session/queryentity.h"

#include <QtCore/qpointer.h>

#include <functional>

namespace Twilio {

/*!
    \brief What a live query is asked for, its rows, and what is told of it.
*/
class LiveQueryPrivate final : public QueryObserver, private RowListener
{
    Q_DISABLE_COPY_MOVE(LiveQueryPrivate)

public:
    explicit LiveQueryPrivate(SyncLiveQuery *query);
    ~LiveQueryPrivate();

    [[nodiscard]] static LiveQueryPrivate *of(const SyncLiveQuery *query) { return query->d.get(); }

    //! Asks on behalf of the client's own method; \a done gets the error or a null one.
    void open(SyncClient *by, const QString &index, const QString &wanted,
              std::function<void(const SyncError &)> done);
    //! Asks for what the properties say, once this turn of the event loop has ended. What is shown goes at
    //! once if it is of another index.
    void scheduleOpen(bool isOther);
    void close();
    void setClient(SyncClient *to);
    void setValueRoles(const QList<FieldRole> &wanted);
    void refuseSetting(const SyncError &why);
    //! Has what differs from what was told last told.
    void tellLater();

    [[nodiscard]] SyncError error() const;
    [[nodiscard]] Sync::SubscriptionState subscriptionState() const
    {
        return entity ? entity->subscriptionState() : Sync::SubscriptionState::Unsubscribed;
    }
    [[nodiscard]] QString sid() const { return entity ? QString::fromUtf8(entity->id()) : QString(); }

    // QueryObserver
    void queryChanged() override;
    void resultChanged(const std::vector<ResultChange> &changes, bool isEvent) override;

    SyncLiveQuery *const q;
    QPointer<SyncClient> client;
    QString indexName;
    QString expression;
    Sync::Status status = Sync::Status::Null;
    QueryPtr entity;
    ItemRoles roles { false };
    ResultRows rows;
    ModelHold hold;

private:
    struct Shown
    {
        QString sid;
        Sync::Status status = Sync::Status::Null;
        SyncError error;
        Sync::SubscriptionState subscription = Sync::SubscriptionState::Unsubscribed;
        int count = 0;
    };

    // RowListener
    void beginInsertion(int first, int last) override;
    void endInsertion() override;
    void beginRemoval(int first, int last) override;
    void endRemoval() override;
    void rowsChanged(int first, int last, const QList<int> &changedRoles) override;

    void openDeclared();
    void follow();
    void leave();
    void watchClient();
    void clientDestroyed();
    [[nodiscard]] std::vector<ItemPtr> wantedRows() const;
    void setStatus(Sync::Status to, const SyncError &why = {});
    void finishOpening(const SyncError &failure);
    void post(std::function<void()> tell);
    void tellChanges();

    std::function<void(const SyncError &)> m_opened;
    SyncError m_settingError;
    SyncError m_error;
    Shown m_shown;
    ScriptHold m_clientHold;
    ClientWatch m_clientWatch;
    //! Of the query that is followed.
    quint64 m_generation = 0;
    bool m_openScheduled = false;
    bool m_tellPosted = false;
    //! The rows are those of the expression before.
    bool m_showsOld = false;
    std::vector<ItemPtr> m_oldRows;
};

} // namespace Twilio
