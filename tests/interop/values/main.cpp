// Our half of values.mjs: says "ready", then adds one field to each value that somebody else has set.
#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncMap>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>

#include <iostream>

using namespace Qt::StringLiterals;
using namespace Twilio;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({ { u"url"_s, u"The server."_s, u"url"_s },
                        { u"token"_s, u"Access token."_s, u"token"_s },
                        { u"name"_s, u"Of the map."_s, u"name"_s } });
    parser.process(application);

    SyncClient client;
    client.setPaceWrites(false);
    client.setUrl(QUrl(parser.value(u"url"_s)));
    client.setToken(parser.value(u"token"_s));
    SyncMap map;
    map.setClient(&client);
    map.setUniqueName(parser.value(u"name"_s));
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
