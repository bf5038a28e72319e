#include "bench/sidebyside/quick.h"

#include "bench/sidebyside/ours.h"
#include "bench/support/memory.h"
#include "shared/eventually.h"
#include "TwilioSync/api/syncclient.h"

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

// A Promise for each push, as an application has them.
bool push(const Task &task, const Page &page)
{
    tellReady();
    const Stopwatch watch;
    QMetaObject::invokeMethod(page.root(), "push", Q_ARG(QVariant, task.count), Q_ARG(QVariant, task.bytes));
    const auto isDone = [&] { return page.property("pushed").toLongLong() == task.count; };
    const auto hasFailed = [&] { return !page.property("error").toString().isEmpty(); };
    if (!page.waitFor([&] { return isDone() || hasFailed(); }) || hasFailed())
        return false;
    tellDone(watch);
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
    if (task.work == "pushes"_L1)
        return client && list && openOurs(task, *client, *list) && push(task, page);
    return client && list && runOurs(task, *client, *list);
}

bool runNaive(const Task &task, bool isShown)
{
    const QVariantMap properties { { u"isShown"_s, isShown }, { u"work"_s, task.work },
                                   { u"url"_s, task.url },    { u"token"_s, task.token },
                                   { u"sid"_s, task.sid },    { u"total"_s, task.count },
                                   { u"bytes"_s, task.bytes } };
    const Page page(u"/Naive.qml"_s, properties, isShown);
    const auto isTrue = [&](const char *name) {
        return [&page, name] { return page.property(name).toBool(); };
    };
    if (!page.root() || !page.waitFor(isTrue("isReady")))
        return false;
    const double before = processMemory("VmRSS:");
    const Stopwatch watch;
    tellReady();
    QMetaObject::invokeMethod(page.root(), "begin");
    if (!page.waitFor(isTrue("isDone")))
        return false;
    const double mebibytes = processMemory("VmRSS:") - before;
    tellDone(watch, { { u"bytesAnItem"_s, mebibytes * 1024 * 1024 / double(task.count) } });
    return true;
}

} // namespace Bench
