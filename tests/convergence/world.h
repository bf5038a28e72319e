#pragma once

#include "handle.h"
#include "ledger.h"
#include "shared/simulatedservice.h"
#include "truth.h"
#include "TwilioSync/session/diskcache.h"

#include <QtCore/qtemporarydir.h>

#include <memory>
#include <optional>
#include <vector>

/*!
    \brief Everything of one schedule: the service, the network, the clients and their handles.
*/
class World
{
public:
    struct Client
    {
        std::unique_ptr<Twilio::SyncClient> api;
        std::vector<std::unique_ptr<Handle>> handles;
        //! Nothing disturbs its connection: frames come in order and once, and it is never cut.
        bool isCalm = false;
        //! Its handles keep the order of their calls.
        bool isOrdered = false;
        //! Some of its handles show writes before they are done.
        bool isOptimistic = false;
        std::optional<qsizetype> mostUnseen = {};
        //! Keeps what it sees, and what it wants written.
        bool isCaching = false;
        bool isPersistent = false;
        //! How what was kept is read.
        Twilio::DiskCache::Pieces pieces = {};
        int number = 0;
    };

    explicit World(VirtualTime &time);
    ~World();
    Q_DISABLE_COPY_MOVE(World)

    //! Its stores drop what nobody shows once it is more than \a mostUnseen items; as usual if that is not
    //! given.
    void addClient(bool isCalm, bool isOrdered, bool isCaching, std::optional<qsizetype> mostUnseen);
    //! \a client ends, its handles with it, and starts again with what it has kept; if it is \a killed, that
    //! is what the file held until now.
    void restartClient(Client &client, bool killed);
    Handle &addHandle(Client &client, const RemoteObject &object, const View &view);
    void dropHandle(Client &client, std::size_t number);
    [[nodiscard]] std::vector<Handle *> handles() const;

    //! Runs what is due, and looks for what the models' observers found wrong.
    void settle();
    //! Heals everything and waits until nothing is under way any more; then compares everything.
    void comeToRest();
    //! Fetches what the windows do not show yet, comes to rest and compares again.
    void fetchEverything();

    //! What was wrong first; empty if nothing was.
    [[nodiscard]] const QString &failure() const { return m_failure; }
    void fail(const QString &what);

    VirtualTime &time;
    SimulatedNetwork network;
    SimulatedService service;
    const Truth truth;
    std::vector<std::unique_ptr<Client>> clients;
    //! Every call that was made.
    Ledger ledger;
    //! Called in each slot of an application, with the handle that tells; null = a client.
    std::function<void(const Handle *)> inSlot;
    //! How many event loops run in slots: what is due in the outer ones has to wait.
    int nestedLoops = 0;

private:
    void start(Client &client);
    //! What is still under way; empty if nothing is.
    [[nodiscard]] QString unrest();
    void compareSignals(const Handle &handle, bool isCalm);
    void compareLedger();

    QString m_failure;
    //! A folder for each client that keeps what it sees.
    QTemporaryDir m_folders;
};
