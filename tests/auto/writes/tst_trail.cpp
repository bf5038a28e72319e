// What is known of what happened while writes were without an answer.
#include "TwilioSync/writes/trail.h"

#include <QtTest/qtest.h>

using namespace Twilio;

using Kind = EventTrail::Kind;

class tst_Trail : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void find_data();
    void find();
    void newsReplacesAGuess();
};

namespace {

constexpr char value[] = R"({"n":6})";

ItemKey item() { return { 2, {} }; }

} // namespace

void tst_Trail::find_data()
{
    QTest::addColumn<Kind>("kind");
    QTest::addColumn<bool>("isGuess");
    QTest::addColumn<bool>("adds");
    QTest::addColumn<bool>("isFound");

    QTest::newRow("an update") << Kind::Updated << false << false << true;
    QTest::newRow("an update, by what may add") << Kind::Updated << false << true << true;
    QTest::newRow("an addition is of no update") << Kind::Added << false << false << false;
    QTest::newRow("an addition, by what may add") << Kind::Added << false << true << true;
    QTest::newRow("what looks like an addition may be an update") << Kind::Added << true << false << true;
    QTest::newRow("a removal") << Kind::Removed << false << true << false;
}

void tst_Trail::find()
{
    QFETCH(const Kind, kind);
    QFETCH(const bool, isGuess);
    QFETCH(const bool, adds);
    QFETCH(const bool, isFound);

    EventTrail trail;
    trail.note({ .eventId = 4, .kind = kind, .item = item(), .json = value, .isGuess = isGuess });
    const EventTrail::Seen *const seen = trail.find(item(), 2, value, adds);
    QCOMPARE(seen != nullptr, isFound);
    QCOMPARE(trail.find(item(), 4, value, adds), nullptr);
    if (!isFound)
        return;
    trail.claim(4, true);
    QCOMPARE(trail.find(item(), 2, value, adds), nullptr);
}

// What an item of the cache tells of its last change is less than the event itself does.
void tst_Trail::newsReplacesAGuess()
{
    EventTrail trail;
    trail.note({ .eventId = 4, .kind = Kind::Added, .item = item(), .json = value, .isGuess = true });
    QCOMPARE(trail.added(2, value).size(), std::size_t(1));
    trail.note({ .eventId = 4, .kind = Kind::Updated, .item = item(), .json = value });
    QCOMPARE(trail.added(2, value).size(), std::size_t(0));
    QVERIFY(trail.find(item(), 2, value, false));
    trail.note({ .eventId = 4, .kind = Kind::Added, .item = item(), .json = value });
    QCOMPARE(trail.added(2, value).size(), std::size_t(0));
    QCOMPARE(trail.size(), std::size_t(1));
}

QTEST_APPLESS_MAIN(tst_Trail)

#include "tst_trail.moc"
