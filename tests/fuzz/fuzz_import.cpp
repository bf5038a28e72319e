// A file to import. An error says where it is; what was taken is the same text whenever it is exported.
#include "check.h"
#include "server/exchange/exporter.h"
#include "server/exchange/importer.h"
#include "serverdata.h"

using namespace Twilio::Server;

namespace {

const QString file = QStringLiteral("seed.json");

QByteArray exported(ServerData &server)
{
    QList<const Service *> services;
    for (const auto &[sid, service] : server.data.store().services())
        services.append(&service);
    return Exporter(server.data).text(services);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    static ServerData server;
    server.clear();
    Importer importer(server.data, server.services);
    const auto result = importer.importText(file, { reinterpret_cast<const char *>(bytes), qsizetype(size) });
    if (const Twilio::SyncError *const error = Twilio::errorOf(result)) {
        check(error->message().startsWith(file + QLatin1Char(':')));
        check(server.data.objectCount() == 0 && server.data.store().services().empty());
        return 0;
    }
    const QByteArray text = exported(server);
    check(Twilio::Protocol::isValidJson(text));
    server.clear();
    check(!Twilio::errorOf(importer.importText(file, text)));
    check(exported(server) == text);
    return 0;
}
