#pragma once

#include "TwilioSync/transport/transport.h"

#include <QtCore/qset.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

class SimulatedTransport;

//! One connection: frames on their way, and what the service remembers of its session.
struct SimulatedLink
{
    struct Frame
    {
        QByteArray bytes;
        //! A live event: the service may send these in another order and more than once (protocol.md 8.3).
        bool isLive = false;
    };

    [[nodiscard]] bool hasWork() const { return transport && (!isOpen || !up.empty() || !down.empty()); }

    int client = 0;
    //! The client's end; null once the connection is gone.
    SimulatedTransport *transport = nullptr;
    bool isOpen = false;
    std::deque<QByteArray> up;
    std::deque<Frame> down;
    bool isInitialized = false;
    QSet<QByteArray> subscriptions;
};
using SimulatedLinkPtr = std::shared_ptr<SimulatedLink>;

//! The client's end of a SimulatedLink.
class SimulatedTransport final : public Twilio::Transport
{
    Q_OBJECT

public:
    explicit SimulatedTransport(SimulatedLinkPtr link) : m_link(std::move(link)) { m_link->transport = this; }
    ~SimulatedTransport() override { detach(); }

    void open(const QUrl &) override { m_wanted = true; }
    void send(const QByteArray &message) override
    {
        if (m_link->transport == this && m_link->isOpen)
            m_link->up.push_back(message);
    }
    void ping() override { Q_EMIT ponged(); }
    [[nodiscard]] bool takesMore() override { return true; }
    void setHeld(bool) override { } // virtual time stands still while events are read
    void close() override
    {
        detach();
        QMetaObject::invokeMethod(
                this, [this] { Q_EMIT closed(Twilio::SyncError(QStringLiteral("closed"))); },
                Qt::QueuedConnection);
    }
    //! open() was called.
    [[nodiscard]] bool isWanted() const { return m_wanted; }

private:
    void detach()
    {
        if (m_link->transport == this)
            m_link->transport = nullptr;
    }

    const SimulatedLinkPtr m_link;
    bool m_wanted = false;
};

/*!
    \brief A network in memory where nothing moves by itself: the test accepts, delivers and cuts.

    What happens within deliver…() happens to the link's owner at once; its queued calls are left to the event
   loop.
*/
class SimulatedNetwork
{
public:
    //! The service's ear.
    std::function<void(SimulatedLink &link, const QByteArray &frame)> received;
    //! True: whoever connects is refused.
    bool isDown = false;

    [[nodiscard]] Twilio::TransportFactory factory(int client)
    {
        return [this, client] {
            auto link = std::make_shared<SimulatedLink>();
            link->client = client;
            m_links.push_back(link);
            return std::make_unique<SimulatedTransport>(link);
        };
    }

    //! Connections that are there or are being made.
    [[nodiscard]] const std::vector<SimulatedLinkPtr> &links()
    {
        std::erase_if(m_links, [](const SimulatedLinkPtr &link) { return !link->transport; });
        return m_links;
    }
    //! The connection of \a client; null if there is none.
    [[nodiscard]] SimulatedLinkPtr linkOf(int client)
    {
        const auto &all = links();
        const auto found = std::find_if(all.rbegin(), all.rend(),
                                        [client](const auto &link) { return link->client == client; });
        return found == all.rend() ? nullptr : *found;
    }

    //! Answers the handshake.
    void accept(const SimulatedLinkPtr &link)
    {
        if (!link->transport || link->isOpen || !link->transport->isWanted())
            return;
        if (isDown) {
            cut(link);
            return;
        }
        link->isOpen = true;
        Q_EMIT link->transport->opened();
    }
    //! The oldest frame reaches the service.
    void deliverUp(const SimulatedLinkPtr &link)
    {
        const QByteArray frame = std::move(link->up.front());
        link->up.pop_front();
        received(*link, frame);
    }
    //! Frame \a index of those on their way reaches the client.
    void deliverDown(const SimulatedLinkPtr &link, std::size_t index = 0)
    {
        const auto at = link->down.begin() + std::ptrdiff_t(index);
        const QByteArray frame = std::move(at->bytes);
        link->down.erase(at);
        Q_EMIT link->transport->messageReceived(frame);
    }
    //! The connection is lost, with all that is on its way.
    void cut(const SimulatedLinkPtr &link)
    {
        link->up.clear();
        link->down.clear();
        link->subscriptions.clear();
        if (SimulatedTransport *const transport = std::exchange(link->transport, nullptr))
            Q_EMIT transport->closed(Twilio::SyncError(QStringLiteral("connection lost")));
    }
    void cutAll()
    {
        const auto all = links();
        for (const SimulatedLinkPtr &link : all)
            cut(link);
    }
    //! Delivers everything in order until nothing is on its way any more. True if there was anything.
    bool deliverAll()
    {
        bool any = false;
        for (bool more = true; more;) {
            more = false;
            const auto all = links();
            for (const SimulatedLinkPtr &link : all) {
                if (!link->hasWork())
                    continue;
                more = any = true;
                if (!link->isOpen)
                    accept(link);
                while (link->transport && !link->up.empty())
                    deliverUp(link);
                while (link->transport && !link->down.empty())
                    deliverDown(link);
            }
        }
        return any;
    }

private:
    std::vector<SimulatedLinkPtr> m_links;
};
