#pragma once

#include <QtCore/qbytearray.h>
#include <QtCore/qhash.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qlist.h>
#include <QtCore/qmap.h>
#include <QtCore/qstringlist.h>

//! The four objects that are written to.
enum class Target : quint8 { List, Map, Document, Stream };

//! "list", "map", "document", "stream": their unique names, too.
[[nodiscard]] QString nameOf(Target target);

//! How a call has ended.
enum class End : quint8 { Open, Acknowledged, Unknown, Refused };

//! What a call was to do.
enum class Deed : quint8 {
    Push, //!< a new item of the list
    Put, //!< an item of the map gets a value; waiting ones of the same key become one
    Remove, //!< an item that was pushed or put before, and is not written to again
    Count, //!< adds one to \c count
    Note, //!< gives the member called as the writer a number, each time a larger one
    Publish //!< a message
};

//! One call of a writer. Its value has the member \c id.
struct Call
{
    int writer = 0;
    Deed deed = Deed::Push;
    Target target = Target::List;
    //! Of the item; empty where the service chooses it, or where there is none.
    QString key = {};
    //! Of the value; of a removal that of the value that goes.
    QString id = {};
    End end = End::Open;
    //! Milliseconds of the run.
    qint64 startedAt = 0;
    qint64 endedAt = 0;
    //! How it was refused.
    QString error = {};
};

//! One change, as the service told somebody who was never disturbed.
struct Change
{
    qint64 eventId = 0;
    QString key;
    //! Empty: it was removed.
    QJsonObject value;
    //! The last value before a removal.
    QJsonObject before;
};

//! What the service has in the end.
struct ServiceState
{
    struct Item
    {
        QString revision;
        QJsonObject value;

        friend bool operator==(const Item &, const Item &) = default;
    };

    //! By key; of the list the index.
    QMap<QString, Item> list;
    QMap<QString, Item> map;
    Item document;

    [[nodiscard]] const QMap<QString, Item> &items(Target target) const
    {
        return target == Target::List ? list : map;
    }
};

//! What somebody who was never disturbed has heard.
struct Heard
{
    //! By object and event.
    QHash<Target, QMap<qint64, Change>> changes;
    //! By id of the value, the SIDs under which it came.
    QHash<QString, QSet<QString>> messages;
    //! From when to when it has listened to the stream, in milliseconds of the run.
    QList<std::pair<qint64, qint64>> listening;
};

//! What must be nothing but zeros, and what is counted beside it.
struct Figures
{
    int acknowledged = 0;
    int unknown = 0;
    int refused = 0;

    int lost = 0;
    int twice = 0;
    //! Refused, and applied all the same.
    int appliedThough = 0;
    //! Calls that have not ended.
    int open = 0;
    int toldTwice = 0;
    int diverged = 0;
    //! Clients that are not connected, or still wait for something.
    int stuck = 0;
    //! Messages over a connection that had a successor.
    int strays = 0;

    //! The first of them in words.
    QStringList findings;
    //! Why calls failed, and how many.
    QMap<QString, int> failures;

    [[nodiscard]] bool isClean() const
    {
        return lost + twice + appliedThough + open + toldTwice + diverged + stuck + strays == 0;
    }
    void find(int &figure, const QString &what);
};

/*!
    \brief What the calls of the writers have promised, against what the service did.
*/
class Ledger
{
public:
    //! Its place, for at().
    int add(const Call &call)
    {
        m_calls.append(call);
        return int(m_calls.size()) - 1;
    }
    [[nodiscard]] Call &at(int place) { return m_calls[place]; }
    [[nodiscard]] int open() const;
    //! Adds to \a figures.
    void judge(const ServiceState &state, const Heard &heard, Figures &figures) const;

private:
    struct Applied;

    void judgeChange(const Call &call, const Applied &applied, const ServiceState &state,
                     Figures &figures) const;
    void judgeCounts(const ServiceState &state, Figures &figures) const;
    void judgeNotes(const ServiceState &state, Figures &figures) const;
    void judgeMessage(const Call &call, const Heard &heard, Figures &figures) const;

    QList<Call> m_calls;
};
