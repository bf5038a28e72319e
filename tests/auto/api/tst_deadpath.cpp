#include "shared/clientfixture.h"
#include "shared/scriptedclient.h"
#include "TwilioSync/api/syncdocument.h"

#include <QtCore/qelapsedtimer.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qsignalspy.h>

using namespace Twilio;
using namespace Qt::StringLiterals;
using namespace std::chrono_literals;
using State = SyncClient::ConnectionState;

namespace {

//! A path to \a target that can be made to lose all bytes, of either direction.
class Path
{
public:
    explicit Path(const QUrl &target)
    {
        m_server.listen(QHostAddress::LocalHost);
        QObject::connect(&m_server, &QTcpServer::newConnection, &m_server, [this, port = target.port()] {
            QTcpSocket *const near = m_server.nextPendingConnection();
            auto *const far = new QTcpSocket(near);
            far->connectToHost(QHostAddress::LocalHost, quint16(port));
            const auto pipe = [](QTcpSocket *from, QTcpSocket *to, const bool &isDead) {
                const auto move = [from, to, &isDead] {
                    const QByteArray bytes = from->readAll();
                    if (!isDead)
                        to->write(bytes);
                };
                QObject::connect(from, &QTcpSocket::readyRead, to, move);
                QObject::connect(from, &QTcpSocket::disconnected, to, &QTcpSocket::disconnectFromHost);
            };
            pipe(near, far, isDeadUp);
            pipe(far, near, isDeadDown);
        });
    }

    [[nodiscard]] QUrl url() const
    {
        return QUrl(u"ws://127.0.0.1:%1/v3/wsconnect"_s.arg(m_server.serverPort()));
    }

    bool isDeadUp = false;
    bool isDeadDown = false;

private:
    QTcpServer m_server;
};

} // namespace

//! A path over real sockets that loses everything for a while, without anybody hanging up.
class tst_DeadPath : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comesBack_data();
    void comesBack();
};

void tst_DeadPath::comesBack_data()
{
    QTest::addColumn<bool>("up");
    QTest::addColumn<bool>("down");
    QTest::addColumn<bool>("isSystemTold");
    QTest::newRow("both directions") << true << true << false;
    QTest::newRow("ours") << true << false << false;
    QTest::newRow("the service's") << false << true << false;
    QTest::newRow("both, and the system knows when it is back") << true << true << true;
}

// Noticed in the time that pings take, back within two seconds, and the write goes out once.
void tst_DeadPath::comesBack()
{
    QFETCH(bool, up);
    QFETCH(bool, down);
    QFETCH(bool, isSystemTold);
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    ScriptedServer server;
    QVERIFY(server.listen());
    server.always("GET", "/v3/Documents/ET1",
                  ScriptedServer::ok(ScriptedServer::root("ET1", R"(,"data":{})")));
    server.always("POST", "/v3/Documents/ET1", ScriptedServer::ok(R"({"sid":"ET1","revision":"1"})"));
    Path path(server.url());
    const auto client = scriptedClient(server);
    changeChannel(*client, [](auto &options) {
        options.pingInterval = 50ms;
        options.pongTimeout = 300ms;
    });
    client->setUrl(path.url());
    SyncDocument *const document =
            established(client->document({ .id = u"ET1"_s, .mode = SyncClient::OpenMode::OpenExisting }));
    QVERIFY(document);

    path.isDeadUp = up;
    path.isDeadDown = down;
    const auto write = document->set({ { u"n"_s, 1 } });
    QTRY_COMPARE(client->connectionState(), State::Connecting);
    QElapsedTimer outage;
    outage.start();
    QTRY_VERIFY(outage.elapsed() > 2'000); // longer than the attempt that is made at once
    QVERIFY(!write.isFinished());

    path.isDeadUp = path.isDeadDown = false;
    if (isSystemTold)
        ClientPrivate::of(client.get())->session->channel().networkChanged();
    QElapsedTimer way;
    way.start();
    QTRY_COMPARE(client->connectionState(), State::Connected);
    QVERIFY2(way.elapsed() < 2'000, qPrintable(QString::number(way.elapsed())));
    QVERIFY(errorOfCall(write).isNull());
}

QTEST_GUILESS_MAIN(tst_DeadPath)
#include "tst_deadpath.moc"
