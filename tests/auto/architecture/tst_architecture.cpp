#include <QtCore/qdir.h>
#include <QtCore/qdiriterator.h>
#include <QtCore/qfile.h>
#include <QtCore/qfileinfo.h>
#include <QtCore/qregularexpression.h>
#include <QtTest/qtest.h>

using namespace Qt::StringLiterals;

// Keeps src/README.md true: which folder may include which, and how long a file may be.
class tst_Architecture : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void folderIncludesOnlyWhatItMay_data();
    void folderIncludesOnlyWhatItMay();
    void onlyOneFileIncludesSimdjson();
    void onlyTheExecutableIncludesTestingAndInspector();
    void headersAreGuarded();
    void filesAreShort();

private:
    static QStringList sources(const QString &folder, const QStringList &patterns);
    static QString read(const QString &file);
};

QStringList tst_Architecture::sources(const QString &folder, const QStringList &patterns)
{
    QStringList files;
    QDirIterator it(QStringLiteral(SOURCE_DIR "/") + folder, patterns, QDir::Files,
                    QDirIterator::Subdirectories);
    while (it.hasNext()) {
        const QString file = it.next();
        if (!file.contains("/node_modules/"_L1))
            files << file;
    }
    files.sort();
    return files;
}

QString tst_Architecture::read(const QString &file)
{
    QFile source(file);
    return source.open(QFile::ReadOnly) ? QString::fromUtf8(source.readAll()) : QString();
}

void tst_Architecture::folderIncludesOnlyWhatItMay_data()
{
    QTest::addColumn<QString>("folder");
    QTest::addColumn<QStringList>("allowed");
    const QString lib = u"TwilioSync/"_s;
    const QStringList core { lib + u"core/"_s };
    const QStringList protocol = core + QStringList { lib + u"protocol/"_s };
    const QStringList transport = protocol + QStringList { lib + u"transport/"_s };
    const QStringList store = protocol + QStringList { lib + u"store/"_s };
    const QStringList requests = transport + QStringList { lib + u"requests/"_s };
    const QStringList subscriptions = protocol + QStringList { lib + u"subscriptions/"_s };
    const QStringList writes = store + QStringList { lib + u"writes/"_s };
    const QStringList sqlite = core + QStringList { lib + u"sqlite/"_s };
    const QStringList cache = store + sqlite + QStringList { lib + u"cache/"_s };
    const QStringList session =
            requests + subscriptions + writes + cache + QStringList { lib + u"session/"_s };
    const auto row = [](const char *name, const QStringList &allowed) {
        QTest::newRow(name) << QString::fromLatin1(name) << allowed;
    };
    row("src/TwilioSync/core", core);
    row("src/TwilioSync/protocol", protocol);
    row("src/TwilioSync/transport", transport);
    row("src/TwilioSync/requests", requests);
    row("src/TwilioSync/store", store);
    row("src/TwilioSync/subscriptions", subscriptions);
    row("src/TwilioSync/writes", writes);
    row("src/TwilioSync/sqlite", sqlite);
    row("src/TwilioSync/cache", cache);
    row("src/TwilioSync/session", session);
    const QStringList models = session + QStringList { lib + u"models/"_s };
    row("src/TwilioSync/models", models);
    row("src/TwilioSync/api", models + QStringList { lib + u"api/"_s });
    const QStringList exports = protocol + QStringList { u"server/serverglobal.h"_s };
    const QStringList data = exports + QStringList { u"server/data/"_s };
    row("src/server/data", data);
    row("src/server/storage", data + sqlite + QStringList { u"server/storage/"_s });
    const QStringList http = exports + QStringList { u"server/http/"_s };
    row("src/server/http", http);
    const QStringList queries = exports + QStringList { u"server/queries/"_s };
    row("src/server/queries", queries);
    const QStringList operations = data + QStringList { u"server/queries/"_s, u"server/operations/"_s };
    row("src/server/operations", operations);
    row("src/server/exchange", operations + QStringList { u"server/exchange/"_s });
    const QStringList dialects = operations + http + QStringList { u"server/dialects/shared/"_s };
    row("src/server/dialects/shared", dialects);
    row("src/server/dialects/v1", dialects + QStringList { u"server/dialects/v1/"_s });
    row("src/server/dialects/v3", dialects + QStringList { u"server/dialects/v3/"_s });
    const QStringList webhooks = data + http + QStringList { u"server/webhooks/"_s };
    row("src/server/webhooks", webhooks);
    const QStringList net = dialects + webhooks
            + QStringList { u"server/dialects/v1/"_s, u"server/dialects/v3/"_s, u"server/net/"_s };
    row("src/server/net", net);
    row("src/server/testing", net + QStringList { u"server/testing/"_s });
    row("src/server/inspector", net + QStringList { u"server/inspector/"_s });
    row("src/server", protocol + sqlite + QStringList { u"server/"_s });
}

void tst_Architecture::folderIncludesOnlyWhatItMay()
{
    QFETCH(QString, folder);
    QFETCH(QStringList, allowed);
    static const QRegularExpression include(u"^#include \"([^\"]+)\""_s, QRegularExpression::MultilineOption);
    const QStringList files = sources(folder, { u"*.h"_s, u"*.cpp"_s });
    QStringList wrong;
    for (const QString &file : files) {
        auto matches = include.globalMatch(read(file));
        while (matches.hasNext()) {
            const QString target = matches.next().captured(1);
            const bool isBeside = !target.contains(u'/') && QFileInfo(file).dir().exists(target);
            const bool isMoc = target.endsWith(".moc"_L1) || target.startsWith("moc_"_L1);
            const bool ok = std::any_of(allowed.cbegin(), allowed.cend(),
                                        [&](const QString &prefix) { return target.startsWith(prefix); });
            if (!ok && !isMoc && !isBeside)
                wrong << file + u": "_s + target;
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

//! It says that nothing of simdjson may throw.
void tst_Architecture::onlyOneFileIncludesSimdjson()
{
    QStringList files;
    for (const QString &folder : { u"src"_s, u"plugin"_s }) {
        for (const QString &file : sources(folder, { u"*.h"_s, u"*.cpp"_s })) {
            if (read(file).contains("#include <simdjson.h>"_L1))
                files << file;
        }
    }
    QCOMPARE(files, QStringList(QStringLiteral(SOURCE_DIR "/src/TwilioSync/protocol/paddedparser.h")));
}

//! Neither faults for tests nor a page that shows everything is part of the libraries that applications link.
void tst_Architecture::onlyTheExecutableIncludesTestingAndInspector()
{
    for (const QString &part : { u"server/testing/"_s, u"server/inspector/"_s }) {
        QStringList files;
        for (const QString &folder : { u"src"_s, u"plugin"_s, u"examples"_s }) {
            for (const QString &file : sources(folder, { u"*.h"_s, u"*.cpp"_s })) {
                if (!file.contains(u'/' + part) && read(file).contains(u'"' + part))
                    files << file;
            }
        }
        QCOMPARE(files, QStringList(QStringLiteral(SOURCE_DIR "/src/server/commandline.cpp")));
    }
}

void tst_Architecture::headersAreGuarded()
{
    QStringList wrong;
    for (const QString &file : sources(u"src"_s, { u"*.h"_s })) {
        if (!read(file).startsWith("#pragma once\n"_L1))
            wrong << file;
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

void tst_Architecture::filesAreShort()
{
    constexpr qsizetype maxLines = 500;
    QStringList wrong;
    for (const QString &folder : { u"src"_s, u"plugin"_s, u"qml"_s, u"tests"_s, u"examples"_s }) {
        for (const QString &file :
             sources(folder, { u"*.h"_s, u"*.cpp"_s, u"*.qml"_s, u"*.js"_s, u"*.mjs"_s })) {
            const qsizetype lines = read(file).count(u'\n');
            if (lines > maxLines)
                wrong << u"%1: %2 lines"_s.arg(file).arg(lines);
        }
    }
    QVERIFY2(wrong.isEmpty(), qPrintable(wrong.join(u'\n')));
}

QTEST_GUILESS_MAIN(tst_Architecture)
#include "tst_architecture.moc"
