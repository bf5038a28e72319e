#include "TwilioSync/store/rootstate.h"

#include <QtTest/qtest.h>

using namespace Twilio;

//! How the replay cursor follows events that overtake each other.
class tst_RootState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defect37_cursorWaitsForWhatWasOvertaken();
    void eventsFromBeforeTheOpeningAreOld();
};

void tst_RootState::defect37_cursorWaitsForWhatWasOvertaken()
{
    RootState root;
    root.lastEventId = 24;
    QVERIFY(root.noteEvent(25, "a", false));
    QVERIFY(root.noteEvent(27, "c", false));
    QCOMPARE(root.lastEventId, 25);
    QCOMPARE(root.revision, QByteArray("c"));
    QVERIFY(root.noteEvent(26, "b", false));
    QCOMPARE(root.lastEventId, 27);
    QCOMPARE(root.revision, QByteArray("c"));
    QVERIFY(root.noteEvent(26, "b", false));
    QCOMPARE(root.lastEventId, 27);

    // A replay is in order, whatever is missing in it.
    QVERIFY(root.noteEvent(30, "d", false));
    QVERIFY(root.noteEvent(29, "e", true));
    QCOMPARE(root.lastEventId, 30);

    // A gap that nothing fills does not hold it for ever.
    for (qint64 id = 32; id < 32 + qint64(EarlyEvents::limit); ++id)
        QVERIFY(root.noteEvent(id, "f", false));
    QCOMPARE(root.lastEventId, 30);
    QVERIFY(root.noteEvent(300, "g", false));
    QCOMPARE(root.lastEventId, 287);
}

void tst_RootState::eventsFromBeforeTheOpeningAreOld()
{
    Protocol::RootResource resource;
    resource.lastEventId = 9;
    RootState root;
    root.take(resource, true);
    QVERIFY(!root.noteEvent(8, "a", false));
    QVERIFY(!root.noteEvent(9, "b", false));
    QVERIFY(root.noteEvent(10, "c", false));
    // Counted as replayed, without having been part of the replay.
    QVERIFY(root.noteEvent(12, {}, true));
    QVERIFY(root.noteEvent(11, "d", false));
    QCOMPARE(root.lastEventId, 12);
    QCOMPARE(root.revision, QByteArray("c"));
}

QTEST_APPLESS_MAIN(tst_RootState)
#include "tst_rootstate.moc"
