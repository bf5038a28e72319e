#pragma once

#include "shared/clientfixture.h"
#include "TwilioSync/api/synccollection_p.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncmap.h"

namespace Bench {

//! \a key as rowOf() takes it.
template <typename Model>
auto publicKey(const Twilio::ItemKey &key)
{
    if constexpr (std::is_same_v<Model, Twilio::SyncList>)
        return key.index;
    else
        return QString::fromUtf8(key.key);
}

/*!
    \brief A list or map that is open and empty, and is then told of events as if they had come over the wire.
*/
template <typename Model>
class Fed : public Model
{
public:
    //! Opens a new collection of \a client and waits for it; false if it does not come.
    bool open(Twilio::SyncClient &client)
    {
        this->setClient(&client);
        this->setUniqueName(freshName());
        waitFor([this] {
            return this->isComplete()
                    && this->subscriptionState() == Twilio::Sync::SubscriptionState::Established;
        });
        return this->isComplete();
    }

    void add(const Twilio::ItemKey &key, const QByteArray &json)
    {
        tell(isList ? Type::ListItemAdded : Type::MapItemAdded, key, json);
    }
    void change(const Twilio::ItemKey &key, const QByteArray &json)
    {
        tell(isList ? Type::ListItemUpdated : Type::MapItemUpdated, key, json);
    }
    void remove(const Twilio::ItemKey &key, const QByteArray &json)
    {
        tell(isList ? Type::ListItemRemoved : Type::MapItemRemoved, key, json);
    }

private:
    using Type = Twilio::Protocol::EventType;
    static constexpr bool isList = std::is_same_v<Model, Twilio::SyncList>;

    void tell(Type type, const Twilio::ItemKey &key, const QByteArray &json)
    {
        Twilio::Protocol::Event event;
        const qint64 id = ++m_lastEventId;
        // As the service makes revisions (protocol.md 7.5).
        const QByteArray itemRevision = QByteArray::number(id, 16);
        const QByteArray revision = QByteArray::number(id + 1, 16);
        event.id = id;
        event.revision = revision;
        if (isList)
            event.index = key.index;
        else
            event.key = key.key;
        event.itemRevision = itemRevision;
        event.data = json;
        event.date = 1'715'000'000'000 + id;
        event.hasExpires = true;
        this->collection()->collection()->handleEvent(type, event, true);
    }

    qint64 m_lastEventId = 0;
};

} // namespace Bench
