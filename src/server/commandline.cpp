#include "server/commandline.h"

#include "server/inspector/inspector.h"
#include "server/localsyncserver.h"
#include "server/net/serveroptions.h"
#include "server/testing/faultinjector.h"
#include "TwilioSync/core/syncresult.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qfile.h>
#include <QtCore/qloggingcategory.h>

#include <array>
#include <optional>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

// For loopback: "token" makes tokens for a server that was started without options.
constexpr char wellKnownSecret[] = "twilio-sync-local-server";

CommandLine failure(const QString &text) { return { CommandLine::Action::Fail, text }; }

QCommandLineOption valued(const QString &name, const QString &value, const QString &description)
{
    return QCommandLineOption(name, description, value);
}

// A whole number of the option \a name within the range; an error otherwise, none if it was not given.
SyncResult<std::optional<qint64>> number(const QCommandLineParser &parser, const QString &name, qint64 least,
                                         qint64 most)
{
    if (!parser.isSet(name))
        return std::optional<qint64>();
    bool ok = false;
    const qint64 value = parser.value(name).toLongLong(&ok);
    if (!ok || value < least || value > most)
        return SyncError(u"--%1: expected a whole number from %2 to %3, got \"%4\""_s.arg(name)
                                 .arg(least)
                                 .arg(most)
                                 .arg(parser.value(name)));
    return std::optional<qint64>(value);
}

bool setLogLevel(const QString &level)
{
    static const std::array levels { "trace"_L1, "debug"_L1, "info"_L1, "warn"_L1, "error"_L1, "silent"_L1 };
    static const std::array types { "debug"_L1, "debug"_L1, "info"_L1, "warning"_L1, "critical"_L1 };
    const auto chosen = std::find(levels.cbegin(), levels.cend(), level);
    if (chosen == levels.cend())
        return false;
    QString rules;
    for (std::size_t i = 0; i < types.size(); ++i)
        rules += u"twilio.sync.server.%1=%2\n"_s.arg(
                types[i], qsizetype(i) >= chosen - levels.cbegin() ? "true"_L1 : "false"_L1);
    QLoggingCategory::setFilterRules(rules);
    return true;
}

// One number into one member of the options.
struct NumberOption
{
    QString name;
    QString description;
    qint64 least;
    qint64 most;
    void (*apply)(ServerOptions &options, qint64 value);
};

const QList<NumberOption> &numberOptions()
{
    using std::chrono::milliseconds;
    using std::chrono::seconds;
    static const QList<NumberOption> all {
        { u"ping-interval"_s, u"Seconds between pings, 0 for none; 15."_s, 0, 3600,
          [](ServerOptions &o, qint64 n) { o.pingInterval = seconds(n); } },
        { u"expiry-warning"_s, u"Seconds before its expiry a token is announced; 240."_s, 0, 86400,
          [](ServerOptions &o, qint64 n) { o.expiryWarning = seconds(n); } },
        { u"estimated-delivery"_s, u"Milliseconds clients wait for subscription outcomes; 5000."_s, 1,
          600'000, [](ServerOptions &o, qint64 n) { o.estimatedDelivery = milliseconds(n); } },
        { u"max-batch"_s, u"Objects in one subscription request; 1000."_s, 1, 100'000,
          [](ServerOptions &o, qint64 n) { o.maxBatchSize = n; } },
        { u"subscription-ttl"_s, u"Seconds after which clients subscribe anew, 0 for never; 0."_s, 0,
          31'536'000, [](ServerOptions &o, qint64 n) { o.subscriptionTtl = seconds(n); } },
        { u"replay-limit"_s, u"Events replayed at a time for one object; 1000."_s, 1, 1'000'000,
          [](ServerOptions &o, qint64 n) { o.replayLimit = n; } },
        { u"max-output"_s, u"Bytes waiting for a client that does not read; 16777216."_s,
          ServerOptions::leastMaxOutput, Q_INT64_C(1) << 40,
          [](ServerOptions &o, qint64 n) { o.maxOutput = n; } },
        { u"max-connections"_s, u"Connections at a time; 7000."_s, 1, 1'000'000,
          [](ServerOptions &o, qint64 n) { o.maxConnections = n; } },
    };
    return all;
}

void describe(QCommandLineParser &parser)
{
    parser.setApplicationDescription(
            u"A Twilio Sync server on this machine, for any client of the service.\n"
            "\"twilio-sync-server token --identity I [--secret S] [--ttl SECONDS]\" prints an access token.\n"
            "\"twilio-sync-server exec [options] -- COMMAND [ARGUMENTS]\" serves as long as the command "
            "runs,\n"
            "tells it where by its environment, and ends with its status.\n"
            "The key is --secret, or the first line of --secret-file, or TWILIO_SYNC_SECRET of the\n"
            "environment, or else \"twilio-sync-local-server\": for loopback only."_s);
    parser.addOptions({
            { { u"h"_s, u"help"_s }, u"Prints this."_s },
            valued(u"port"_s, u"N"_s, u"Port, 0 for any free one; 0."_s),
            valued(u"host"_s, u"ADDR"_s, u"Address to listen on; 127.0.0.1."_s),
            valued(u"secret"_s, u"S"_s,
                   u"Key that signs access tokens and that backends show; others see it in the process list."_s),
            valued(u"secret-file"_s, u"FILE"_s, u"File whose first line is the key."_s),
            valued(u"allow-host"_s, u"NAME"_s,
                   u"Name or address, besides loopback, by which the server may be called and whose pages "
                   u"may "
                   "call it; may be repeated."_s),
            valued(u"allow-webhooks-to"_s, u"HOST[,HOST]"_s,
                   u"Hosts, besides loopback, that webhooks may go to; may be repeated."_s),
            valued(u"data"_s, u"FILE"_s, u"SQLite file that keeps everything; else it is in memory."_s),
            valued(u"import"_s, u"PATH"_s, u"JSON file, or folder of such, that is put in at the start."_s),
            valued(u"export-on-exit"_s, u"PATH"_s,
                   u"JSON file, or folder for a file for each service, where everything is put at the end."_s),
            valued(u"cert"_s, u"FILE"_s, u"PEM certificate chain: wss instead of ws."_s),
            valued(u"key"_s, u"FILE"_s, u"PEM private key of the certificate, RSA or EC."_s),
            valued(u"log-level"_s, u"L"_s, u"silent, error, warn, info, debug or trace; warn."_s),
            { u"enable-control"_s, u"Answers POST /_control/<name>: faults for tests."_s },
            { u"no-inspector"_s, u"Has no page at / that shows what the server holds and does."_s },
            { u"enforce-rate-limits"_s, u"Enforces the service's rate limits."_s },
            valued(u"identity"_s, u"I"_s, u"token: whose it is; exec: of TWILIO_SYNC_TOKEN."_s),
            valued(u"ttl"_s, u"SECONDS"_s, u"token, exec: how long it is good; 3600."_s),
    });
    for (const NumberOption &option : numberOptions())
        parser.addOption(valued(option.name, u"N"_s, option.description));
}

SyncResult<QString> secretInFile(const QString &path)
{
    QFile file(path);
    if (!file.open(QFile::ReadOnly))
        return SyncError(u"--secret-file: cannot read %1: %2"_s.arg(path, file.errorString()));
    const QString secret = QString::fromUtf8(file.readLine()).trimmed();
    if (secret.isEmpty())
        return SyncError(u"--secret-file: expected a key in the first line of %1"_s.arg(path));
    return secret;
}

// The key, from wherever it is given; none if it is not.
SyncResult<std::optional<QString>> givenSecret(const QCommandLineParser &parser)
{
    if (parser.isSet(u"secret"_s) && parser.isSet(u"secret-file"_s))
        return SyncError(u"--secret, --secret-file: expected only one of them"_s);
    if (parser.isSet(u"secret"_s))
        return std::optional(parser.value(u"secret"_s));
    if (parser.isSet(u"secret-file"_s)) {
        auto secret = secretInFile(parser.value(u"secret-file"_s));
        if (const auto *error = errorOf(secret))
            return *error;
        return std::optional(std::get<QString>(std::move(secret)));
    }
    if (!qEnvironmentVariableIsSet("TWILIO_SYNC_SECRET"))
        return std::optional<QString>();
    if (qEnvironmentVariableIsEmpty("TWILIO_SYNC_SECRET"))
        return SyncError(u"TWILIO_SYNC_SECRET: expected a value, got an empty one"_s);
    return std::optional(qEnvironmentVariable("TWILIO_SYNC_SECRET"));
}

// One for --identity, which is there.
SyncResult<QString> tokenOf(const QCommandLineParser &parser, const LocalSyncServer &server)
{
    const auto ttl = number(parser, u"ttl"_s, 1, 10 * Q_INT64_C(31'536'000));
    if (const auto *error = errorOf(ttl))
        return *error;
    const qint64 seconds = std::get<std::optional<qint64>>(ttl).value_or(3600);
    return server.createToken(parser.value(u"identity"_s), seconds);
}

CommandLine printToken(const QCommandLineParser &parser, const LocalSyncServer &server)
{
    if (parser.value(u"identity"_s).isEmpty())
        return failure(u"token: expected --identity"_s);
    const auto token = tokenOf(parser, server);
    if (const auto *error = errorOf(token))
        return failure(error->message());
    return { CommandLine::Action::Print, std::get<QString>(token) };
}

// What serves, and on what data.
CommandLine serving(const QCommandLineParser &parser, bool secretIsWellKnown)
{
    return { .secretIsWellKnown = secretIsWellKnown,
             .importPath = parser.value(u"import"_s),
             .exportPath = parser.value(u"export-on-exit"_s) };
}

CommandLine executing(const QCommandLineParser &parser, const QStringList &arguments,
                      const LocalSyncServer &server)
{
    CommandLine line = serving(parser, false);
    line.action = CommandLine::Action::Execute;
    line.command = parser.positionalArguments().sliced(1);
    // Without the dashes, options of the command would be taken for the server's.
    if (line.command.isEmpty() || !arguments.contains(u"--"_s))
        return failure(u"exec: expected -- and a command"_s);
    if (parser.isSet(u"identity"_s)) {
        const auto token = tokenOf(parser, server);
        if (const auto *error = errorOf(token))
            return failure(error->message());
        line.token = std::get<QString>(token);
    }
    return line;
}

} // namespace

CommandLine parseCommandLine(const QStringList &arguments, LocalSyncServer &server)
{
    QCommandLineParser parser;
    describe(parser);
    if (!parser.parse(arguments))
        return failure(parser.errorText());
    if (parser.isSet(u"help"_s))
        return { CommandLine::Action::Print, parser.helpText() };
    if (!setLogLevel(parser.isSet(u"log-level"_s) ? parser.value(u"log-level"_s) : u"warn"_s))
        return failure(u"--log-level: expected silent, error, warn, info, debug or trace, got \"%1\""_s.arg(
                parser.value(u"log-level"_s)));
    // An empty shell variable must not quietly mean no file, no TLS, or the well-known key.
    for (const QString &name :
         { u"secret"_s, u"secret-file"_s, u"data"_s, u"cert"_s, u"key"_s, u"host"_s, u"allow-host"_s,
           u"allow-webhooks-to"_s, u"import"_s, u"export-on-exit"_s, u"identity"_s }) {
        if (parser.isSet(name) && parser.value(name).isEmpty())
            return failure(u"--%1: expected a value, got an empty one"_s.arg(name));
    }
    const auto secret = givenSecret(parser);
    if (const auto *error = errorOf(secret))
        return failure(error->message());
    const auto &given = std::get<std::optional<QString>>(secret);
    const QStringList words = parser.positionalArguments();
    const bool executes = words.value(0) == "exec"_L1;
    // A command is told the key: a random one will do.
    if (given || !executes)
        server.setSecret(given.value_or(QString::fromLatin1(wellKnownSecret)));
    if (words == QStringList { u"token"_s })
        return printToken(parser, server);
    if (!words.isEmpty() && !executes)
        return failure(u"unexpected argument \"%1\""_s.arg(words.first()));

    const auto port = number(parser, u"port"_s, 0, 65535);
    if (const auto *error = errorOf(port))
        return failure(error->message());
    server.setPort(int(std::get<std::optional<qint64>>(port).value_or(0)));
    if (parser.isSet(u"host"_s))
        server.setHost(parser.value(u"host"_s));
    server.setDatabasePath(parser.value(u"data"_s));
    server.setCertificatePath(parser.value(u"cert"_s));
    server.setKeyPath(parser.value(u"key"_s));

    ServerOptions options = server.options();
    for (const NumberOption &option : numberOptions()) {
        const auto value = number(parser, option.name, option.least, option.most);
        if (const auto *error = errorOf(value))
            return failure(error->message());
        if (const auto chosen = std::get<std::optional<qint64>>(value))
            option.apply(options, *chosen);
    }
    options.allowedHosts = parser.values(u"allow-host"_s);
    const QStringList webhookHosts = parser.values(u"allow-webhooks-to"_s);
    for (const QString &hosts : webhookHosts)
        options.webhookHosts += hosts.split(u',', Qt::SkipEmptyParts);
    options.enforceRateLimits = parser.isSet(u"enforce-rate-limits"_s);
    server.setOptions(options);
    const bool hasControl = parser.isSet(u"enable-control"_s);
    if (hasControl)
        server.setHooks(&FaultInjector::make);
    if (!parser.isSet(u"no-inspector"_s)) {
        server.setExtension([hasControl](Gateway &gateway, Router &router) {
            return std::make_unique<Inspector>(gateway, router, hasControl);
        });
    }
    return executes ? executing(parser, arguments, server) : serving(parser, !given);
}

} // namespace Twilio::Server
