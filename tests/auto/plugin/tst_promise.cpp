#include "promise.h"

#include "TwilioSync/core/settle.h"

#include <QtCore/qpromise.h>
#include <QtQml/qqmlengine.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Qt::StringLiterals;
using namespace Twilio;

namespace {

// What JavaScript saw of a promise, as text.
class Observer : public QObject
{
    Q_OBJECT

public:
    Observer(QJSEngine *engine, const QJSValue &promise)
    {
        const QJSValue attach =
                engine->evaluate(u"(function(promise, observer) {"
                                 "    promise.then(v => observer.see('resolved ' + JSON.stringify(v)),"
                                 "                 e => observer.see('rejected ' + JSON.stringify("
                                 "                     [e.name, e.message, e.status, e.code,"
                                 "                      e.terminal, e instanceof Error])));"
                                 "})"_s);
        QJSEngine::setObjectOwnership(this, QJSEngine::CppOwnership);
        const QJSValue result = attach.call({ promise, engine->newQObject(this) });
        if (result.isError())
            qFatal("%s", qPrintable(result.toString()));
    }

    Q_INVOKABLE void see(const QString &text) { seen.append(text); }

    QStringList seen;
};

} // namespace

class tst_Promise : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void init();
    void cleanup();

    void resolvesToTheResultOfItsFuture();
    void resolvesToUndefinedForAFutureOfNothing();
    void settlesOnTheEventLoopNeverInsideTheCall();
    void rejectsWithAnErrorThatCarriesEveryField();
    void rejectsWhatIsWrongAtOnce();
    void rejectsACancelledFuture();
    void outlivesTheObjectThatGaveIt();
    void engineMayDieWithTheFutureUnsettled();
    void engineMayDieBetweenSettlingAndItsEvent();
    void deferredSettledAfterItsEngineDoesNothing();

private:
    std::unique_ptr<QQmlEngine> m_engine;
    std::unique_ptr<QObject> m_context;
};

void tst_Promise::init()
{
    QTest::failOnWarning(QRegularExpression(u".*"_s));
    m_engine = std::make_unique<QQmlEngine>();
    m_context = std::make_unique<QObject>();
    QQmlEngine::setContextForObject(m_context.get(), m_engine->rootContext());
}

void tst_Promise::cleanup()
{
    m_context.reset();
    m_engine.reset();
}

void tst_Promise::resolvesToTheResultOfItsFuture()
{
    auto [future, done] = makeCall<QString>();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    done(u"söme \"text\""_s);
    QTRY_COMPARE(observer.seen, QStringList { u"resolved \"söme \\\"text\\\"\""_s });
}

void tst_Promise::resolvesToUndefinedForAFutureOfNothing()
{
    auto [future, done] = makeCall<void>();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    done(Nothing());
    QTRY_COMPARE(observer.seen, QStringList { u"resolved undefined"_s });
}

void tst_Promise::settlesOnTheEventLoopNeverInsideTheCall()
{
    auto [future, done] = makeCall<int>();
    done(7);
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    QVERIFY(observer.seen.isEmpty());
    QTRY_COMPARE(observer.seen, QStringList { u"resolved 7"_s });
}

void tst_Promise::rejectsWithAnErrorThatCarriesEveryField()
{
    auto [future, done] = makeCall<QString>();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    done(SyncError(u"no such list"_s, 404, 54150, true));
    QTRY_COMPARE(observer.seen,
                 QStringList { u"rejected [\"SyncError\",\"no such list\",404,54150,true,true]"_s });
}

void tst_Promise::rejectsWhatIsWrongAtOnce()
{
    const Observer observer(m_engine.get(),
                            Qml::rejectedPromise(m_context.get(), SyncError(u"ttl: expected a number"_s)));
    QTRY_COMPARE(observer.seen,
                 QStringList { u"rejected [\"SyncError\",\"ttl: expected a number\",0,0,false,true]"_s });
}

void tst_Promise::rejectsACancelledFuture()
{
    auto promise = std::make_unique<QPromise<int>>();
    promise->start();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), promise->future()));
    promise.reset();
    QTRY_COMPARE(observer.seen, QStringList { u"rejected [\"SyncError\",\"cancelled\",0,0,false,true]"_s });
}

void tst_Promise::outlivesTheObjectThatGaveIt()
{
    auto [future, done] = makeCall<int>();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    m_context.reset();
    done(SyncError(u"handle closed"_s));
    QTRY_COMPARE(observer.seen,
                 QStringList { u"rejected [\"SyncError\",\"handle closed\",0,0,false,true]"_s });
}

void tst_Promise::engineMayDieWithTheFutureUnsettled()
{
    auto [future, done] = makeCall<int>();
    const QJSValue promise = Qml::promiseFor(m_context.get(), future);
    QVERIFY(promise.isObject());
    m_context.reset();
    m_engine.reset();
    done(3);
    QCoreApplication::processEvents();
    QCOMPARE(future.result(), 3);
}

void tst_Promise::engineMayDieBetweenSettlingAndItsEvent()
{
    auto [future, done] = makeCall<int>();
    const Observer observer(m_engine.get(), Qml::promiseFor(m_context.get(), future));
    done(3);
    m_engine.reset();
    QCoreApplication::processEvents();
    QVERIFY(observer.seen.isEmpty());
}

void tst_Promise::deferredSettledAfterItsEngineDoesNothing()
{
    const Qml::Deferred deferred(m_engine.get());
    m_context.reset();
    m_engine.reset();
    deferred.resolve(1);
    deferred.reject(SyncError(u"late"_s));
}

QTEST_GUILESS_MAIN(tst_Promise)
#include "tst_promise.moc"
