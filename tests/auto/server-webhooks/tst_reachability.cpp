#include "server/webhooks/reachability.h"
#include "shared/virtualtime.h"

#include <QtTest/qtest.h>

using namespace Twilio::Server;
using namespace Qt::StringLiterals;

// Who is told to be there, in virtual time.
class tst_Reachability : public QObject
{
    Q_OBJECT

public:
    explicit tst_Reachability(VirtualTime &time) : m_time(time) { }

private Q_SLOTS:
    void init();
    void nothingIsToldUnlessAsked();
    void eachClientIsTold();
    void lastClientIsToldLater();
    void whoComesBackInTimeIsNotTold();
    void identitiesAndServicesAreApart();
    void switchedOffMeanwhile();

private:
    static Caller client(const QString &identity, const QByteArray &endpoint,
                         const QString &service = u"IS1"_s)
    {
        return { identity, service, u"AC1"_s, false, {}, endpoint };
    }
    QByteArrayList told() { return std::exchange(m_told, {}); }

    VirtualTime &m_time;
    WebhookSettings m_settings;
    QByteArrayList m_told;
    std::unique_ptr<Reachability> m_reachability;
};

void tst_Reachability::init()
{
    m_told.clear();
    m_settings = { u"http://localhost/"_s, false, true, false, 5'000 };
    m_reachability = std::make_unique<Reachability>(
            [this](const QString &) { return m_settings; },
            [this](const Caller &who, bool isConnected) {
                m_told << (isConnected ? '+' : '-') + who.identity.toLatin1() + who.endpoint;
            });
}

void tst_Reachability::nothingIsToldUnlessAsked()
{
    m_settings.reachability = false;
    for (const bool debouncing : { false, true }) {
        m_settings.debouncing = debouncing;
        m_reachability->connected(client(u"ann"_s, "1"));
        m_reachability->disconnected(client(u"ann"_s, "1"));
        m_time.advance(60'000);
        QCOMPARE(told(), QByteArrayList());
    }
}

void tst_Reachability::eachClientIsTold()
{
    m_reachability->connected(client(u"ann"_s, "1"));
    m_reachability->connected(client(u"ann"_s, "2"));
    m_reachability->disconnected(client(u"ann"_s, "1"));
    m_reachability->disconnected(client(u"ann"_s, "2"));
    QCOMPARE(told(), (QByteArrayList { "+ann1", "+ann2", "-ann1", "-ann2" }));
}

void tst_Reachability::lastClientIsToldLater()
{
    m_settings.debouncing = true;
    m_reachability->connected(client(u"ann"_s, "1"));
    m_reachability->connected(client(u"ann"_s, "2"));
    QCOMPARE(told(), QByteArrayList { "+ann1" });
    m_reachability->disconnected(client(u"ann"_s, "1"));
    m_time.advance(60'000);
    QCOMPARE(told(), QByteArrayList());
    m_reachability->disconnected(client(u"ann"_s, "2"));
    m_time.advance(4'999);
    QCOMPARE(told(), QByteArrayList());
    m_time.advance(1);
    QCOMPARE(told(), QByteArrayList { "-ann2" });
    m_reachability->connected(client(u"ann"_s, "2"));
    QCOMPARE(told(), QByteArrayList { "+ann2" });
}

void tst_Reachability::whoComesBackInTimeIsNotTold()
{
    m_settings.debouncing = true;
    m_settings.debouncingWindow = 1'000;
    m_reachability->connected(client(u"ann"_s, "1"));
    QCOMPARE(told(), QByteArrayList { "+ann1" });
    for (int i = 0; i < 10; ++i) {
        m_reachability->disconnected(client(u"ann"_s, "1"));
        m_time.advance(999);
        m_reachability->connected(client(u"ann"_s, "3"));
        m_time.advance(10'000);
    }
    QCOMPARE(told(), QByteArrayList());
    m_reachability->disconnected(client(u"ann"_s, "3"));
    m_time.advance(1'000);
    QCOMPARE(told(), QByteArrayList { "-ann3" });
}

void tst_Reachability::identitiesAndServicesAreApart()
{
    m_settings.debouncing = true;
    m_reachability->connected(client(u"ann"_s, "1"));
    m_reachability->connected(client(u"bob"_s, "2"));
    m_reachability->connected(client(u"ann"_s, "3", u"IS2"_s));
    QCOMPARE(told(), (QByteArrayList { "+ann1", "+bob2", "+ann3" }));
    m_reachability->disconnected(client(u"ann"_s, "1"));
    m_time.advance(5'000);
    QCOMPARE(told(), QByteArrayList { "-ann1" });
    m_reachability->disconnected(client(u"carol"_s, "9")); // never seen
    m_time.advance(5'000);
    QCOMPARE(told(), QByteArrayList());
}

void tst_Reachability::switchedOffMeanwhile()
{
    m_settings.debouncing = true;
    m_reachability->connected(client(u"ann"_s, "1"));
    m_reachability->disconnected(client(u"ann"_s, "1"));
    m_settings.reachability = false;
    m_time.advance(10'000);
    QCOMPARE(told(), QByteArrayList { "+ann1" });
}

int main(int argc, char **argv)
{
    const VirtualTimeApplication application(argc, argv);
    tst_Reachability test(application.time());
    return QTest::qExec(&test, argc, argv);
}

#include "tst_reachability.moc"
