// A client in a process of its own, to be killed: shows a list and keeps it. Says "ready" once it is up to
// date.
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qurl.h>

#include <cstdio>

using namespace Twilio;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 5) {
        std::fputs("usage: followingclient URL TOKEN CACHEPATH LIST\n", stderr);
        return 2;
    }
    SyncClient client;
    QObject::connect(&client, &SyncClient::cacheError, &client, [](const SyncError &error) {
        std::printf("cache error: %s\n", qUtf8Printable(error.message()));
        std::fflush(stdout);
    });
    client.setUrl(QUrl(arguments[1]));
    client.setCachePath(arguments[3]);
    client.setToken(arguments[2]);
    SyncList list;
    list.setLoadAll(true);
    QObject::connect(&list, &SyncList::subscriptionStateChanged, &list, [&list] {
        if (list.subscriptionState() == Sync::SubscriptionState::Established) {
            std::puts("ready");
            std::fflush(stdout);
        }
    });
    list.setClient(&client);
    list.setUniqueName(arguments[4]);
    return QCoreApplication::exec();
}
