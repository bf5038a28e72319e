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
    void revisionIsThatOfTheNewestEvent();
    void largestEventIdsAreIds();
};

void tst_RootState::defect37_cursorWaitsForWhatWasOvertaken()
{
    RootState root;
    root.lastEventId = 24;
    QVERIFY(root.noteEvent(25, false));
    QVERIFY(root.noteEvent(27, false));
    QCOMPARE(root.lastEventId, 25);
    QVERIFY(root.noteEvent(26, false));
    QCOMPARE(root.lastEventId, 27);
    QVERIFY(root.noteEvent(26, false));
    QCOMPARE(root.lastEventId, 27);

    // A replay is in order, whatever is missing in it.
    QVERIFY(root.noteEvent(30, false));
    QVERIFY(root.noteEvent(29, true));
    QCOMPARE(root.lastEventId, 30);

    // A gap that nothing fills does not hold it for ever.
    for (qint64 id = 32; id < 32 + qint64(EarlyEvents::limit); ++id)
        QVERIFY(root.noteEvent(id, false));
    QCOMPARE(root.lastEventId, 30);
    QVERIFY(root.noteEvent(300, false));
    QCOMPARE(root.lastEventId, 287);
}

void tst_RootState::eventsFromBeforeTheOpeningAreOld()
{
    Protocol::RootResource resource;
    resource.lastEventId = 9;
    RootState root;
    root.adopt(resource, true);
    QVERIFY(!root.noteEvent(8, false));
    QVERIFY(!root.noteEvent(9, false));
    QVERIFY(root.noteEvent(10, false));
    // Counted as replayed, without having been part of the replay.
    QVERIFY(root.noteEvent(12, true));
    QVERIFY(root.noteEvent(11, false));
    QCOMPARE(root.lastEventId, 12);
}

void tst_RootState::cursorWaitsForWhatCouldNotBeRead()
{
    RootState root;
    root.lastEventId = 4;
    QVERIFY(root.noteGap()); // event 6
    QVERIFY(root.noteEvent(5, true));
    QVERIFY(root.noteEvent(7, true));
    QCOMPARE(root.lastEventId, 5);
    QVERIFY(root.noteEvent(6, true)); // replayed
    QCOMPARE(root.lastEventId, 7);
    root.noteReplayed(7);
    QVERIFY(root.noteEvent(9, true));
    QCOMPARE(root.lastEventId, 9);

    // Again and again unreadable: it is asked for once.
    QVERIFY(root.noteGap());
    root.noteReplayed(9);
    QVERIFY(!root.noteGap());
    QVERIFY(root.noteEvent(11, true));
    QCOMPARE(root.lastEventId, 11);
    QVERIFY(root.noteGap());
}

void tst_RootState::revisionIsThatOfTheNewestEvent()
{
    Protocol::RootResource resource;
    resource.lastEventId = 9;
    resource.revision = "i";
    RootState root;
    root.adopt(resource, true);
    QCOMPARE(root.revision, QByteArray("i"));
    root.commit(12, "l");
    root.commit(11, "k");
    root.commit(13, {});
    QCOMPARE(root.revision, QByteArray("l"));
    root.adopt(resource, true);
    QCOMPARE(root.revision, QByteArray("l"));
}

//! Signed overflow, says the sanitizer.
void tst_RootState::largestEventIdsAreIds()
{
    constexpr qint64 largest = std::numeric_limits<qint64>::max();
    RootState root;
    root.lastEventId = 4;
    QVERIFY(root.noteEvent(largest, false));
    QCOMPARE(root.lastEventId, 4);
    QVERIFY(root.noteEvent(largest - 1, true));
    QCOMPARE(root.lastEventId, largest);
    QVERIFY(root.noteEvent(largest, false));
    QVERIFY(root.noteEvent(5, true));
    QCOMPARE(root.lastEventId, largest);
    QCOMPARE(EarlyEvents().note(0, largest), largest);
}

QTEST_APPLESS_MAIN(tst_RootState)
#include "tst_rootstate.moc"
