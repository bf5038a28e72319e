#include "shared/clientfixture.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/synclist.h"

#include <QtCore/qeventloop.h>
#include <QtTest/qtest.h>

#include <atomic>
#include <thread>

using namespace Twilio;
using namespace Qt::StringLiterals;

// Two clients, each in a thread of its own, and the server in a third: nothing is shared. Of most use under
// ThreadSanitizer.
class tst_TwoThreads : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void writeAndHear();
    void endInTheMiddle();

private:
    static constexpr int pushes = 20;

    struct Party
    {
        QUrl url;
        QString token;
        QString name;
    };

    [[nodiscard]] Party party(const QString &identity, const QString &name) const
    {
        return { m_server.url(), m_server.token(identity), name };
    }
    template <typename Work>
    static void inTwoThreads(Work work);
    static QString writeAndHearAs(const Party &party);
    static QString endInTheMiddleAs(const Party &party);

    ServerFixture m_server;
};

void tst_TwoThreads::init() { QVERIFY2(m_server.start(), qPrintable(m_server.errorText())); }

// The server lives in this thread, whose event loop runs until both are through.
template <typename Work>
void tst_TwoThreads::inTwoThreads(Work work)
{
    std::atomic<int> running = 2;
    std::array<QString, 2> failures;
    std::array<std::thread, 2> threads;
    for (std::size_t i = 0; i < threads.size(); ++i)
        threads[i] = std::thread([&, i] {
            const QEventLoop dispatcher; // a thread that is not Qt's has none before
            failures[i] = work(int(i));
            --running;
        });
    waitFor([&] { return running == 0; });
    for (std::thread &thread : threads)
        thread.join();
    for (const QString &failure : failures)
        QCOMPARE(failure, QString());
}

QString tst_TwoThreads::writeAndHearAs(const Party &party)
{
    SyncClient client;
    client.setUrl(party.url);
    client.setToken(party.token);
    SyncList list;
    const ModelCheck check(&list);
    list.setLoadAll(true);
    list.setClient(&client);
    list.setUniqueName(party.name);
    waitFor([&] { return list.subscriptionState() == Sync::SubscriptionState::Established; });
    if (list.status() != Sync::Status::Ready)
        return u"the list is not open: "_s + list.error().message();
    QList<QFuture<SyncListItem>> calls;
    for (int i = 0; i < pushes; ++i)
        calls.append(list.push({ { u"n"_s, i } }));
    SyncDocument *const document = established(client.document(party.name));
    if (!document)
        return u"no document"_s;
    QList<QFuture<QVariantMap>> counts;
    for (int i = 0; i < pushes; ++i)
        counts.append(document->mutate([](const QVariantMap &now) {
            return QVariantMap { { u"count"_s, now.value(u"count"_s).toInt() + 1 } };
        }));
    waitFor([&] {
        return list.count() == 2 * pushes && document->value().value(u"count"_s).toInt() == 2 * pushes;
    });
    for (const auto &call : calls) {
        if (const SyncError error = errorOfCall(call); !error.isNull())
            return u"push: "_s + error.message();
    }
    for (const auto &call : counts) {
        if (const SyncError error = errorOfCall(call); !error.isNull())
            return u"mutate: "_s + error.message();
    }
    return u"%1 rows, counted to %2"_s.arg(list.count()).arg(document->value().value(u"count"_s).toInt());
}

void tst_TwoThreads::writeAndHear()
{
    const QString name = freshName();
    const std::array parties { party(u"alice"_s, name), party(u"bob"_s, name) };
    const QString expected = u"%1 rows, counted to %1"_s.arg(2 * pushes);
    inTwoThreads([&](int i) {
        const QString text = writeAndHearAs(parties[std::size_t(i)]);
        return text == expected ? QString() : text;
    });
}

// Clients go with calls under way and while they connect.
QString tst_TwoThreads::endInTheMiddleAs(const Party &party)
{
    for (int i = 0; i < 5; ++i) {
        QFuture<SyncListItem> call;
        {
            SyncClient client;
            client.setUrl(party.url);
            client.setToken(party.token);
            if (i % 2 == 0)
                continue; // while it connects
            SyncList *const list = established(client.list(party.name));
            if (!list)
                return u"no list"_s;
            call = list->push({ { u"n"_s, i } });
        }
        if (!call.isFinished())
            return u"a call outlives its client"_s;
    }
    return {};
}

void tst_TwoThreads::endInTheMiddle()
{
    const QString name = freshName();
    const std::array parties { party(u"alice"_s, name), party(u"bob"_s, name) };
    inTwoThreads([&](int i) { return endInTheMiddleAs(parties[std::size_t(i)]); });
}

QTEST_GUILESS_MAIN(tst_TwoThreads)
#include "tst_twothreads.moc"
