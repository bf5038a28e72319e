#include "specworld.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>
#include <QtCore/qjsondocument.h>

using namespace Qt::StringLiterals;

namespace {

QStringList linesOf(const QJsonValue &value)
{
    QStringList lines;
    const QJsonArray texts = value.toArray();
    for (const auto &line : texts)
        lines << line.toString();
    return lines;
}

//! "changed 0-0 [pending value]" as "changed 0-0 [value]", and nothing where it is the only role.
QStringList withoutPending(const QStringList &lines)
{
    QStringList others;
    for (QString line : lines) {
        const bool isChange = line.startsWith("changed"_L1);
        line.replace("pending"_L1, ""_L1)
                .replace("  "_L1, " "_L1)
                .replace("[ "_L1, "["_L1)
                .replace(" ]"_L1, "]"_L1);
        if (!isChange || !line.endsWith("[]"_L1))
            others << line;
    }
    return others;
}

//! What a part of the tests has on the disk, and what a scenario needs to be possible.
std::optional<SpecWorld::Disk> diskOf(const QString &name)
{
    for (const auto &[known, disk] :
         { std::pair("memory"_L1, SpecWorld::Disk::Nothing), std::pair("cache"_L1, SpecWorld::Disk::Cache),
           std::pair("kept"_L1, SpecWorld::Disk::Writes) }) {
        if (name == known)
            return disk;
    }
    return std::nullopt;
}

// Of this part. "own" is as "kept", in a cache of the application's.
SpecWorld::Place ownPlace()
{
    return QStringLiteral(PART) == "own"_L1 ? SpecWorld::Place::OwnCache : SpecWorld::Place::Files;
}

SpecWorld::Disk ownDisk() { return diskOf(QStringLiteral(PART)).value_or(SpecWorld::Disk::Writes); }

// "pieces" is as "kept", and what was kept is read item by item.
Twilio::DiskCache::Pieces ownPieces()
{
    return QStringLiteral(PART) == "pieces"_L1 ? Twilio::DiskCache::Pieces { .first = 1, .later = 1 }
                                               : Twilio::DiskCache::Pieces();
}

//! What \a step says of \a name lasts until another one says something else.
void keep(QLatin1StringView name, QJsonObject &step, QJsonObject &lasting)
{
    if (step.contains(name))
        lasting[name] = step.value(name);
    else if (lasting.contains(name))
        step[name] = lasting.value(name);
}

} // namespace

/*!
    \brief Runs the scenarios of specs with one of five: nothing on the disk, a cache, writes that are kept,
   all of that read item by item, or in a cache of the application's own, which fails where a disk would.

    After each step everything is compared that it may have done: the model's signals, the rows, what items
   were told of, what was sent, which calls have ended, which writes have failed. What a step does not name
   must not have happened. Rows stay as the step before left them, and so do outbox and state once they are
   named.
*/
class tst_Spec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scenario_data();
    void scenario();

private:
    //! Compares what one handle has told with what \a expected says.
    [[nodiscard]] bool isAsExpected(SpecHandle &handle, const QJsonObject &expected);
    [[nodiscard]] bool isSame(const char *what, QStringList now, QStringList expected) const;

    //! Of the step that is being compared.
    QByteArray m_step;
};

void tst_Spec::scenario_data()
{
    QTest::addColumn<QJsonObject>("spec");
    const QDir folder(QStringLiteral(SPECS));
    for (const QString &name : folder.entryList({ u"*.json"_s })) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QFile::ReadOnly));
        QJsonParseError error;
        const QJsonArray specs = QJsonDocument::fromJson(file.readAll(), &error).array();
        QVERIFY2(error.error == QJsonParseError::NoError,
                 qPrintable(u"%1: %2, at %3"_s.arg(name, error.errorString()).arg(error.offset)));
        for (const auto &each : specs) {
            const QJsonObject spec = each.toObject();
            const QString title = name.chopped(5) + u": "_s + spec.value("name"_L1).toString();
            const auto needed = diskOf(spec.value("disk"_L1).toString(u"memory"_s));
            QVERIFY2(needed, qPrintable(title));
            if (*needed <= ownDisk())
                QTest::addRow("%s, %s", qPrintable(title), PART) << spec;
        }
    }
}

bool tst_Spec::isSame(const char *what, QStringList now, QStringList expected) const
{
    // From waiting to unsaved and back are changes more.
    for (QStringList *lines : { &now, &expected }) {
        if (ownDisk() == SpecWorld::Disk::Writes)
            *lines = withoutPending(*lines);
    }
    if (now != expected)
        qWarning().noquote() << m_step << "\n" << what << "\nexpected" << expected << "\nactual  " << now;
    return now == expected;
}

bool tst_Spec::isAsExpected(SpecHandle &handle, const QJsonObject &expected)
{
    const bool isRight = isSame("rows", handle.rows(), linesOf(expected.value("rows"_L1)));
    const QStringList model = handle.takeModel();
    // What is there when it opens again is in the rows.
    return (expected.contains("restart"_L1) || isSame("model", model, linesOf(expected.value("model"_L1))))
            && isRight;
}

void tst_Spec::scenario()
{
    QFETCH(QJsonObject, spec);
    SpecWorld world(spec, ownDisk(), ownPlace(), ownPieces());
    QVERIFY(world.open());
    world.settle({});
    (void)world.handle().takeModel();
    QJsonObject lasting { { u"rows"_s, QJsonArray::fromStringList(world.handle().rows()) } };
    QJsonObject othersLasting;
    if (SpecHandle *const other = world.other()) {
        (void)other->takeModel();
        othersLasting[u"rows"_s] = QJsonArray::fromStringList(other->rows());
    }
    int number = 0;
    const QJsonArray steps = spec.value("steps"_L1).toArray();
    QVERIFY(!steps.isEmpty());
    for (const auto &each : steps) {
        QJsonObject step = each.toObject();
        m_step = QByteArray::number(++number) + ": " + QJsonDocument(step).toJson(QJsonDocument::Compact);
        QVERIFY2(world.act(step), m_step);
        for (const auto name : { "rows"_L1, "outbox"_L1, "state"_L1 })
            keep(name, step, lasting);
        QJsonObject others = step.value("other"_L1).toObject();
        keep("rows"_L1, others, othersLasting);
        if (step.contains("restart"_L1))
            others[u"restart"_s] = true;
        if (world.other())
            step[u"other"_s] = others;
        world.settle(step);
        const auto linesFor = [&step](QLatin1StringView name) { return linesOf(step.value(name)); };
        bool isRight = isAsExpected(world.handle(), step);
        isRight = isSame("events", world.takeEvents(), linesFor("events"_L1)) && isRight;
        if (SpecHandle *const other = world.other()) {
            isRight = isAsExpected(*other, others) && isRight;
            isRight = isSame("other events", other->takeEvents(), linesOf(others.value("events"_L1)))
                    && isRight;
        }
        isRight = isSame("sent", world.takeSent(), linesFor("sent"_L1)) && isRight;
        isRight = isSame("done", world.takeDone(), linesFor("done"_L1)) && isRight;
        isRight = isSame("failed", world.takeFailed(), linesFor("failed"_L1)) && isRight;
        if (step.contains("outbox"_L1))
            isRight = isSame("outbox", world.outbox(), linesFor("outbox"_L1)) && isRight;
        if (step.contains("state"_L1))
            isRight = isSame("state", { world.state() }, { step.value("state"_L1).toString() }) && isRight;
        QVERIFY2(isRight, m_step);
    }
    QCOMPARE(world.ownCache().misuse(), QByteArray());
    QCOMPARE(world.ownCache().openings() > 0, ownPlace() == SpecWorld::Place::OwnCache);
}

QTEST_GUILESS_MAIN(tst_Spec)
#include "tst_spec.moc"
