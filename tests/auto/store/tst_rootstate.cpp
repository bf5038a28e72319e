#include "TwilioSync/store/rootstate.h"

#include <QtTest/qtest.h>

#include <limits>

using namespace Twilio;

//! How the replay cursor follows events that overtake each other.
class tst_RootState : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void defect37_cursorWaitsForWhatWasOvertaken();
    void eventsFromBeforeTheOpeningAreOld();
    void cursorWaitsForWhatCouldNotBeRead();
    void largestEventIdsAreIds();
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

void tst_RootState::cursorWaitsForWhatCouldNotBeRead()
{
    RootState root;
    root.lastEventId = 4;
    QVERIFY(root.noteGap()); // event 6
    QVERIFY(root.noteEvent(5, "a", true));
    QVERIFY(root.noteEvent(7, "b", true));
    QCOMPARE(root.lastEventId, 5);
    QVERIFY(root.noteEvent(6, "c", true)); // replayed
    QCOMPARE(root.lastEventId, 7);
    root.noteReplayed(7);
    QVERIFY(root.noteEvent(9, "d", true));
    QCOMPARE(root.lastEventId, 9);

    // Again and again unreadable: it is asked for once.
    QVERIFY(root.noteGap());
    root.noteReplayed(9);
    QVERIFY(!root.noteGap());
    QVERIFY(root.noteEvent(11, "e", true));
    QCOMPARE(root.lastEventId, 11);
    QVERIFY(root.noteGap());
}

//! Signed overflow, says the sanitizer.
void tst_RootState::largestEventIdsAreIds()
{
    constexpr qint64 largest = std::numeric_limits<qint64>::max();
    RootState root;
    root.lastEventId = 4;
    QVERIFY(root.noteEvent(largest, "b", false));
    QCOMPARE(root.lastEventId, 4);
    QVERIFY(root.noteEvent(largest - 1, "a", true));
    QCOMPARE(root.lastEventId, largest);
    QVERIFY(root.noteEvent(largest, "b", false));
    QVERIFY(root.noteEvent(5, "b", true));
    QCOMPARE(root.lastEventId, largest);
    QCOMPARE(EarlyEvents().note(0, largest), largest);
}

QTEST_APPLESS_MAIN(tst_RootState)
#include "tst_rootstate.moc"
