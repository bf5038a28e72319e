#include "bench/sidebyside/ours.h"

#include "bench/support/memory.h"
#include "shared/eventually.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synccollection.h"
#include "TwilioSync/api/syncdocument.h"

#include <QtCore/qfuture.h>

#include <algorithm>
#include <memory>
#include <vector>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace Bench {
namespace {

class Ours
{
public:
    Ours(const Task &task, SyncClient &client, SyncList &list) : m_task(task), m_client(client), m_list(list)
    {
        m_client.setPaceWrites(false);
        m_client.setUrl(task.url);
        m_client.setToken(task.token);
        m_list.setPageSize(100);
    }

    bool connect()
    {
        return eventually(
                [this] { return m_client.connectionState() == SyncClient::ConnectionState::Connected; },
                patience);
    }
    bool run()
    {
        if (!connect())
            return false;
        if (m_task.work == "ingest"_L1)
            return ingest({});
        if (m_task.work == "decode"_L1)
            return ingest(u"n"_s);
        if (m_task.work == "latency"_L1)
            return latency();
        if (m_task.work == "load"_L1)
            return load();
        if (m_task.work == "pushes"_L1)
            return pushes();
        if (m_task.work == "push"_L1)
            return push();
        if (m_task.work == "open"_L1)
            return openObjects(false);
        return m_task.work == "reopen"_L1 && openObjects(true);
    }

    bool open()
    {
        ask();
        return eventually(
                [&] {
                    return m_list.isComplete()
                            && m_list.subscriptionState() == Sync::SubscriptionState::Established;
                },
                patience);
    }

private:
    void ask()
    {
        m_list.setLoadAll(true);
        m_list.setMode(SyncClient::OpenMode::OpenExisting);
        m_list.setSid(m_task.sid);
        m_list.setClient(&m_client);
    }

    // Whatever shows rows reads what has changed; \a field is read for each of them if it is named.
    bool ingest(const QString &field)
    {
        if (!field.isEmpty())
            m_list.setValueRoles({ field });
        const auto others = documents(m_task.others);
        if (!open() || !eventually([&] { return areEstablished(others); }, patience))
            return false;
        const int role = m_list.roleNames().key(field.toUtf8(), -1);
        if (role >= 0)
            QObject::connect(&m_list, &SyncList::dataChanged, &m_list,
                             [&](const QModelIndex &first, const QModelIndex &last) {
                                 for (int row = first.row(); row <= last.row(); ++row)
                                     m_read += m_list.data(m_list.index(row), role).toLongLong();
                             });
        const double before = m_client.metrics().eventsReceived;
        const Stopwatch watch;
        tellReady();
        const auto events = double(m_task.count);
        if (!eventually([&] { return m_client.metrics().eventsReceived - before >= events; }, patience))
            return false;
        tellDone(watch, { { u"read"_s, m_read } });
        return isCurrent();
    }
    // What is counted is also kept: the last event, whose number says which it is, is in its row.
    [[nodiscard]] bool isCurrent() const
    {
        const qint64 last = m_task.count - 1;
        const QVariant value = m_list.data(m_list.index(int(last % m_list.rowCount())));
        return value.toMap().value(u"n"_s).toLongLong() == last;
    }

    bool latency()
    {
        m_list.setValueRoles({ u"t"_s });
        if (!open())
            return false;
        const int role = m_list.roleNames().key("t", -1);
        QList<double> delays;
        QObject::connect(&m_list, &SyncList::dataChanged, &m_list, [&](const QModelIndex &first) {
            delays.append(wallClock() - m_list.data(first, role).toDouble());
        });
        const double before = m_client.metrics().eventsReceived;
        const Stopwatch watch;
        tellReady();
        // Changes of one turn are told of together, so that there may be fewer delays than events.
        const auto isOver = [&] {
            return m_client.metrics().eventsReceived - before >= double(m_task.count);
        };
        if (!eventually(isOver, patience))
            return false;
        tellDone(watch, quantiles(delays));
        return true;
    }

    bool load()
    {
        tellReady();
        const double before = processMemory("VmRSS:");
        const Stopwatch watch;
        ask();
        if (!eventually([&] { return m_list.isComplete(); },
                        patience)) // nobody else waits for a subscription
            return false;
        const double mebibytes = processMemory("VmRSS:") - before;
        tellDone(watch,
                 { { u"bytesAnItem"_s, mebibytes * 1024 * 1024 / double(m_list.count()) },
                   { u"items"_s, m_list.count() } });
        return m_list.count() == m_task.count;
    }

    [[nodiscard]] SyncValue value() const
    {
        return { { u"n"_s, 1 }, { u"pad"_s, QString(std::max(0, m_task.bytes - 16), u'x') } };
    }
    bool pushes()
    {
        if (!open())
            return false;
        const SyncValue what = value();
        tellReady();
        const Stopwatch watch;
        std::vector<QFuture<SyncListItem>> calls;
        calls.reserve(std::size_t(m_task.count));
        for (qint64 i = 0; i < m_task.count; ++i)
            calls.push_back(m_list.push(what));
        std::size_t done = 0;
        const auto allDone = [&] {
            while (done < calls.size() && calls[done].isFinished())
                ++done;
            return done == calls.size();
        };
        if (!eventually(allDone, patience))
            return false;
        tellDone(watch);
        return std::none_of(calls.begin(), calls.end(),
                            [](const auto &call) { return call.resultCount() == 0; });
    }
    bool push()
    {
        if (!open())
            return false;
        const SyncValue what = value();
        tellReady();
        const Stopwatch watch;
        QList<double> delays;
        for (qint64 i = 0; i < m_task.count; ++i) {
            const double before = wallClock();
            const auto call = m_list.push(what);
            if (!eventually([&] { return call.isFinished(); }, patience) || call.resultCount() == 0)
                return false;
            delays.append(wallClock() - before);
        }
        tellDone(watch, quantiles(delays));
        return true;
    }

    using Documents = std::vector<std::unique_ptr<SyncDocument>>;
    [[nodiscard]] Documents documents(qint64 count) const
    {
        Documents all;
        for (qint64 i = 0; i < count; ++i) {
            auto &document = *all.emplace_back(std::make_unique<SyncDocument>());
            document.setMode(SyncClient::OpenMode::OpenExisting);
            document.setUniqueName(m_task.prefix + QString::number(i));
            document.setClient(&m_client);
        }
        return all;
    }
    [[nodiscard]] static bool areEstablished(const Documents &all)
    {
        return std::all_of(all.begin(), all.end(), [](const auto &document) {
            return document->subscriptionState() == Sync::SubscriptionState::Established;
        });
    }

    [[nodiscard]] static bool areReady(const Documents &all)
    {
        return std::all_of(all.begin(), all.end(),
                           [](const auto &document) { return document->status() == Sync::Status::Ready; });
    }

    // All at once; with \a again, how long it takes from the loss of the connection until all are told of
    // changes again.
    bool openObjects(bool again)
    {
        if (!again)
            tellReady();
        Stopwatch watch;
        const auto all = documents(m_task.count);
        if (!eventually([&] { return areReady(all); }, patience))
            return false;
        const double opened = watch.milliseconds();
        if (!eventually([&] { return areEstablished(all); }, patience))
            return false;
        if (again) {
            const auto isConnected = [this] {
                return m_client.connectionState() == SyncClient::ConnectionState::Connected;
            };
            tellReady();
            if (!eventually([&] { return !isConnected(); }, patience) || !eventually(isConnected, patience))
                return false;
            watch = Stopwatch(); // how soon it connects is a matter of politeness
            if (!eventually([&] { return areEstablished(all); }, patience))
                return false;
        }
        tellDone(watch, { { u"opened"_s, opened } });
        return true;
    }

    const Task m_task;
    SyncClient &m_client;
    SyncList &m_list;
    qint64 m_read = 0;
};

} // namespace

bool runOurs(const Task &task, SyncClient &client, SyncList &list) { return Ours(task, client, list).run(); }

bool openOurs(const Task &task, SyncClient &client, SyncList &list)
{
    Ours ours(task, client, list);
    return ours.connect() && ours.open();
}

} // namespace Bench
