// A client in a process of its own, to be killed: pushes numbers to a list, and keeps what waits. Says "kept
// N" once a number is on its disk, "done N" once the service has it, and "failed N" if it will not be done,
// or nobody knows.
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/synclist.h"
#include "TwilioSync/api/syncoutbox.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qset.h>
#include <QtCore/qtimer.h>
#include <QtCore/qurl.h>

#include <cstdio>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

void say(const char *what, int number)
{
    std::printf("%s %d\n", what, number);
    std::fflush(stdout);
}

int numberOf(const QVariant &value) { return value.toMap().value(u"n"_s).toInt(); }

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const QStringList arguments = QCoreApplication::arguments();
    if (arguments.size() != 6) {
        std::fputs("usage: writingclient URL TOKEN CACHEPATH LIST FIRST\n", stderr);
        return 2;
    }
    SyncClient client;
    client.setUrl(QUrl(arguments[1]));
    client.setCachePath(arguments[3]);
    client.setPersistentWrites(true);
    client.setPaceWrites(false);
    client.setToken(arguments[2]);
    SyncOutbox *const outbox = client.outbox();
    QSet<int> kept;
    const auto look = [outbox, &kept] {
        for (int row = 0; row < outbox->rowCount(); ++row) {
            const QModelIndex index = outbox->index(row);
            const int number = numberOf(index.data(SyncOutbox::ValueRole));
            const auto state = index.data(SyncOutbox::StateRole).value<SyncOutbox::State>();
            if (state == SyncOutbox::State::Unsaved || kept.contains(number))
                continue;
            kept.insert(number);
            say("kept", number);
        }
    };
    QObject::connect(outbox, &QAbstractItemModel::dataChanged, outbox, look);
    QObject::connect(&client, &SyncClient::writeFailed, &client,
                     [](const SyncWrite &write) { say("failed", numberOf(write.value())); });
    SyncList list;
    list.setClient(&client);
    list.setUniqueName(arguments[4]);
    int next = arguments[5].toInt();
    QTimer pushes;
    QObject::connect(&pushes, &QTimer::timeout, &client, [&client, &list, &next] {
        if (list.status() != Sync::Status::Ready)
            return;
        const int number = next++;
        list.push({ { u"n"_s, number } }).then(&client, [number](const SyncListItem &) {
            say("done", number);
        });
    });
    pushes.start(3);
    return QCoreApplication::exec();
}
