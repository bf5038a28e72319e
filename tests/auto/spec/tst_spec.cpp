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

} // namespace

/*!
    \brief Runs the scenarios of specs, each with nothing on the disk, with a cache, and with writes kept.

    After each step everything is compared that it may have done: the model's signals, the rows, what items
   were told of, what was sent, which calls have ended. What a step does not name must not have happened.
*/
class tst_Spec : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void scenario_data();
    void scenario();
};

void tst_Spec::scenario_data()
{
    QTest::addColumn<QJsonObject>("spec");
    QTest::addColumn<int>("disk");
    const QDir folder(QStringLiteral(SPECS));
    for (const QString &name : folder.entryList({ u"*.json"_s })) {
        QFile file(folder.filePath(name));
        QVERIFY(file.open(QFile::ReadOnly));
        QJsonParseError error;
        const QJsonArray specs = QJsonDocument::fromJson(file.readAll(), &error).array();
        QVERIFY2(error.error == QJsonParseError::NoError, qPrintable(name + u": "_s + error.errorString()));
        for (const auto &spec : specs) {
            const QString title = name.chopped(5) + u": "_s + spec.toObject().value("name"_L1).toString();
            const bool needsDisk = spec.toObject().value("disk"_L1).toBool();
            const std::pair<const char *, SpecWorld::Disk> disks[] = { { "memory", SpecWorld::Disk::Nothing },
                                                                       { "cache", SpecWorld::Disk::Cache },
                                                                       { "kept", SpecWorld::Disk::Writes } };
            for (const auto &[how, disk] : disks) {
                if (!needsDisk || disk == SpecWorld::Disk::Writes)
                    QTest::addRow("%s, %s", qPrintable(title), how) << spec.toObject() << int(disk);
            }
        }
    }
}

void tst_Spec::scenario()
{
    QFETCH(QJsonObject, spec);
    QFETCH(int, disk);
    SpecWorld world(spec, SpecWorld::Disk(disk));
    QVERIFY(world.open());
    world.settle({});
    (void)world.takeModelSignals();
    QStringList rows = world.rows();
    int number = 0;
    const QJsonArray steps = spec.value("steps"_L1).toArray();
    for (const auto &each : steps) {
        const QJsonObject step = each.toObject();
        const QByteArray what =
                QByteArray::number(++number) + ": " + QJsonDocument(step).toJson(QJsonDocument::Compact);
        QVERIFY2(world.act(step), what);
        world.settle(step);
        const auto isAsExpected = [&](const char *name, QStringList now) {
            QStringList expected = linesOf(step.value(QLatin1StringView(name)));
            // From waiting to unsaved and back are changes more.
            for (QStringList *lines : { &now, &expected }) {
                if (SpecWorld::Disk(disk) == SpecWorld::Disk::Writes)
                    *lines = withoutPending(*lines);
            }
            if (now != expected)
                qWarning().noquote() << what << "\n"
                                     << name << "\nexpected" << expected << "\nactual  " << now;
            return now == expected;
        };
        bool isRight = step.contains("restart"_L1) || isAsExpected("model", world.takeModelSignals());
        isRight = isAsExpected("events", world.takeEvents()) && isRight;
        isRight = isAsExpected("sent", world.takeSent()) && isRight;
        isRight = isAsExpected("done", world.takeDone()) && isRight;
        if (step.contains("rows"_L1))
            rows = linesOf(step.value("rows"_L1));
        if (world.rows() != rows) {
            qWarning().noquote() << what << "\nrows expected" << rows << "\nrows actual  " << world.rows();
            isRight = false;
        }
        if (step.contains("restart"_L1))
            (void)world.takeModelSignals();
        QVERIFY2(isRight, what);
    }
}

QTEST_GUILESS_MAIN(tst_Spec)
#include "tst_spec.moc"
