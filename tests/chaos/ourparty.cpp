#include "ourparty.h"

#include "tokenoffice.h"

#include <algorithm>

using namespace Twilio;
using namespace Qt::StringLiterals;

OurParty::OurParty(TokenOffice &office, std::uint64_t seed, std::function<qint64()> now)
    : m_office(office)
    , m_seed(seed)
    , m_now(std::move(now))
{ }

void OurParty::open(const QList<QUrl> &urls)
{
    constexpr int largestPage = 20;
    Random random(m_seed);
    for (int i = 0; i < clients; ++i) {
        const auto provider = [this, i] {
            QPromise<QString> promise;
            promise.start();
            const QFuture<QString> future = promise.future();
            const auto shared = std::make_shared<QPromise<QString>>(std::move(promise));
            m_office.ask(i, [shared](const std::optional<QString> &token) {
                if (token)
                    shared->addResult(*token);
                else
                    shared->setException(std::make_exception_ptr(std::runtime_error("the office is closed")));
                shared->finish();
            });
            return future;
        };
        const View view { .order = random.chance(50) ? Qt::AscendingOrder : Qt::DescendingOrder,
                          .pageSize = random.between(1, largestPage),
                          .loadAll = true };
        m_clients.push_back(std::make_unique<OurClient>(urls.at(i), provider, view, i % 2 == 0));
        if (i < writers)
            m_writers.push_back(std::make_unique<OurWriter>(i, *m_clients.back(), m_ledger,
                                                            random.below(1 << 30), m_now));
    }
}

bool OurParty::isReady() const
{
    return std::all_of(m_clients.begin(), m_clients.end(),
                       [](const auto &client) { return client->unrest().isEmpty(); });
}

void OurParty::startWriting()
{
    for (const auto &writer : m_writers)
        writer->start();
}

void OurParty::stopWriting()
{
    for (const auto &writer : m_writers)
        writer->stop();
}

void OurParty::rotateToken(int client, const QString &token)
{
    m_clients[std::size_t(client)]->client().setToken(token);
}

bool OurParty::isAtRest() { return isReady() && m_ledger.open() == 0; }

void OurParty::judge(const ServiceState &state, Figures &figures)
{
    for (int i = 0; i < clients; ++i) {
        const OurClient &client = *m_clients[std::size_t(i)];
        const QString who = u"client %1 "_s.arg(i);
        if (const QString unrest = client.unrest(); !unrest.isEmpty())
            figures.find(figures.stuck, who + unrest);
        if (const QString difference = client.difference(state); !difference.isEmpty())
            figures.find(figures.diverged, who + difference);
        for (const QString &told : client.toldTwice())
            figures.find(figures.toldTwice, who + told);
    }
}
