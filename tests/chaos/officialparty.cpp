#include "officialparty.h"

#include "convergence/handle.h"
#include "shared/eventually.h"
#include "tokenoffice.h"

#include <QtCore/qjsondocument.h>

using namespace Qt::StringLiterals;

namespace {

template <typename Enum>
Enum named(const QString &name, const QStringList &names)
{
    const qsizetype place = names.indexOf(name);
    if (place < 0)
        qFatal("official.mjs says %s", qPrintable(name));
    return Enum(place);
}

// As the enumerators stand.
const QStringList deedNames { u"push"_s, u"put"_s, u"remove"_s, u"count"_s, u"note"_s, u"publish"_s };
const QStringList targetNames { u"list"_s, u"map"_s, u"document"_s, u"stream"_s };
const QStringList endNames { u"open"_s, u"acknowledged"_s, u"unknown"_s, u"refused"_s };

ServiceState::Item itemOf(const QJsonValue &json)
{
    return { json[u"revision"_s].toString(), json[u"value"_s].toObject() };
}

QMap<QString, ServiceState::Item> itemsOf(const QJsonObject &json)
{
    QMap<QString, ServiceState::Item> items;
    for (auto it = json.constBegin(); it != json.constEnd(); ++it)
        items.insert(it.key(), itemOf(it.value()));
    return items;
}

} // namespace

OfficialParty::OfficialParty(TokenOffice &office, std::uint64_t seed, std::function<qint64()> now)
    : m_office(office)
    , m_seed(seed)
    , m_now(std::move(now))
{
    m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
    m_process.setWorkingDirectory(QStringLiteral(INTEROP_FOLDER));
    connect(&m_process, &QProcess::readyReadStandardOutput, this, [this] {
        while (m_process.canReadLine())
            receive(QJsonDocument::fromJson(m_process.readLine()).object());
    });
}

OfficialParty::~OfficialParty()
{
    m_process.closeWriteChannel();
    if (!m_process.waitForFinished(5'000))
        m_process.kill();
    m_process.waitForFinished();
}

void OfficialParty::open(const QList<QUrl> &urls)
{
    QJsonArray addresses;
    QJsonArray tokens;
    for (int i = 0; i < clients; ++i) {
        addresses.append(urls.at(i).toString());
        tokens.append(m_office.token(i));
    }
    const QJsonObject names { { u"list"_s, RemoteObject { Kind::List }.name() },
                              { u"map"_s, RemoteObject { Kind::Map }.name() },
                              { u"document"_s, nameOf(Target::Document) },
                              { u"stream"_s, nameOf(Target::Stream) } };
    const QJsonObject configuration { { u"urls"_s, addresses },
                                      { u"tokens"_s, tokens },
                                      { u"writers"_s, writers },
                                      { u"seed"_s, qint64(m_seed) },
                                      { u"names"_s, names } };
    m_process.start(QStringLiteral(NODE_EXECUTABLE),
                    { QStringLiteral(OFFICIAL_SCRIPT),
                      QString::fromUtf8(QJsonDocument(configuration).toJson(QJsonDocument::Compact)) });
}

void OfficialParty::send(const QJsonObject &message)
{
    m_process.write(QJsonDocument(message).toJson(QJsonDocument::Compact) + '\n');
}

void OfficialParty::rotateToken(int client, const QString &token)
{
    send({ { u"do"_s, u"token"_s }, { u"client"_s, client }, { u"token"_s, token } });
}

void OfficialParty::ask(int client)
{
    m_office.ask(client, [this, client](const std::optional<QString> &token) {
        if (token)
            rotateToken(client, *token);
        else
            send({ { u"do"_s, u"retry"_s }, { u"client"_s, client } });
    });
}

void OfficialParty::receive(const QJsonObject &message)
{
    const int number = message.value("client"_L1).toInt();
    if (message.contains("call"_L1)) {
        m_places.insert(
                message.value("call"_L1).toInt(),
                m_ledger.add({ .writer = message.value("writer"_L1).toInt(),
                               .deed = named<Deed>(message.value("deed"_L1).toString(), deedNames),
                               .target = named<Target>(message.value("target"_L1).toString(), targetNames),
                               .key = message.value("key"_L1).toString(),
                               .id = message.value("id"_L1).toString(),
                               .startedAt = m_now() }));
    } else if (message.contains("end"_L1)) {
        Call &call = m_ledger.at(m_places.take(message.value("end"_L1).toInt()));
        call.end = named<End>(message.value("as"_L1).toString(), endNames);
        call.error = message.value("error"_L1).toString();
        call.endedAt = m_now();
    } else if (message.contains("state"_L1)) {
        m_connections.insert(number, message.value("state"_L1).toString());
    } else if (message.contains("states"_L1)) {
        m_states = message.value("states"_L1).toArray();
    } else if (message.contains("ask"_L1)) {
        ask(message.value("ask"_L1).toInt());
    } else if (message.contains("ready"_L1)) {
        m_isReady = true;
    }
}

bool OfficialParty::isAtRest()
{
    if (m_process.state() != QProcess::Running)
        return true; // nothing will come any more
    for (int i = 0; i < clients; ++i) {
        if (m_connections.value(i) != "connected"_L1)
            return false;
    }
    return m_ledger.open() == 0;
}

void OfficialParty::judge(const ServiceState &state, Figures &figures)
{
    m_states = {};
    send({ { u"do"_s, u"state"_s } });
    if (!eventually([this] { return !m_states.isEmpty(); })) {
        figures.find(figures.stuck, u"the process does not answer"_s);
        return;
    }
    for (int i = 0; i < clients; ++i) {
        const QJsonObject client = m_states.at(i).toObject();
        const QString who = u"client %1 "_s.arg(i);
        if (const QString connection = client.value("connection"_L1).toString(); connection != "connected"_L1)
            figures.find(figures.stuck, who + u"is "_s + connection);
        if (itemsOf(client.value("list"_L1).toObject()) != state.list)
            figures.find(figures.diverged, who + u"has another list"_s);
        if (itemsOf(client.value("map"_L1).toObject()) != state.map)
            figures.find(figures.diverged, who + u"has another map"_s);
        if (itemOf(client.value("document"_L1)) != state.document)
            figures.find(figures.diverged, who + u"has another document"_s);
        const QJsonArray twice = client.value("twice"_L1).toArray();
        for (const auto &told : twice)
            figures.find(figures.toldTwice, who + told.toString());
    }
}
