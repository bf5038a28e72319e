#include "TwilioSync/store/coverage.h"

#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <array>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

constexpr int keys = 12;

/*!
    \brief What is known, as a set of the places where a key may come: each key, what is between two of them,
   and what is beyond the first and last.
*/
class Model
{
public:
    static constexpr int places = 2 * keys + 1;

    void set(int from, int to, bool isKnown)
    {
        for (int place = from; place < to; ++place)
            m_isKnown[std::size_t(place)] = isKnown;
    }
    [[nodiscard]] bool isKnown(int place) const { return m_isKnown[std::size_t(place)]; }
    [[nodiscard]] int upTo(int from) const
    {
        while (from < places && isKnown(from))
            ++from;
        return from;
    }
    [[nodiscard]] int downTo(int from) const
    {
        while (from > 0 && isKnown(from - 1))
            --from;
        return from;
    }

private:
    std::array<bool, places> m_isKnown = {};
};

//! Keys have gaps between them: 10, 20 and so on, or "b", "d"; place 2 * i + 1 is that of key i.
ItemKey keyAt(bool isList, int number)
{
    if (isList)
        return { 10 * (number + 1), {} };
    return { -1, QByteArray(1, char('b' + 2 * number)) };
}

//! A key of the place \a place.
ItemKey anyKeyAt(bool isList, int place)
{
    if (place % 2 == 1)
        return keyAt(isList, place / 2);
    if (isList)
        return { 10 * (place / 2) + 5, {} };
    return { -1, QByteArray(1, char('a' + place)) };
}

//! The cut below \a place; places is the end.
Cut cutBelow(bool isList, int place)
{
    if (place == 0)
        return Cut::bottom();
    if (place == Model::places)
        return Cut::top();
    return place % 2 == 1 ? Cut::before(keyAt(isList, place / 2)) : Cut::after(keyAt(isList, place / 2 - 1));
}

} // namespace

class tst_Coverage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void agreesWithASet_data();
    void agreesWithASet();
    void nothingAndAll();
};

void tst_Coverage::agreesWithASet_data()
{
    QTest::addColumn<bool>("isList");
    QTest::newRow("list") << true;
    QTest::newRow("map") << false;
}

void tst_Coverage::agreesWithASet()
{
    QFETCH(bool, isList);
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    for (int round = 0; round < 300; ++round) {
        Coverage coverage;
        Model model;
        for (int step = 0; step < 40; ++step) {
            // Either end comes often, the wrong way round now and then.
            const auto place = [&] {
                const int any = random.bounded(Model::places + 9);
                return any > Model::places + 4 ? 0 : qMin(any, Model::places);
            };
            const int from = place();
            const int to = place();
            const bool isKnown = random.bounded(3) > 0;
            if (isKnown)
                coverage.add(cutBelow(isList, from), cutBelow(isList, to));
            else
                coverage.remove(cutBelow(isList, from), cutBelow(isList, to));
            model.set(from, to, isKnown);
            const QByteArray where =
                    "round " + QByteArray::number(round) + ", step " + QByteArray::number(step);
            bool isEmpty = true;
            for (int at = 0; at <= Model::places; ++at) {
                const Cut cut = cutBelow(isList, at);
                QVERIFY2(coverage.upTo(cut) == cutBelow(isList, model.upTo(at)), where);
                QVERIFY2(coverage.downTo(cut) == cutBelow(isList, model.downTo(at)), where);
                if (at == Model::places)
                    continue;
                QVERIFY2(coverage.contains(anyKeyAt(isList, at)) == model.isKnown(at), where);
                isEmpty = isEmpty && !model.isKnown(at);
            }
            QVERIFY2(coverage.isEmpty() == isEmpty, where);
            QVERIFY2(coverage.isComplete() == (model.upTo(0) == Model::places), where);
        }
    }
}

void tst_Coverage::nothingAndAll()
{
    Coverage coverage;
    QVERIFY(coverage.isEmpty() && !coverage.isComplete());
    QVERIFY(!coverage.contains({ 0, {} }));
    coverage.add(Cut::bottom(), Cut::top());
    QVERIFY(coverage.isComplete() && coverage.contains({ 0, {} }));
    coverage.remove(Cut::before(ItemKey { 0, {} }), Cut::after(ItemKey { 0, {} }));
    QVERIFY(!coverage.isComplete() && !coverage.contains({ 0, {} }) && coverage.contains({ 1, {} }));
    coverage.clear();
    QVERIFY(coverage.isEmpty());
}

QTEST_APPLESS_MAIN(tst_Coverage)
#include "tst_coverage.moc"
