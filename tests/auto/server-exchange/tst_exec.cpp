#include "server/localsyncserver.h"
#include "server/net/token.h"
#include "shared/eventually.h"
#include "shared/rawclient.h"
#include "shared/rawhttp.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qfile.h>
#include <QtCore/qprocess.h>
#include <QtCore/qtemporarydir.h>

#include <csignal>

#include <poll.h>
#include <pty.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace Qt::StringLiterals;

// twilio-sync-server exec, --import and --export-on-exit as their users see them.
class tst_Exec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void commandLearnsOfTheServer();
    void serverIsThereMeanwhile();
    void statusIsPassedOn_data();
    void statusIsPassedOn();
    void inputAndArgumentsArePassedOn();
    void signalsArePassedOn_data();
    void signalsArePassedOn();
    void keyOfTheTerminalIsNotPassedOn();
    void commandDiesWithTheServer();
    void tokenIsForTheIdentity();
    void badUseIsOneLineAndTwo_data();
    void badUseIsOneLineAndTwo();
    void importThenExport();
    void badImportIsOneLineAndTwo();
    void badExportIsAFailure();
    void applicationsImportAndExport();

private:
    struct Outcome
    {
        int status;
        QByteArray output;
        QByteArray errors;
    };
    static void start(QProcess &process, const QStringList &arguments)
    {
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.remove(u"TWILIO_SYNC_SECRET"_s);
        environment.insert(u"TWILIO_SYNC_TOKEN"_s, u"another server's"_s);
        process.setProcessEnvironment(environment);
        process.start(QStringLiteral(SERVER_EXECUTABLE), arguments);
    }
    static Outcome run(const QStringList &arguments, const QByteArray &input = {})
    {
        QProcess process;
        start(process, arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool ended = process.waitForFinished(20'000);
        return { ended && process.exitStatus() == QProcess::NormalExit ? process.exitCode() : -1,
                 process.readAllStandardOutput(), process.readAllStandardError() };
    }
    static Outcome shell(const QString &script, QStringList options = {})
    {
        options.prepend(u"exec"_s);
        return run(options << u"--"_s << u"sh"_s << u"-c"_s << script);
    }
    static bool isRunning(qint64 process) { return ::kill(pid_t(process), 0) == 0; }

    QTemporaryDir m_dir;
};

void tst_Exec::commandLearnsOfTheServer()
{
    const QString all = u"echo \"$TWILIO_SYNC_URL|$TWILIO_SYNC_SECRET|${TWILIO_SYNC_TOKEN-none}|$SYNC_URL|"
                        "$TWILIO_ACCOUNT_SID|$TWILIO_AUTH_TOKEN\""_s;
    const Outcome given = shell(all, { u"--secret"_s, u"mine"_s });
    QCOMPARE(given.status, 0);
    QCOMPARE(given.errors, QByteArray());
    const QRegularExpression form(
            u"^ws://127\\.0\\.0\\.1:(\\d+)/v3/wsconnect\\|mine\\|none\\|http://127\\.0\\.0\\.1:\\1\\|"
            "AC0{31}1\\|mine\n$"_s);
    QVERIFY2(form.match(QString::fromUtf8(given.output)).hasMatch(), given.output.constData());
    // Without a key nobody else has it.
    QSet<QByteArray> keys;
    for (int i = 0; i < 2; ++i) {
        const Outcome random = shell(u"echo $TWILIO_SYNC_SECRET"_s);
        QVERIFY(random.output.size() > 32);
        QCOMPARE(random.errors, QByteArray());
        keys << random.output;
    }
    QCOMPARE(keys.size(), 2);
}

void tst_Exec::serverIsThereMeanwhile()
{
    QProcess process;
    start(process,
          { u"exec"_s, u"--secret"_s, u"s"_s, u"--"_s, u"sh"_s, u"-c"_s,
            u"echo $TWILIO_SYNC_URL; read line; exit 7"_s });
    QVERIFY(eventually([&] { return process.canReadLine(); }, 20'000));
    const QUrl url(QString::fromLatin1(process.readLine().trimmed()));
    {
        RawHttp http(url);
        QCOMPARE(http.request("GET", "/v1/Services/default", {},
                              "Authorization: Basic " + ("AC" + QByteArray(32, '0') + ":s").toBase64()
                                      + "\r\n")
                         .status,
                 200);
    }
    process.write("go on\n");
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.exitCode(), 7);
    QTcpSocket late;
    late.connectToHost(url.host(), quint16(url.port()));
    QVERIFY(!late.waitForConnected(5'000));
}

void tst_Exec::statusIsPassedOn_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<int>("status");
    QTest::newRow("0") << u"true"_s << 0;
    QTest::newRow("1") << u"false"_s << 1;
    QTest::newRow("200") << u"exit 200"_s << 200;
    QTest::newRow("SIGKILL") << u"kill -9 $$"_s << 128 + SIGKILL;
    QTest::newRow("SIGTERM") << u"kill -15 $$"_s << 128 + SIGTERM;
}

void tst_Exec::statusIsPassedOn()
{
    QFETCH(QString, script);
    QFETCH(int, status);
    QCOMPARE(shell(script).status, status);
}

void tst_Exec::inputAndArgumentsArePassedOn()
{
    const Outcome outcome =
            run({ u"exec"_s, u"--"_s, u"sh"_s, u"-c"_s, u"cat; for x; do echo \"<$x>\"; done; echo bad >&2"_s,
                  u"sh"_s, u"--port"_s, u"a b"_s, u""_s, u"--"_s },
                "in\n");
    QCOMPARE(outcome.output, QByteArray("in\n<--port>\n<a b>\n<>\n<-->\n"));
    QCOMPARE(outcome.errors, QByteArray("bad\n"));
    QCOMPARE(outcome.status, 0);
}

void tst_Exec::signalsArePassedOn_data()
{
    QTest::addColumn<int>("number");
    QTest::newRow("SIGINT") << SIGINT;
    QTest::newRow("SIGTERM") << SIGTERM;
}

void tst_Exec::signalsArePassedOn()
{
    QFETCH(int, number);
    QProcess process;
    start(process,
          { u"exec"_s, u"--"_s, u"sh"_s, u"-c"_s,
            u"trap 'echo int; exit 3' INT; trap 'echo term; exit 4' TERM; echo ready; "
            "while :; do sleep 0.05; done"_s });
    QVERIFY(eventually([&] { return process.canReadLine(); }, 20'000));
    QCOMPARE(process.readLine(), QByteArray("ready\n"));
    ::kill(pid_t(process.processId()), number);
    QVERIFY(process.waitForFinished(20'000));
    QCOMPARE(process.readAllStandardOutput(), QByteArray(number == SIGINT ? "int\n" : "term\n"));
    QCOMPARE(process.exitStatus(), QProcess::NormalExit);
    QCOMPARE(process.exitCode(), number == SIGINT ? 3 : 4);
}

// Ctrl+C reaches the command from the terminal; from the server it would be a second one.
void tst_Exec::keyOfTheTerminalIsNotPassedOn()
{
    int terminal = -1;
    const pid_t server = ::forkpty(&terminal, nullptr, nullptr, nullptr);
    if (server == 0) {
        ::execl(SERVER_EXECUTABLE, SERVER_EXECUTABLE, "exec", "--", "sh", "-c",
                "n=0; trap 'n=$((n+1)); echo int $n' INT; trap 'echo end $n; exit' TERM; echo ready; "
                "while :; do sleep 0.05; done",
                nullptr);
        ::_exit(126);
    }
    QVERIFY(server > 0);
    QByteArray read;
    const auto readUntil = [&](const QByteArray &wanted) {
        return eventually(
                [&] {
                    char some[256];
                    pollfd ready { terminal, POLLIN, 0 };
                    while (::poll(&ready, 1, 0) > 0) {
                        const auto count = ::read(terminal, some, sizeof some);
                        if (count <= 0)
                            break;
                        read.append(some, qsizetype(count));
                    }
                    return read.contains(wanted);
                },
                20'000);
    };
    QVERIFY(readUntil("ready\r\n"));
    QCOMPARE(::write(terminal, "\x03", 1), 1);
    QVERIFY(readUntil("int 1\r\n"));
    // By the time this one has gone through the server, the other would have.
    QCOMPARE(::kill(server, SIGTERM), 0);
    QVERIFY(readUntil("end "));
    QVERIFY(readUntil("end 1\r\n"));
    QVERIFY2(!read.contains("int 2"), read.constData());
    int status = 0;
    QVERIFY(eventually([&] { return ::waitpid(server, &status, WNOHANG) == server; }, 20'000));
    QVERIFY(WIFEXITED(status));
    ::close(terminal);
}

void tst_Exec::commandDiesWithTheServer()
{
    QProcess process;
    start(process, { u"exec"_s, u"--"_s, u"sh"_s, u"-c"_s, u"echo $$; while :; do sleep 0.05; done"_s });
    QVERIFY(eventually([&] { return process.canReadLine(); }, 20'000));
    const qint64 child = process.readLine().trimmed().toLongLong();
    QVERIFY(child > 0 && isRunning(child));
    process.kill();
    QVERIFY(process.waitForFinished(20'000));
    // What nobody has waited for yet is still known by its number.
    const auto isGone = [&] {
        QFile state(u"/proc/%1/stat"_s.arg(child));
        return !isRunning(child) || (state.open(QFile::ReadOnly) && state.readAll().contains(") Z "));
    };
    QVERIFY(eventually(isGone, 10'000));
}

void tst_Exec::tokenIsForTheIdentity()
{
    const Outcome outcome = shell(u"echo $TWILIO_SYNC_TOKEN"_s,
                                  { u"--secret=s"_s, u"--identity"_s, u"ann"_s, u"--ttl"_s, u"60"_s });
    QCOMPARE(outcome.status, 0);
    const qint64 now = QDateTime::currentMSecsSinceEpoch();
    const auto checked = Twilio::Server::checkToken(QString::fromLatin1(outcome.output.trimmed()), "s", now);
    const auto &claims = std::get<Twilio::Server::TokenClaims>(checked);
    QCOMPARE(claims.identity, u"ann"_s);
    QVERIFY(claims.expiresAtMs <= now + 60'000);
}

void tst_Exec::badUseIsOneLineAndTwo_data()
{
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<int>("status");
    QTest::newRow("no command") << QStringList { u"exec"_s } << 2;
    QTest::newRow("nothing behind the dashes") << QStringList { u"exec"_s, u"--"_s } << 2;
    QTest::newRow("no dashes") << QStringList { u"exec"_s, u"true"_s } << 2;
    QTest::newRow("option") << QStringList { u"exec"_s, u"--bogus"_s, u"--"_s, u"true"_s } << 2;
    QTest::newRow("empty identity") << QStringList { u"exec"_s, u"--identity="_s, u"--"_s, u"true"_s } << 2;
    QTest::newRow("ttl") << QStringList { u"exec"_s, u"--identity=a"_s, u"--ttl=x"_s, u"--"_s, u"true"_s }
                         << 2;
    QTest::newRow("empty import") << QStringList { u"--import="_s } << 2;
    QTest::newRow("empty export") << QStringList { u"--export-on-exit="_s } << 2;
    QTest::newRow("empty host") << QStringList { u"--allow-webhooks-to="_s } << 2;
    QTest::newRow("no such command") << QStringList { u"exec"_s, u"--"_s, u"/nonexistent/command"_s } << 127;
    QTest::newRow("port") << QStringList {
        u"exec"_s, u"--host=203.0.113.9"_s, u"--secret"_s, QString(40, u'x'), u"--"_s, u"echo"_s, u"never"_s
    } << 1;
}

void tst_Exec::badUseIsOneLineAndTwo()
{
    QFETCH(QStringList, arguments);
    QFETCH(int, status);
    const Outcome outcome = run(arguments);
    QCOMPARE(outcome.status, status);
    QCOMPARE(outcome.output, QByteArray());
    QVERIFY2(outcome.errors.startsWith("twilio-sync-server: ") && outcome.errors.count('\n') == 1,
             outcome.errors.constData());
}

void tst_Exec::importThenExport()
{
    const QString seed = m_dir.filePath(u"seed.json"_s);
    QFile file(seed);
    QVERIFY(file.open(QFile::WriteOnly));
    const QByteArray text = R"({
  "services": [
    {
      "service": "default",
      "maps": [
        {
          "uniqueName": "m",
          "items": [
            {"key": "a", "data": {"n":1}}
          ]
        }
      ]
    }
  ]
}
)";
    file.write(text);
    file.close();
    const auto exported = [&](const QString &name) {
        QFile written(m_dir.filePath(name));
        return written.open(QFile::ReadOnly) ? written.readAll() : QByteArray();
    };
    // By a command, in memory.
    QCOMPARE(shell(u"exit 5"_s, { u"--import"_s, seed, u"--export-on-exit"_s, m_dir.filePath(u"out.json"_s) })
                     .status,
             5);
    QCOMPARE(exported(u"out.json"_s), text);
    // By a server that is stopped, with a file; which has it the next time.
    for (const QStringList &import : { QStringList { u"--import"_s, seed }, QStringList() }) {
        QProcess process;
        start(process,
              QStringList { u"--secret=s"_s, u"--data"_s, m_dir.filePath(u"d.sqlite"_s),
                            u"--export-on-exit"_s, m_dir.filePath(u"out2.json"_s) }
                      + import);
        QVERIFY(eventually([&] { return process.canReadLine(); }, 20'000));
        QVERIFY(process.readLine().startsWith("listening "));
        QFile::remove(m_dir.filePath(u"out2.json"_s));
        ::kill(pid_t(process.processId()), SIGTERM);
        QVERIFY(process.waitForFinished(20'000));
        QCOMPARE(process.exitCode(), 0);
        QCOMPARE(exported(u"out2.json"_s), text);
    }
    // Once more into the same file: it is there already.
    const Outcome twice =
            shell(u"echo never"_s, { u"--data"_s, m_dir.filePath(u"d.sqlite"_s), u"--import"_s, seed });
    QCOMPARE(twice.status, 2);
    QCOMPARE(twice.output, QByteArray());
    QVERIFY(twice.errors.contains("seed.json: services[0].maps[0].uniqueName: \"m\" is there already\n"));
}

void tst_Exec::badImportIsOneLineAndTwo()
{
    const QString seed = m_dir.filePath(u"bad.json"_s);
    QFile file(seed);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(R"({"services":[{"documents":[{"data":1}]}]})");
    file.close();
    const Outcome outcome = run({ u"--secret=s"_s, u"--import"_s, seed });
    QCOMPARE(outcome.status, 2);
    QCOMPARE(outcome.output, QByteArray());
    QCOMPARE(outcome.errors,
             "twilio-sync-server: " + seed.toUtf8()
                     + ": services[0].documents[0].data: Invalid Document data\n");
    // The data file is another matter.
    QCOMPARE(run({ u"--secret=s"_s, u"--import"_s, seed, u"--data"_s, u"/nonexistent/d"_s }).status, 1);
}

void tst_Exec::badExportIsAFailure()
{
    const Outcome outcome = shell(u"true"_s, { u"--export-on-exit"_s, u"/nonexistent/out.json"_s });
    QCOMPARE(outcome.status, 1);
    QVERIFY(outcome.errors.startsWith("twilio-sync-server: /nonexistent/out.json: "));
    QCOMPARE(shell(u"exit 9"_s, { u"--export-on-exit"_s, u"/nonexistent/out.json"_s }).status, 9);
}

void tst_Exec::applicationsImportAndExport()
{
    Twilio::LocalSyncServer server;
    QSignalSpy failed(&server, &Twilio::LocalSyncServer::errorOccurred);
    QVERIFY(!server.importFrom(m_dir.filePath(u"no.json"_s)));
    QCOMPARE(failed.count(), 1);
    QCOMPARE(server.error().status(), 400);
    const QString path = m_dir.filePath(u"app.json"_s);
    QFile file(path);
    QVERIFY(file.open(QFile::WriteOnly));
    file.write(R"({"services":[{"documents":[{"uniqueName":"d","data":{"n":1}}]}]})");
    file.close();
    QVERIFY(server.importFrom(path));
    QVERIFY(server.error().isNull());
    QVERIFY(server.listen());
    RawClient client;
    QVERIFY(client.open(server.url(), server.createToken(u"ann"_s)));
    QCOMPARE(client.rest(u"GET"_s, u"/v3/Documents/d"_s).body[u"data"][u"n"].toInt(), 1);
    QCOMPARE(client.rest(u"POST"_s, u"/v3/Documents/d"_s, R"({"data":{"n":2}})").httpStatus(), 200);
    const QString out = m_dir.filePath(u"app-out.json"_s);
    QVERIFY(server.exportTo(out));
    server.close();
    QFile written(out);
    QVERIFY(written.open(QFile::ReadOnly));
    QVERIFY(written.readAll().contains(R"("data": {"n":2})"));
}

QTEST_GUILESS_MAIN(tst_Exec)
#include "tst_exec.moc"
