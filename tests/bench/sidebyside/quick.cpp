#include "bench/sidebyside/quick.h"

#include "bench/sidebyside/ours.h"
#include "shared/eventually.h"
#include "TwilioSync/api/syncclient.h"

#include <QtQml/qqmlengine.h>
#include <QtQuick/qquickitem.h>
#include <QtQuick/qquickview.h>

#include <cstdio>

using namespace Qt::StringLiterals;

namespace Bench {
namespace {

// Null, with the reason on the standard error output, if \a file does not load.
std::unique_ptr<QQuickView> load(const QString &file, const QVariantMap &properties, bool isShown)
{
    auto view = std::make_unique<QQuickView>();
    view->engine()->addImportPath(QStringLiteral(QML_IMPORTS));
    view->setInitialProperties(properties);
    view->setSource(QUrl::fromLocalFile(QStringLiteral(QML_FILES) + file));
    if (view->status() != QQuickView::Ready) {
        const auto errors = view->errors();
        for (const QQmlError &error : errors)
            std::fprintf(stderr, "%s\n", qPrintable(error.toString()));
        return nullptr;
    }
    if (isShown)
        view->show();
    return view;
}

} // namespace

bool runOursInQml(const Task &task, bool isShown)
{
    const auto view = load(u"/Ours.qml"_s, { { u"isShown"_s, isShown } }, isShown);
    if (!view)
        return false;
    auto *const client = view->rootObject()->property("client").value<Twilio::SyncClient *>();
    auto *const list = view->rootObject()->property("list").value<Twilio::SyncList *>();
    return client && list && runOurs(task, *client, *list);
}

bool runNaive(const Task &task, bool isShown)
{
    const QVariantMap properties { { u"isShown"_s, isShown }, { u"work"_s, task.work },
                                   { u"url"_s, task.url },    { u"token"_s, task.token },
                                   { u"sid"_s, task.sid },    { u"total"_s, task.count },
                                   { u"bytes"_s, task.bytes } };
    const auto view = load(u"/Naive.qml"_s, properties, isShown);
    if (!view)
        return false;
    const QObject *const root = view->rootObject();
    const auto isTrue = [root](const char *name) { return root->property(name).toBool(); };
    if (!eventually([&] { return isTrue("isReady"); }, patience))
        return false;
    const Stopwatch watch;
    tellReady();
    QMetaObject::invokeMethod(view->rootObject(), "begin");
    if (!eventually([&] { return isTrue("isDone"); }, patience))
        return false;
    tellDone(watch);
    return true;
}

} // namespace Bench
