#pragma once

#include "server/net/subscriptioncall.h"
#include "shared/scriptedserver.h"
#include "TwilioSync/store/itemkey.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsonobject.h>

#include <functional>
#include <map>
#include <optional>

/*!
    \brief The service of a scenario: one object that is called "things", what is in it, and its events.

    It answers reads by itself, and replays to whoever subscribes what has happened since. Writes wait for the
   answer that the scenario gives. What happens is told only if the scenario says so.
*/
class SpecService
{
    Q_DISABLE_COPY_MOVE(SpecService)

public:
    using Kind = Twilio::Server::ObjectKind;

    explicit SpecService(const QJsonObject &spec);

    bool listen();
    //! Replays wait until \a isQuiet: until all that is to be sent has been.
    void setQuiet(std::function<bool(qsizetype held)> isQuiet) { m_isQuiet = std::move(isQuiet); }
    [[nodiscard]] ScriptedServer &server() { return m_server; }
    [[nodiscard]] Kind kind() const { return m_kind; }
    [[nodiscard]] QByteArray sid() const;

    //! Takes in what has been sent since.
    void collect();
    //! The writes that have been sent since the last time.
    [[nodiscard]] QStringList takeSent() { return std::exchange(m_sent, {}); }
    [[nodiscard]] qsizetype sentCount() const { return m_sent.size(); }

    //! Answers the write that waits longest, or the one behind so many others: it is done, or refused.
    void answer(const QJsonObject &how);
    //! The same is done, and nobody hears of it.
    void loseAnswer(const QJsonObject &how);
    //! \a event, [key, value, id], happens: \a kind is "added", "updated" or "removed".
    void happen(const QString &kind, const QJsonArray &event);
    //! The same of \a events, unless they have happened, and whoever follows is told of them together.
    void tell(const QString &kind, const QJsonArray &events);
    //! A message of somebody else, [value, sid].
    void tellMessage(const QJsonArray &message);
    //! The object goes; whoever follows is told if it \a isTold.
    void remove(bool isTold);
    //! Replays leave the events \a ids out from now on.
    void leaveOut(const QJsonArray &ids);
    //! Has no events of before any more: whoever asks for them \a how "interrupts" or "refuses" them.
    void forget(const QString &how) { m_forgets = how; }
    //! Calls what it has by another name from the next session on.
    void setStorage(const QString &id)
    {
        m_server.setInitMembers(",\"offline_storage\":{\"data_sync\":{\"storage_id\":\"" + id.toUtf8()
                                + "\"}}");
    }
    //! Has \a items alone, as of another time: key, value and event id of each.
    void goTo(const QJsonArray &items);
    //! Nobody asks for an answer any more.
    void dropCalls();
    //! Breaks the connection, and takes none before resume().
    void cut();
    void resume();

private:
    using Call = ScriptedServer::Call;
    using Key = std::pair<qint64, QByteArray>;
    struct Item
    {
        QByteArray json;
        qint64 eventId = 0;
    };
    struct Change
    {
        QString kind;
        Key key;
        //! Of what was removed the last value.
        QByteArray json;
    };
    using Items = std::map<Key, Item>;

    [[nodiscard]] QByteArray path() const;
    [[nodiscard]] Key keyOf(const QJsonValue &value) const;
    [[nodiscard]] QByteArray nameOf(const Key &key) const;
    void change(const QString &kind, const Key &key, const QByteArray &json, qint64 eventId);
    [[nodiscard]] QByteArray eventText(qint64 id, const Change &change) const;
    [[nodiscard]] QByteArray eventType(const QString &kind) const;
    [[nodiscard]] QByteArray root() const;
    [[nodiscard]] QByteArray itemText(const Items::value_type &item) const;
    [[nodiscard]] ScriptedServer::Answer page(const Call &call) const;
    [[nodiscard]] ScriptedServer::Answer subscription(const Call &call);
    void replayWhenQuiet(const Twilio::Server::SubscriptionCall &call);
    void replay(const Twilio::Server::SubscriptionCall &call);
    void replayAfter(qint64 eventId, const QByteArray &correlationId);
    [[nodiscard]] std::optional<Call> takeHeld(const QJsonObject &how);
    //! The write \a call is done as event \a how says.
    void apply(const Call &call, const QJsonObject &how);
    [[nodiscard]] ScriptedServer::Answer answerTo(const Call &call, const QJsonObject &how) const;
    [[nodiscard]] ScriptedServer::Answer gone() const;

    const Kind m_kind;
    //! Items of the first page, if there are more than one.
    const qsizetype m_firstPage;
    QObject m_context;
    ScriptedServer m_server;
    Items m_items;
    //! By event id.
    std::map<qint64, Change> m_changes;
    qint64 m_lastEventId = 0;
    bool m_isGone = false;
    QString m_forgets;
    std::function<bool(qsizetype held)> m_isQuiet;
    QList<Call> m_held;
    QStringList m_sent;
    qsizetype m_seen = 0;
};

//! \a value as the text that the service has of it.
[[nodiscard]] QByteArray specText(const QJsonValue &value);
