#include "TwilioSync/core/settle.h"

#include <QtTest/qtest.h>

using namespace Twilio;

class tst_SyncError : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defaultIsNull();
    void comparesEveryField_data();
    void comparesEveryField();
    void masksTokens_data();
    void masksTokens();
    void readsAsGadget();
    void streamsToDebug();
    void failedCallThrowsTheError();
    void settledCallGivesTheValue();
};

void tst_SyncError::defaultIsNull()
{
    QVERIFY(SyncError().isNull());
    QVERIFY(!SyncError(QStringLiteral("x")).isNull());
    QVERIFY(!SyncError(QString(), 404).isNull());
}

void tst_SyncError::comparesEveryField_data()
{
    QTest::addColumn<SyncError>("other");
    QTest::addColumn<bool>("equal");
    const QString message = QStringLiteral("Item not found");
    QTest::newRow("same") << SyncError(message, 404, 54151, false) << true;
    QTest::newRow("message") << SyncError(QStringLiteral("item not found"), 404, 54151, false) << false;
    QTest::newRow("status") << SyncError(message, 400, 54151, false) << false;
    QTest::newRow("code") << SyncError(message, 404, 54201, false) << false;
    QTest::newRow("terminal") << SyncError(message, 404, 54151, true) << false;
    QTest::newRow("outcome unknown") << SyncError(message, 404, 54151).withUnknownOutcome() << false;
}

void tst_SyncError::comparesEveryField()
{
    QFETCH(SyncError, other);
    QFETCH(bool, equal);
    const SyncError error(QStringLiteral("Item not found"), 404, 54151, false);
    QCOMPARE(error == other, equal);
    QCOMPARE(error != other, !equal);
}

// What the service says may repeat the token it was sent.
void tst_SyncError::masksTokens_data()
{
    QTest::addColumn<QString>("said");
    QTest::addColumn<QString>("expected");
    const QString token = QStringLiteral("eyJhbGciOiJIUzI1NiJ9.eyJqdGkiOiJTSzAifQ.c2lnbmF0dXJl-_x");
    const auto row = [](const char *name, const QString &said, const QString &expected) {
        QTest::newRow(name) << said << expected;
    };
    row("none", QStringLiteral("Item not found"), QStringLiteral("Item not found"));
    row("alone", token, QStringLiteral("<token>"));
    row("in a text", QStringLiteral("bad token '%1' for bob").arg(token),
        QStringLiteral("bad token '<token>' for bob"));
    row("two", token + u' ' + token, QStringLiteral("<token> <token>"));
    row("cut off", QStringLiteral("token: ") + token.left(30), QStringLiteral("token: <token>"));
    row("a word like its beginning", QStringLiteral("heyJude"), QStringLiteral("heyJude"));
}

void tst_SyncError::masksTokens()
{
    QFETCH(QString, said);
    QFETCH(QString, expected);
    QCOMPARE(SyncError(said, 401).message(), expected);
}

void tst_SyncError::readsAsGadget()
{
    const SyncError error(QStringLiteral("gone"), 404, 54100, true);
    const QMetaObject &meta = SyncError::staticMetaObject;
    const auto read = [&](const char *name) {
        return meta.property(meta.indexOfProperty(name)).readOnGadget(&error);
    };
    QCOMPARE(read("message").toString(), QStringLiteral("gone"));
    QCOMPARE(read("status").toInt(), 404);
    QCOMPARE(read("code").toInt(), 54100);
    QCOMPARE(read("terminal").toBool(), true);
    QCOMPARE(read("outcomeUnknown").toBool(), false);
    QCOMPARE(read("isNull").toBool(), false);
}

void tst_SyncError::streamsToDebug()
{
    QString text;
    QDebug(&text) << SyncError(QStringLiteral("Item not found"), 404, 54151);
    QCOMPARE(text.trimmed(), QStringLiteral("SyncError(\"Item not found\", status 404, code 54151)"));
    text.clear();
    QDebug(&text) << SyncError(QStringLiteral("disconnected")).withUnknownOutcome();
    QCOMPARE(text.trimmed(),
             QStringLiteral("SyncError(\"disconnected\", status 0, code 0, outcome unknown)"));
}

void tst_SyncError::failedCallThrowsTheError()
{
    auto [future, done] = makeCall<int>();
    const SyncError error(QStringLiteral("no"), 409, 54301);
    SyncError seen;
    const auto chained = future.then([](int) {
                                   QFAIL("must not run");
                               }).onFailed([&](const SyncException &e) { seen = e.error(); });
    done(error);
    QVERIFY(chained.isFinished());
    QCOMPARE(seen, error);
}

void tst_SyncError::settledCallGivesTheValue()
{
    auto [future, done] = makeCall<int>();
    QVERIFY(!future.isFinished());
    done(7);
    QCOMPARE(future.result(), 7);
    auto [nothing, doneNothing] = makeCall<void>();
    doneNothing(Nothing());
    QVERIFY(nothing.isFinished() && !nothing.isCanceled());
}

QTEST_GUILESS_MAIN(tst_SyncError)
#include "tst_syncerror.moc"
