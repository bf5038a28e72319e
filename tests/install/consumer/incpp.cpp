#include <TwilioSync/LocalSyncServer>
#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncList>

#include <QtCore/QCoreApplication>

using namespace Twilio;
using namespace Qt::StringLiterals;

int main(int argc, char *argv[])
{
    QCoreApplication app(argc, argv);
    LocalSyncServer server;
    if (!server.listen())
        qFatal("%s", qPrintable(server.error().message()));
    SyncClient client;
    client.setUrl(server.url());
    client.setToken(server.createToken(u"alice"_s));
    client.list(u"tasks"_s)
            .then(&app,
                  [](SyncList *list) {
                      return list->push({ { u"title"_s, u"Milk"_s } });
                  })
            .unwrap()
            .then(&app, [](const SyncListItem &item) { qInfo("pushed at index %lld", item.index()); })
            .onFailed(&app,
                      [](const SyncException &e) {
                          qCritical() << e.error();
                          QCoreApplication::exit(1);
                      })
            .then(&app, [] { QCoreApplication::quit(); });
    return QCoreApplication::exec();
}
