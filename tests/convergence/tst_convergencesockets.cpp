#include "random.h"
#include "server/dialects/v3/calls.h"
#include "server/net/gateway.h"
#include "shared/clientfixture.h"
#include "truth.h"
#include "TwilioSync/api/syncclient_p.h"
#include "writers.h"

#include <QtTest/qtest.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

/*!
    Random schedules over real sockets, with a real server that is stopped and started: so that the network in
   memory is not the only witness. What falls between two steps is up to the machine; the steps are the
   seed's.
*/
class tst_ConvergenceSockets : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void endsAsTheService_data();
    void endsAsTheService();

private:
    struct Party
    {
        std::unique_ptr<SyncClient> client;
        std::vector<std::unique_ptr<Handle>> handles;
    };

    static Party join(const ServerFixture &server, Random &random, const RemoteObject &object);
    static void disturb(ServerFixture &server, Random &random);
    static void turn(int times);
};

void tst_ConvergenceSockets::endsAsTheService_data()
{
    QTest::addColumn<int>("seed");
    for (int seed = 1; seed <= 20; ++seed)
        QTest::addRow("seed %d", seed) << seed;
}

tst_ConvergenceSockets::Party tst_ConvergenceSockets::join(const ServerFixture &server, Random &random,
                                                           const RemoteObject &object)
{
    using namespace std::chrono_literals;
    Party party { makeClient(server), {} };
    ClientSession &session = *ClientPrivate::of(party.client.get())->session;
    Outbox::Options writes;
    writes.answerTimeout = 50ms; // then what got no answer in a cut is sent again
    session.setWriteOptions(writes);
    TwilsockChannel &channel = session.channel();
    TwilsockChannel::Options options = channel.options();
    options.backoffInitial = 5ms;
    options.backoffCap = 20ms;
    channel.setOptions(options);
    for (int i = random.between(1, 3); i > 0; --i) {
        const auto order = random.chance(50) ? Qt::AscendingOrder : Qt::DescendingOrder;
        party.handles.push_back(std::make_unique<Handle>(
                party.client.get(), object, View { order, random.between(1, 7), random.chance(50) }));
    }
    return party;
}

// Lets the event loop run for a while that is not measured.
void tst_ConvergenceSockets::turn(int times)
{
    for (int i = 0; i < times; ++i)
        QCoreApplication::processEvents(QEventLoop::AllEvents);
}

void tst_ConvergenceSockets::disturb(ServerFixture &server, Random &random)
{
    switch (random.below(5)) {
    case 0:
        server.server().gateway()->kick({});
        break;
    case 1:
        server.injector().faults().setReorder({ .count = random.between(1, 5) });
        break;
    case 2:
        server.injector().faults().setDuplicate(random.between(1, 5));
        break;
    case 3:
        server.injector().faults().setInterrupt({ .count = 2, .after = 1 });
        break;
    case 4:
        server.stop();
        turn(random.below(20));
        QVERIFY2(server.start(), qPrintable(server.errorText()));
        break;
    }
}

void tst_ConvergenceSockets::endsAsTheService()
{
    QFETCH(int, seed);
    ServerFixture server;
    if (!server.isEmbedded())
        QSKIP("needs faults and restarts of an embedded server");
    QVERIFY2(server.start(), qPrintable(server.errorText()));
    Random random { std::uint64_t(seed) };
    const RemoteObject object { random.chance(50) ? Kind::List : Kind::Map };
    const Server::TokenClaims claims;
    const Truth truth([&](const QByteArray &method, const QByteArray &path, const QByteArray &body,
                          const Server::NameValueList &params) {
        Server::V3::Calls v3(server.server().gateway()->hub().operations());
        return v3.handle({ method, path, params, {}, "127.0.0.1", body },
                         { u"carol"_s, claims.serviceSid, claims.accountSid });
    });
    Ledger ledger;
    Writers writers(truth, random, ledger);
    truth.create(object);
    for (int i = random.below(15); i > 0; --i)
        writers.writeRaw(object);
    std::vector<Party> parties;
    for (int i = random.between(1, 2); i > 0; --i)
        parties.push_back(join(server, random, object));

    for (int step = random.between(40, 120); step > 0; --step) {
        const auto party = random.below(int(parties.size()));
        const auto &handles = parties[std::size_t(party)].handles;
        const int what = random.below(100);
        if (what < 30)
            writers.writeRaw(object);
        else if (what < 55)
            writers.callOwn(*random.oneOf(handles), party);
        else if (what < 70)
            random.oneOf(handles)->model().fetchMore();
        else if (what < 77)
            disturb(server, random);
        else
            turn(random.below(30));
    }

    const auto atRest = [&] {
        return std::all_of(parties.begin(), parties.end(),
                           [](const Party &party) {
                               return party.client->pendingWrites() == 0
                                       && std::all_of(party.handles.begin(), party.handles.end(),
                                                      [](const auto &handle) {
                                                          return handle->isLive()
                                                                  && handle->model().isComplete();
                                                      });
                           })
                && ledger.open() == 0;
    };
    for (const Party &party : parties) {
        for (const auto &handle : party.handles)
            handle->model().setLoadAll(true);
    }
    waitFor(atRest);
    QVERIFY(atRest());
    for (const Party &party : parties) {
        for (const auto &handle : party.handles) {
            // Items expire all the while, and the last events may still be under way.
            waitFor([&] { return truth.differenceOf(*handle).isEmpty(); });
            QCOMPARE(truth.differenceOf(*handle), QString());
        }
    }
    QCOMPARE(ledger.wrongCounter(truth), QString());
}

QTEST_GUILESS_MAIN(tst_ConvergenceSockets)
#include "tst_convergencesockets.moc"
