#include "testserver.h"

#include "eventually.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/quuid.h>
#include <QtTest/qabstractitemmodeltester.h>

#include <chrono>

using namespace Qt::StringLiterals;

TestServer::TestServer(QObject *parent) : QObject(parent) { start(); }

QString TestServer::token(const QString &identity, qint64 ttlSeconds) const
{
    return m_server.token(identity, ttlSeconds);
}

QString TestServer::uniqueName(const QString &prefix)
{
    // Another server still knows what an earlier run, or file of this run, has made
    static int names = 0;
    static const QString run = QUuid::createUuid().toString(QUuid::Id128).left(8);
    return u"%1-%2-%3"_s.arg(prefix, run).arg(++names);
}

QString TestServer::newFolder()
{
    m_folders.push_back(std::make_unique<QTemporaryDir>());
    return m_folders.back()->path();
}

void TestServer::watchModel(QAbstractItemModel *model)
{
    new QAbstractItemModelTester(model, QAbstractItemModelTester::FailureReportingMode::Fatal, model);
}

bool TestServer::eventually(const QJSValue &condition)
{
    return ::eventually([&condition] { return condition.call().toBool(); });
}

void TestServer::delay(int milliseconds)
{
    m_server.injector().faults().setDelay({ std::chrono::milliseconds(milliseconds) });
}

void TestServer::refuse(int status)
{
    Twilio::Server::AnswerFault fault;
    fault.answer = { .status = status, .code = 54007, .message = QByteArrayLiteral("refused") };
    m_server.injector().faults().add(fault);
}

void TestServer::deleteWhatIsDue() { QCoreApplication::sendPostedEvents(nullptr, QEvent::DeferredDelete); }

void TestServer::stop() { m_server.stop(); }

void TestServer::start()
{
    if (!m_server.start())
        qFatal("the embedded server does not start: %s", qPrintable(m_server.errorText()));
    Q_EMIT started();
}
