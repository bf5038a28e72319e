#include "bench/sidebyside/quick.h"

#include "bench/sidebyside/ours.h"
#include "bench/support/memory.h"
#include "shared/eventually.h"
#include "TwilioSync/api/syncclient.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtQml/qqmlengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickview.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

//! One of the QML files, in a window if it is to be shown.
class Page
{
public:
    Page(const QString &file, const QVariantMap &properties, bool isShown)
    {
        QObject::connect(m_view.engine(), &QQmlEngine::warnings, &m_view, [this] { m_hasFailed = true; });
        m_view.engine()->addImportPath(QStringLiteral(QML_IMPORTS));
        m_view.setInitialProperties(properties);
        m_view.setSource(QUrl::fromLocalFile(QStringLiteral(QML_FILES) + file));
        const auto errors = m_view.errors();
        for (const QQmlError &error : errors)
            std::fprintf(stderr, "%s\n", qPrintable(error.toString()));
        if (isShown)
            m_view.show();
    }

    //! Null if it did not load.
    [[nodiscard]] QQuickItem *root() const { return m_view.rootObject(); }
    [[nodiscard]] QVariant property(const char *name) const { return root()->property(name); }
    //! Until \a condition holds; false if its JavaScript fails before that, which it would not get over.
    template <typename Condition>
    bool waitFor(Condition condition) const
    {
        bool holds = false;
        return eventually([&] { return (holds = condition()) || m_hasFailed; }, patience) && holds;
    }

private:
    QQuickView m_view;
    bool m_hasFailed = false;
};

// Pushes \a count items, and waits until all are answered; false if one fails.
bool push(const Task &task, const Page &page, qint64 count)
{
    const qint64 all = page.property("pushed").toLongLong() + count;
    QMetaObject::invokeMethod(page.root(), "push", Q_ARG(QVariant, count), Q_ARG(QVariant, task.bytes));
    const auto hasFailed = [&] { return !page.property("error").toString().isEmpty(); };
    return page.waitFor([&] { return page.property("pushed").toLongLong() == all || hasFailed(); })
            && !hasFailed();
}

bool pushAll(const Task &task, const Page &page)
{
    tellReady();
    const Stopwatch watch;
    if (!push(task, page, task.count))
        return false;
    tellDone(watch);
    return true;
}

bool pushOneByOne(const Task &task, const Page &page)
{
    tellReady();
    const Stopwatch watch;
    QList<double> delays;
    for (qint64 i = 0; i < task.count; ++i) {
        const double before = wallClock();
        if (!push(task, page, 1))
            return false;
        delays.append(wallClock() - before);
    }
    tellDone(watch, quantiles(delays));
    return true;
}

// Until the model tells of a change that the server has made at "t".
bool hear(const Task &task, const Page &page)
{
    auto *const rows = page.property("rows").value<QAbstractItemModel *>();
    if (!rows)
        return false;
    const int role = rows->roleNames().key("t", -1);
    QList<double> delays;
    QObject::connect(rows, &QAbstractItemModel::dataChanged, rows, [&](const QModelIndex &first) {
        delays.append(wallClock() - rows->data(first, role).toDouble());
    });
    const Stopwatch watch;
    tellReady();
    if (!page.waitFor([&] { return delays.size() >= task.count; }))
        return false;
    tellDone(watch, quantiles(delays));
    return true;
}

// Reads the list, or hears of all its changes.
bool fill(const Task &task, const Page &page)
{
    const double before = processMemory("VmRSS:");
    const Stopwatch watch;
    tellReady();
    if (task.work == "load"_L1)
        QMetaObject::invokeMethod(page.root(), "load");
    if (!page.waitFor([&] { return page.property("isDone").toBool(); }))
        return false;
    const double mebibytes = processMemory("VmRSS:") - before;
    tellDone(watch, { { u"bytesAnItem"_s, mebibytes * 1024 * 1024 / double(task.count) } });
    return true;
}

} // namespace

bool runOursInQml(const Task &task, bool isShown)
{
    const Page page(u"/Ours.qml"_s, { { u"isShown"_s, isShown } }, isShown);
    if (!page.root())
        return false;
    auto *const client = page.property("client").value<Twilio::SyncClient *>();
    auto *const list = page.property("list").value<Twilio::SyncList *>();
    if (!client || !list)
        return false;
    if (task.work == "pushes"_L1)
        return openOurs(task, *client, *list) && pushAll(task, page);
    if (task.work == "push"_L1)
        return openOurs(task, *client, *list) && pushOneByOne(task, page);
    return runOurs(task, *client, *list);
}

bool runNaive(const Task &task, bool isShown)
{
    const QVariantMap properties { { u"isShown"_s, isShown }, { u"work"_s, task.work },
                                   { u"url"_s, task.url },    { u"token"_s, task.token },
                                   { u"sid"_s, task.sid },    { u"total"_s, task.count } };
    const Page page(u"/Naive.qml"_s, properties, isShown);
    if (!page.root() || !page.waitFor([&] { return page.property("isReady").toBool(); }))
        return false;
    if (task.work == "pushes"_L1)
        return pushAll(task, page);
    if (task.work == "push"_L1)
        return pushOneByOne(task, page);
    return task.work == "latency"_L1 ? hear(task, page) : fill(task, page);
}

} // namespace Bench
