#pragma once

#include "convergence/random.h"
#include "ourclient.h"

#include <QtCore/qtimer.h>

#include <functional>

/*!
    \brief Writes to the objects of a client, some calls at a time, and notes in the ledger how each has
   ended.
*/
class OurWriter : public QObject
{
    Q_OBJECT

public:
    //! \a now is the time of the run.
    OurWriter(int number, OurClient &client, Ledger &ledger, std::uint64_t seed, std::function<qint64()> now);

    void start() { m_timer.start(); }
    void stop() { m_timer.stop(); }

private:
    //! What it has added, and may take away.
    struct Own
    {
        QString key;
        QString id;
    };

    void write();
    void push();
    void insert();
    void put();
    void remove(Target target);
    void count(Target target);
    void note();
    void publish();
    [[nodiscard]] QString nextId();
    //! Notes the call that is about to be made.
    [[nodiscard]] int begin(Deed deed, Target target, const QString &key, const QString &id);
    template <typename T, typename Then>
    void await(int place, const QFuture<T> &future, Then then);
    void await(int place, const QFuture<void> &future);
    void end(int place, End end, const QString &error = {});

    const int m_number;
    OurClient &m_client;
    Ledger &m_ledger;
    Random m_random;
    const std::function<qint64()> m_now;
    QTimer m_timer;
    QList<Own> m_items;
    QList<Own> m_entries;
    int m_serial = 0;
    int m_underWay = 0;
};
