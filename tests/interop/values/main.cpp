// Our half of values.mjs: says "ready", then adds one field to each value that somebody else has set.
#include "../clientoptions.h"

#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncMap>

#include <QtCore/qcoreapplication.h>

#include <iostream>

using namespace Qt::StringLiterals;
using namespace Twilio;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const ClientOptions options(application, { { u"name"_s, u"Of the map."_s, u"name"_s } });

    SyncClient client;
    client.setPaceWrites(false);
    options.connect(client);
    SyncMap map;
    map.setClient(&client);
    map.setUniqueName(options.value(u"name"_s));
    QObject::connect(&map, &SyncMap::subscriptionStateChanged, &map, [&map] {
        if (map.subscriptionState() == Sync::SubscriptionState::Established)
            std::cout << "ready" << std::endl;
    });
    const auto touch = [&map](const SyncMapItem &item, bool isLocal) {
        if (!isLocal)
            map.update(item.key(), { { u"touched"_s, 1 } });
    };
    QObject::connect(&map, &SyncMap::itemAdded, &map, touch);
    QObject::connect(&map, &SyncMap::itemUpdated, &map, touch);
    return QCoreApplication::exec();
}
