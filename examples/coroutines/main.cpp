// Coroutines: with QCoro every future of the library can be awaited.
// On a server inside this program, or on the one that --url and --token name.
#include <TwilioSync/LocalSyncServer>

#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncException>
#include <TwilioSync/SyncList>
#include <TwilioSync/SyncPaginator>

#include <QCoroFuture>
#include <QCoroTask>

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qdebug.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

QCoro::Task<void> printItems(SyncList *list)
{
    SyncPaginator *page = co_await list->getItems();
    for (const SyncListItem &item : page->listItems())
        qInfo().noquote() << "  item" << item.index() << item.json();
    delete page;
}

QCoro::Task<bool> findsItem(SyncList *list, qint64 index)
{
    try {
        co_await list->get(index);
        co_return true;
    } catch (const SyncException &exception) { // what a failed future throws
        qInfo() << "item" << index << "is not there:" << exception.error();
        co_return false;
    }
}

QCoro::Task<bool> goShopping(SyncClient *client)
{
    try {
        SyncList *list = co_await client->list();
        qInfo().noquote() << "a list of its own:" << list->sid();

        // Values of their own: GCC 12 takes no braced list inside an expression with co_await
        const SyncValue milk { { u"title"_s, u"Milk"_s }, { u"done"_s, false } };
        const SyncValue bread { { u"title"_s, u"Bread"_s }, { u"done"_s, false } };
        const SyncValue done { { u"done"_s, true } };
        const SyncListItem item = co_await list->push(milk);
        co_await list->push(bread);
        co_await list->update(item.index(), done);
        co_await printItems(list);

        const bool found = co_await findsItem(list, 99);
        co_await list->removeList();
        co_await client->shutdown();
        co_return !found;
    } catch (const SyncException &exception) {
        qWarning() << exception.error();
        co_return false;
    }
}

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QCommandLineOption url(u"url"_s, u"The server; without it one is started inside."_s, u"url"_s);
    const QCommandLineOption token(u"token"_s, u"Access token for --url."_s, u"token"_s);
    QCommandLineParser parser;
    parser.addHelpOption();
    parser.addOptions({ url, token });
    parser.process(application);

    LocalSyncServer server;
    SyncClient client;
    if (parser.isSet(url)) {
        client.setUrl(QUrl(parser.value(url)));
        client.setToken(parser.value(token));
    } else if (server.listen()) {
        client.setUrl(server.url());
        client.setToken(server.createToken(u"coroutine"_s));
    } else {
        qWarning() << server.error();
        return 1;
    }
    return QCoro::waitFor(goShopping(&client)) ? 0 : 1;
}
