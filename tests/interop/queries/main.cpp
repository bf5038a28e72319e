// Our half of queries.mjs: follows the queries of one expression a line of its input; a line "report" has it
// print what all of them hold.
#include "../clientoptions.h"

#include <TwilioSync/SyncClient>
#include <TwilioSync/SyncLiveQuery>

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qsocketnotifier.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <iostream>
#include <memory>
#include <unistd.h>
#include <vector>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

class Follower : public QObject
{
public:
    Follower(SyncClient *client, QString index) : m_client(client), m_index(std::move(index)) { }

    void line(const QByteArray &line)
    {
        if (line == "report")
            report();
        else
            follow(QJsonDocument::fromJson(line).array().at(0).toString());
    }

private:
    void follow(const QString &expression)
    {
        auto query = std::make_unique<SyncLiveQuery>();
        new QAbstractItemModelTester(query.get(), QAbstractItemModelTester::FailureReportingMode::Fatal,
                                     query.get());
        query->setClient(m_client);
        query->setIndexName(m_index);
        query->setExpression(expression);
        m_queries.push_back(std::move(query));
    }
    void report() const
    {
        QJsonArray all;
        for (const auto &query : m_queries) {
            QJsonArray rows; // in their order
            for (int row = 0; row < query->count(); ++row)
                rows.append(
                        QJsonArray { query->data(query->index(row), SyncLiveQuery::ItemKeyRole).toString(),
                                     QJsonObject::fromVariantMap(query->valueAt(row).toMap()) });
            const bool isLive = query->subscriptionState() == Sync::SubscriptionState::Established;
            all.append(QJsonObject {
                    { u"live"_s, isLive }, { u"error"_s, query->error().message() }, { u"rows"_s, rows } });
        }
        std::cout << QJsonDocument(all).toJson(QJsonDocument::Compact).constData() << std::endl;
    }

    SyncClient *const m_client;
    const QString m_index;
    std::vector<std::unique_ptr<SyncLiveQuery>> m_queries;
};

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const ClientOptions options(application, { { u"index"_s, u"What is queried."_s, u"name"_s } });

    SyncClient client;
    options.connect(client);
    Follower follower(&client, options.value(u"index"_s));
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QByteArray read;
    QObject::connect(&input, &QSocketNotifier::activated, &application, [&] {
        char bytes[4096];
        const auto count = ::read(STDIN_FILENO, bytes, sizeof(bytes));
        if (count <= 0) {
            QCoreApplication::quit();
            return;
        }
        read += QByteArrayView(bytes, count);
        for (qsizetype end = read.indexOf('\n'); end >= 0; end = read.indexOf('\n')) {
            follower.line(read.left(end));
            read.remove(0, end + 1);
        }
    });
    return QCoreApplication::exec();
}
