#pragma once

#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncDocument>
#include <TwilioSync/SyncList>
#include <TwilioSync/SyncMap>

#include <QtCore/qjsonobject.h>
#include <QtCore/qobject.h>

#include <random>

/*!
    \brief Our half of the mixed writers: the same kinds of writes to the same objects as mixed.mjs makes.

    Counters ("n") are only ever mutated, so that their sum tells whether a write got lost.
*/
class Writer : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(Writer)

public:
    //! The objects are called \a name and what they are.
    Writer(Twilio::SyncClient *client, const QString &name, quint32 seed);

    //! Makes \a operations writes, \a atOnce of them at a time, then a last one in every object.
    void start(int operations, int atOnce);
    //! What the objects' handles hold, and what ended how.
    [[nodiscard]] QJsonObject report() const;
    [[nodiscard]] Twilio::SyncList *list() { return &m_list; }
    [[nodiscard]] Twilio::SyncMap *map() { return &m_map; }

Q_SIGNALS:
    //! Everything is open, subscribed and read.
    void ready();
    //! All writes of both sides are in the handles.
    void converged();

private:
    enum class Kind : quint8 { Write, Mutation };
    enum class Stage : quint8 { Writing, Done, Confirmed };

    void look();
    void next();
    void writeToDocuments(quint32 kind);
    void writeToList(quint32 kind);
    void writeToMap(quint32 kind);
    void finish();
    void confirm();
    [[nodiscard]] bool isInList(const QString &who) const;
    [[nodiscard]] bool isConfirmed(const QString &who) const;
    template <typename T>
    void follow(const QFuture<T> &call, const char *what, Kind kind = Kind::Write);
    quint32 random(quint32 bound) { return quint32(m_random()) % bound; }

    Twilio::SyncDocument m_counter;
    Twilio::SyncDocument m_notes;
    Twilio::SyncList m_list;
    Twilio::SyncMap m_map;
    std::mt19937 m_random;
    int m_left = 0;
    int m_underWay = 0;
    int m_mutated = 0;
    int m_missed = 0; // items that the other side had just removed
    int m_serial = 0;
    QStringList m_failures;
    bool m_isReady = false;
    Stage m_stage = Stage::Writing;
};
