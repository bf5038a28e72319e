// Our half of mixed.mjs: says "ready", writes when told to "go", and in the end prints what it holds.
#include "../clientoptions.h"
#include "writer.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qjsondocument.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <iostream>
#include <string>

using namespace Qt::StringLiterals;

int main(int argc, char **argv)
{
    const QCoreApplication application(argc, argv);
    const ClientOptions options(application,
                                { { u"name"_s, u"What the objects' names begin with."_s, u"name"_s },
                                  { u"operations"_s, u"Writes to make."_s, u"number"_s },
                                  { u"at-once"_s, u"Writes under way at a time."_s, u"number"_s },
                                  { u"seed"_s, u"Of the random writes."_s, u"number"_s } });

    Twilio::SyncClient client;
    options.connect(client);
    Writer writer(&client, options.value(u"name"_s), options.value(u"seed"_s).toUInt());
    using Tester = QAbstractItemModelTester;
    const Tester listRules(writer.list(), Tester::FailureReportingMode::Fatal);
    const Tester mapRules(writer.map(), Tester::FailureReportingMode::Fatal);

    QObject::connect(&writer, &Writer::ready, &application, [&] {
        std::cout << "ready" << std::endl;
        std::string word; // nothing is under way yet, so waiting here holds nothing up
        std::getline(std::cin, word);
        writer.start(options.value(u"operations"_s).toInt(), options.value(u"at-once"_s).toInt());
    });
    QObject::connect(&writer, &Writer::converged, &application, [&] {
        const QByteArray report = QJsonDocument(writer.report()).toJson(QJsonDocument::Compact);
        std::cout << "report " << report.constData() << std::endl;
        QCoreApplication::quit();
    });
    return QCoreApplication::exec();
}
