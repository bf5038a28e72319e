// Our half of mixed.mjs: says "ready", writes when told to "go", and in the end prints what it holds.
#include "writer.h"

#include <QtCore/qcommandlineparser.h>
#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <iostream>
#include <string>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    QCommandLineParser parser;
    parser.addOptions({ { u"url"_s, u"The server."_s, u"url"_s },
                        { u"token"_s, u"Access token."_s, u"token"_s },
                        { u"name"_s, u"What the objects' names begin with."_s, u"name"_s },
                        { u"operations"_s, u"Writes to make."_s, u"number"_s },
                        { u"at-once"_s, u"Writes under way at a time."_s, u"number"_s },
                        { u"seed"_s, u"Of the random writes."_s, u"number"_s } });
    parser.process(application);

    Twilio::SyncClient client;
    client.setUrl(QUrl(parser.value(u"url"_s)));
    client.setToken(parser.value(u"token"_s));
    Writer writer(&client, parser.value(u"name"_s), parser.value(u"seed"_s).toUInt());
    using Tester = QAbstractItemModelTester;
    const Tester listRules(writer.list(), Tester::FailureReportingMode::Fatal);
    const Tester mapRules(writer.map(), Tester::FailureReportingMode::Fatal);

    QObject::connect(&writer, &Writer::ready, &application, [&] {
        std::cout << "ready" << std::endl;
        std::string word; // nothing is under way yet, so waiting here holds nothing up
        std::getline(std::cin, word);
        writer.start(parser.value(u"operations"_s).toInt(), parser.value(u"at-once"_s).toInt());
    });
    QObject::connect(&writer, &Writer::converged, &application, [&] {
        const QByteArray report = QJsonDocument(writer.report()).toJson(QJsonDocument::Compact);
        std::cout << "report " << report.constData() << std::endl;
        QCoreApplication::quit();
    });
    return QCoreApplication::exec();
}
