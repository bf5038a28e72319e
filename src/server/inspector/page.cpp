#include "server/inspector/page.h"

#include "server/http/router.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

using namespace Qt::StringLiterals;

// Of a static library nobody else would.
static void initResources() { Q_INIT_RESOURCE(twilio_sync_inspector); }

namespace Twilio::Server {
namespace {

constexpr auto folder = ":/twilio-sync-inspector/"_L1;

QByteArray typeOf(const QString &name)
{
    return name.endsWith(".html"_L1)   ? "text/html; charset=utf-8"
            : name.endsWith(".js"_L1)  ? "text/javascript; charset=utf-8"
            : name.endsWith(".css"_L1) ? "text/css; charset=utf-8"
                                       : "image/svg+xml";
}

// What a browser may do with a file of the page: load the others, call this server, and nothing else.
HttpFields securityHeaders()
{
    return { { "Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
               "base-uri 'none'; frame-ancestors 'none'; form-action 'none'; "
               "require-trusted-types-for 'script'" },
             { "X-Content-Type-Options", "nosniff" },
             { "Referrer-Policy", "no-referrer" },
             { "Cross-Origin-Opener-Policy", "same-origin" },
             { "Cross-Origin-Resource-Policy", "same-origin" },
             { "Cache-Control", "no-store" } };
}

} // namespace

void addInspectorPage(Router &router)
{
    initResources();
    const QStringList names = QDir(QString(folder)).entryList(QDir::Files);
    for (const QString &name : names) {
        QFile file(folder + name);
        if (!file.open(QFile::ReadOnly))
            qFatal("the inspector's page lacks %s", qPrintable(name));
        const HttpResponse response { 200, file.readAll(), securityHeaders(), typeOf(name) };
        const QByteArray path =
                name == "index.html"_L1 ? QByteArray("/") : "/_inspect/page/" + name.toLatin1();
        router.add("GET", path,
                   [response](const HttpRequest &, const QList<QByteArray> &, const HttpAnswer &answer) {
                       answer(response);
                   });
    }
}

} // namespace Twilio::Server
