#include "server/net/token.h"
#include "shared/eventually.h"
#include "shared/rawhttp.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>
#include <QtCore/qurl.h>
#include <QtNetwork/qtcpserver.h>
#include <QtNetwork/qtcpsocket.h>
#include <QtTest/qtest.h>

#include <csignal>

using namespace Qt::StringLiterals;

// twilio-sync-server as its users see it: first line, exit codes, token.
class tst_Executable : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listensAndStopsOnSignal_data();
    void listensAndStopsOnSignal();
    void badOptionIsOneLineAndTwo_data();
    void badOptionIsOneLineAndTwo();
    void whatCannotStartIsOneLineAndOne_data();
    void whatCannotStartIsOneLineAndOne();
    void tokenIsPrinted();
    void secretComesFromFileOrEnvironment();
    void wellKnownSecretIsSaid();
    void clearedDataStaysGone();
    void httpOnThePortIsRefused_data();
    void httpOnThePortIsRefused();
    void inspectorCanBeLeftOut_data();
    void inspectorCanBeLeftOut();

private:
    struct Outcome
    {
        int status;
        QByteArray output;
        QByteArray errors;
    };
    static Outcome run(const QStringList &arguments, const QString &secretInEnvironment = {})
    {
        QProcess process;
        setSecret(process, secretInEnvironment);
        process.start(QStringLiteral(SERVER_EXECUTABLE), arguments);
        const bool ended = process.waitForFinished(10'000);
        return { ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                 process.readAllStandardOutput(), process.readAllStandardError() };
    }
    //! A null one takes the variable away.
    static void setSecret(QProcess &process, const QString &secret)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(u"TWILIO_SYNC_SECRET"_s);
        if (!secret.isNull())
            environment.insert(u"TWILIO_SYNC_SECRET"_s, secret);
        process.setProcessEnvironment(environment);
    }
    static QByteArray startedUrl(QProcess &process, const QStringList &arguments)
    {
        process.start(QStringLiteral(SERVER_EXECUTABLE), arguments);
        if (!eventually([&] { return process.canReadLine(); }, 10'000))
            return {};
        return process.readLine();
    }
    static QString file(const QTemporaryDir &dir, const QString &name, const QByteArray &contents)
    {
        QFile written(dir.filePath(name));
        return written.open(QFile::WriteOnly) && written.write(contents) >= 0 ? written.fileName()
                                                                              : QString();
    }
};

void tst_Executable::listensAndStopsOnSignal_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void tst_Executable::listensAndStopsOnSignal()
{
    QFETCH(int, number);
    QProcess process;
    const QByteArray line = startedUrl(process, { u"--port"_s, u"0"_s, u"--secret=s"_s });
    QVERIFY2(QRegularExpression(u"^listening ws://127\\.0\\.0\\.1:\\d+/v3/wsconnect\n$"_s)
                     .match(QString::fromLatin1(line))
                     .hasMatch(),
             line.constData());
    QCOMPARE(::kill(pid_t(process.processId()), number), 0);
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), 0);
    QCOMPARE(process.readAllStandardError(), QByteArray());
}

void tst_Executable::badOptionIsOneLineAndTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::newRow("unknown option") << QStringList { u"--bogus"_s };
    QTest::newRow("unknown word") << QStringList { u"serve"_s };
    QTest::newRow("value missing") << QStringList { u"--port"_s };
    QTest::newRow("port not a number") << QStringList { u"--port"_s, u"http"_s };
    QTest::newRow("port out of range") << QStringList { u"--port"_s, u"65536"_s };
    for (const QString &name : { u"--secret"_s, u"--data"_s, u"--cert"_s, u"--key"_s, u"--host"_s })
        QTest::addRow("empty %s", qPrintable(name)) << QStringList { name, QString() };
    QTest::newRow("two secrets") << QStringList { u"--secret=s"_s, u"--secret-file=/dev/null"_s };
    QTest::newRow("secret file without a key") << QStringList { u"--secret-file=/dev/null"_s };
    QTest::newRow("secret file that is not there") << QStringList { u"--secret-file=/nonexistent/s"_s };
    QTest::newRow("log level") << QStringList { u"--log-level"_s, u"loud"_s };
    QTest::newRow("token without identity") << QStringList { u"token"_s };
    QTest::newRow("token for no time") << QStringList { u"token"_s, u"--identity=a"_s, u"--ttl=0"_s };
    QTest::newRow("estimated delivery 0") << QStringList { u"--estimated-delivery=0"_s };
}

void tst_Executable::badOptionIsOneLineAndTwo()
{
    QFETCH(QStringList, arguments);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 2);
    QCOMPARE(outcome.output, QByteArray());
    QCOMPARE(outcome.errors.count('\n'), 1);
    QVERIFY(outcome.errors.startsWith("twilio-sync-server: "));
}

void tst_Executable::whatCannotStartIsOneLineAndOne_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<QByteArray>("named");
    static QTcpServer taken;
    QVERIFY(taken.isListening() || taken.listen(QHostAddress::LocalHost));
    static QTemporaryDir dir;
    const QString noPem = file(dir, u"no.pem"_s, "not PEM");
    QTest::newRow("port in use") << QStringList { u"--port"_s, QString::number(taken.serverPort()) }
                                 << QByteArray("port " + QByteArray::number(taken.serverPort()));
    QTest::newRow("host is no address") << QStringList { u"--host=nowhere.invalid"_s } << QByteArray("host");
    QTest::newRow("host without a long secret")
            << QStringList { u"--host=0.0.0.0"_s, u"--secret=short"_s } << QByteArray("at least 32 bytes");
    QTest::newRow("control for strangers")
            << QStringList { u"--host=0.0.0.0"_s, u"--secret"_s, QString(32, u's'), u"--enable-control"_s }
            << QByteArray("--enable-control: expected a loopback host");
    QTest::newRow("certificate without key") << QStringList { u"--cert"_s, noPem } << QByteArray("TLS");
    QTest::newRow("unreadable certificate")
            << QStringList { u"--cert=/nonexistent/c.pem"_s, u"--key"_s, noPem }
            << QByteArray("/nonexistent/c.pem");
    QTest::newRow("no certificate in the file")
            << QStringList { u"--cert"_s, noPem, u"--key"_s, noPem } << QByteArray("no.pem");
}

void tst_Executable::whatCannotStartIsOneLineAndOne()
{
    QFETCH(QStringList, arguments);
    QFETCH(QByteArray, named);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, 1);
    QCOMPARE(outcome.output, QByteArray());
    QCOMPARE(outcome.errors.count('\n'), 1);
    QVERIFY2(outcome.errors.contains(named), outcome.errors.constData());
}

void tst_Executable::tokenIsPrinted()
{
    const Outcome outcome =
            run({ u"token"_s, u"--identity"_s, u"al ice"_s, u"--secret"_s, u"s"_s, u"--ttl=60"_s });
    QCOMPARE(outcome.status, 0);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const QString token = QString::fromLatin1(outcome.output.trimmed());
    const auto checked = Twilio::Server::checkToken(token, "s", now);
    QVERIFY(std::holds_alternative<Twilio::Server::TokenClaims>(checked));
    QCOMPARE(std::get<Twilio::Server::TokenClaims>(checked).identity, u"al ice"_s);
    QVERIFY(std::holds_alternative<Twilio::Server::TokenRefusal>(
            Twilio::Server::checkToken(token, "s", now + 61'000)));
}

void tst_Executable::secretComesFromFileOrEnvironment()
{
    const QTemporaryDir dir;
    const QString path = file(dir, u"secret"_s, "from the file\nand no more\n");
    const QStringList token { u"token"_s, u"--identity=a"_s };
    const auto isSignedBy = [](const Outcome &outcome, const QByteArray &secret) {
        return outcome.status == 0
                && std::holds_alternative<Twilio::Server::TokenClaims>(
                        Twilio::Server::checkToken(QString::fromLatin1(outcome.output.trimmed()), secret,
                                                   QDateTime::currentMSecsSinceEpoch()));
    };
    QVERIFY(isSignedBy(run(token), "twilio-sync-local-server"));
    QVERIFY(isSignedBy(run(token, u"from the environment"_s), "from the environment"));
    QVERIFY(isSignedBy(run(token + QStringList { u"--secret-file"_s, path }, u"e"_s), "from the file"));
    QVERIFY(isSignedBy(run(token + QStringList { u"--secret=given"_s }, u"e"_s), "given"));
    const Outcome empty = run(token, u""_s);
    QCOMPARE(empty.status, 2);
    QVERIFY(empty.errors.contains("TWILIO_SYNC_SECRET"));
}

void tst_Executable::wellKnownSecretIsSaid()
{
    QProcess process;
    setSecret(process, {});
    QVERIFY(startedUrl(process, {}).startsWith("listening ws://127.0.0.1:"));
    QByteArray said;
    QTRY_VERIFY((said += process.readAllStandardError()).contains("the key is the well-known"));
    process.terminate();
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitCode(), 0);
}

void tst_Executable::clearedDataStaysGone()
{
    const QTemporaryDir dir;
    const QStringList arguments { u"--port=0"_s, u"--secret=s"_s, u"--enable-control"_s, u"--data"_s,
                                  dir.filePath(u"data.sqlite"_s) };
    // Starts, does \a deed, says how many objects there are, stops.
    const auto objectsAfter = [&](const QByteArray &deed) -> qint64 {
        QProcess process;
        const QUrl url(QString::fromLatin1(startedUrl(process, arguments).trimmed().sliced(10)));
        const auto control = [&url](const QByteArray &name) {
            RawHttp http(url);
            return http.request("POST", "/_control/" + name, "{}").json();
        };
        if (!deed.isEmpty() && !control(deed)[u"ok"].toBool())
            return -1;
        const qint64 objects = control("stats")[u"objects"].toInteger(-1);
        process.terminate();
        return process.waitForFinished(10'000) ? objects : -1;
    };
    QCOMPARE(objectsAfter("seed"), 1);
    QCOMPARE(objectsAfter({}), 1);
    QCOMPARE(objectsAfter("reset"), 0);
    QCOMPARE(objectsAfter({}), 0);
}

void tst_Executable::httpOnThePortIsRefused_data()
{
    QTest::addColumn<QByteArray>("request");
    QTest::addColumn<QByteArray>("status");
    const QByteArray host = " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    QTest::newRow("anything") << "GET /nothing" + host << QByteArray("HTTP/1.1 404 ");
    QTest::newRow("the WebSocket's path") << "GET /v3/wsconnect" + host << QByteArray("HTTP/1.1 426 ");
    QTest::newRow("control, which is off") << "POST /_control/stats" + host << QByteArray("HTTP/1.1 404 ");
    QTest::newRow("no HTTP") << QByteArray("hello\r\n\r\n") << QByteArray("HTTP/1.1 400 ");
    QTest::newRow("endless head") << QByteArray(20'000, 'x') << QByteArray("HTTP/1.1 431 ");
}

void tst_Executable::httpOnThePortIsRefused()
{
    QFETCH(QByteArray, request);
    QFETCH(QByteArray, status);
    QProcess process;
    const QUrl url(
            QString::fromLatin1(startedUrl(process, { u"--log-level=silent"_s }).trimmed().sliced(10)));
    QTcpSocket socket;
    socket.connectToHost(url.host(), quint16(url.port()));
    QVERIFY(socket.waitForConnected(5000));
    socket.write(request);
    QVERIFY(socket.waitForDisconnected(5000));
    QVERIFY2(socket.readAll().startsWith(status), status.constData());
    process.terminate();
    QVERIFY(process.waitForFinished(10'000));
    QCOMPARE(process.exitCode(), 0);
}

void tst_Executable::inspectorCanBeLeftOut_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::newRow("there") << QStringList() << 200;
    QTest::newRow("left out") << QStringList { u"--no-inspector"_s } << 404;
}

void tst_Executable::inspectorCanBeLeftOut()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    QProcess process;
    const QUrl url(QString::fromLatin1(
            startedUrl(process, arguments + QStringList { u"--log-level=silent"_s }).trimmed().sliced(10)));
    RawHttp http(url);
    QCOMPARE(http.request("GET", "/").status, status);
    QCOMPARE(http.request("POST", "/_inspect/session").status, status);
    process.terminate();
    QVERIFY(process.waitForFinished(10'000));
}

QTEST_GUILESS_MAIN(tst_Executable)
#include "tst_executable.moc"
