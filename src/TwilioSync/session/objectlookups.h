#pragma once

#include "TwilioSync/core/cancellation.h"
#include "TwilioSync/session/entity.h"

#include <QtCore/qhash.h>
#include <QtCore/qstring.h>

#include <deque>
#include <memory>
#include <stop_token>

namespace Twilio {

/*!
    \brief The calls on objects that are named by an id: one that is not known is read once for all calls that
   wait for it, which then go in the order in which they were made.

    Nothing is kept of what was found, or not found: what nobody follows grows old.
*/
class ObjectLookups
{
    Q_DISABLE_COPY_MOVE(ObjectLookups)

public:
    explicit ObjectLookups(ClientSession *session) : m_session(session) { }
    ~ObjectLookups() = default;

    //! Calls \a done with the object \a id, a SID or unique name; from within if it is known and no other
    //! call waits for it. Not at all once \a cancelled says so.
    void find(ObjectKind kind, const QString &id, Callback<EntityPtr> done, const CancelToken &cancelled);
    //! \a entity has become known: what waits for it goes.
    void found(const EntityPtr &entity);
    //! Ends all calls that wait.
    void failAll(const SyncError &error);

private:
    struct Waiting
    {
        Callback<EntityPtr> done;
        CancelToken cancelled;
        std::unique_ptr<OnCancel> onCancel;
    };
    struct Lookup
    {
        ObjectKind kind;
        QString id;
        std::deque<Waiting> waiting = {};
        //! Of those that wait, how many have not been cancelled.
        int wanted = 0;
        std::stop_source reading = {};
    };
    using LookupPtr = std::shared_ptr<Lookup>;

    void wait(const LookupPtr &lookup, Callback<EntityPtr> done, const CancelToken &cancelled);
    void read(const LookupPtr &lookup);
    void noLongerWanted(const LookupPtr &lookup);
    void settle(const LookupPtr &lookup, const SyncResult<EntityPtr> &result);
    void remove(const LookupPtr &lookup);

    ClientSession *const m_session;
    QHash<QString, LookupPtr> m_lookups[4];
    //! Calls, of all lookups.
    int m_waiting = 0;
};

} // namespace Twilio
