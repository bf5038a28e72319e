#include "TwilioSync/models/resultrows.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qmap.h>
#include <QtCore/qrandom.h>
#include <QtTest/qabstractitemmodeltester.h>
#include <QtTest/qtest.h>

#include <memory>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

// The smallest model of such rows.
class Model : public QAbstractListModel, private RowListener
{
public:
    Model() : rows(this, *this, m_roles, [this] { return wantedItems(); }) { }

    int rowCount(const QModelIndex &parent = {}) const override
    {
        return parent.isValid() ? 0 : rows.count();
    }
    QVariant data(const QModelIndex &index, int role) const override
    {
        const ItemPtr item = rows.at(index.row());
        return item && role >= Qt::UserRole ? m_roles.read(item, role) : QVariant();
    }
    [[nodiscard]] QString text() const
    {
        QStringList all;
        for (int row = 0; row < rows.count(); ++row)
            all << QString::fromUtf8(rows.at(row)->key()) + u'=' + QString::fromUtf8(rows.at(row)->json());
        return all.join(u' ');
    }

    QMap<QString, ItemPtr> wanted;
    QStringList log;
    ResultRows rows;
    std::function<void()> during = [] {};

private:
    [[nodiscard]] std::vector<ItemPtr> wantedItems() const { return { wanted.cbegin(), wanted.cend() }; }
    void beginInsertion(int first, int last) override
    {
        log << u"+%1-%2"_s.arg(first).arg(last);
        beginInsertRows({}, first, last);
        during();
    }
    void endInsertion() override { endInsertRows(); }
    void beginRemoval(int first, int last) override
    {
        log << u"-%1-%2"_s.arg(first).arg(last);
        beginRemoveRows({}, first, last);
        during();
    }
    void endRemoval() override { endRemoveRows(); }
    void rowsChanged(int first, int last, const QList<int> &roles) override
    {
        log << u"~%1-%2"_s.arg(first).arg(last);
        Q_EMIT dataChanged(index(first), index(last), roles);
    }

    ItemRoles m_roles { false };
};

ItemPtr made(const QString &key, int value)
{
    const QByteArray name = key.toUtf8();
    const QByteArray json = QByteArray::number(value);
    return ItemPtr::make({ .key = name, .json = json, .lastEventId = value });
}

} // namespace

// The rows of a live query: what is wanted comes in runs, keeps the rules of models, and survives its slots.
class tst_ResultRows : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void runsComeAndGoTogether();
    void oneAtATime();
    void randomDifferences();
    void whatComesMeanwhileIsShownThen();
    void modelMayGo();

private:
    static void want(Model &model, const QString &keys, int value = 0)
    {
        QMap<QString, ItemPtr> next;
        for (const QChar key : keys)
            next.insert(key, model.wanted.contains(key) ? model.wanted.value(key) : made(key, value));
        model.wanted = next;
    }
};

void tst_ResultRows::runsComeAndGoTogether()
{
    Model model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    want(model, u"bcdh"_s);
    QVERIFY(model.rows.refresh());
    QCOMPARE(std::exchange(model.log, {}).join(u' '), u"+0-3"_s);
    want(model, u"abefgh"_s);
    model.wanted[u"h"_s] = made(u"h"_s, 1);
    QVERIFY(model.rows.refresh());
    QCOMPARE(std::exchange(model.log, {}).join(u' '), u"~3-3 +3-5 -1-2 +0-0"_s);
    QCOMPARE(model.text(), u"a=0 b=0 e=0 f=0 g=0 h=1"_s);
    QVERIFY(model.rows.refresh());
    QVERIFY(model.log.isEmpty());
    want(model, {});
    QVERIFY(model.rows.refresh());
    QCOMPARE(model.log.join(u' '), u"-0-5"_s);
}

void tst_ResultRows::oneAtATime()
{
    Model model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (const char *const key : { "b", "a", "c" })
        QVERIFY(model.rows.change(key, made(QString::fromLatin1(key), 0)));
    QVERIFY(model.rows.change("b", made(u"b"_s, 1)));
    QVERIFY(model.rows.change("a", {}));
    QVERIFY(model.rows.change("never there", {}));
    QCOMPARE(model.log.join(u' '), u"+0-0 +0-0 +2-2 ~1-1 -0-0"_s);
    QCOMPARE(model.text(), u"b=1 c=0"_s);
    QCOMPARE(model.rows.rowOf("c"), 1);
    QCOMPARE(model.rows.rowOf("a"), -1);
    QVERIFY(!model.rows.at(2) && !model.rows.at(-1));
}

void tst_ResultRows::randomDifferences()
{
    const quint32 seed = QRandomGenerator::global()->generate();
    qInfo("seed %u", seed);
    QRandomGenerator random(seed);
    Model model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    for (int i = 0; i < 2000; ++i) {
        for (char key = 'a'; key <= 'p'; ++key) {
            const QString name { QLatin1Char(key) };
            switch (random.bounded(5)) {
            case 0:
                model.wanted.remove(name);
                break;
            case 1:
                model.wanted[name] = made(name, i);
                break;
            default:
                break;
            }
        }
        QVERIFY(model.rows.refresh());
        QStringList expected;
        for (auto it = model.wanted.cbegin(); it != model.wanted.cend(); ++it)
            expected << it.key() + u'=' + QString::fromUtf8((*it)->json());
        QCOMPARE(model.text(), expected.join(u' '));
    }
}

void tst_ResultRows::whatComesMeanwhileIsShownThen()
{
    Model model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
    want(model, u"b"_s);
    bool isFirst = true;
    model.during = [&] {
        if (!std::exchange(isFirst, false))
            return;
        want(model, u"abc"_s);
        QVERIFY(model.rows.change("a", model.wanted[u"a"_s]));
        QVERIFY(model.rows.refresh());
        QCOMPARE(model.rows.count(), 0);
    };
    QVERIFY(model.rows.change("b", model.wanted[u"b"_s]));
    QCOMPARE(model.text(), u"a=0 b=0 c=0"_s);
}

void tst_ResultRows::modelMayGo()
{
    auto *const model = new Model;
    want(*model, u"ab"_s);
    connect(model, &QAbstractItemModel::rowsInserted, this, [model] { delete model; });
    QVERIFY(!model->rows.refresh());
}

QTEST_GUILESS_MAIN(tst_ResultRows)
#include "tst_resultrows.moc"
