#include "TwilioSync/api/syncmap.h"
#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/core/jsonwriter.h"

#include "shared/twoclients.h"

#include <QtCore/qrandom.h>

#include <algorithm>
#include <iterator>
#include <vector>

using namespace Twilio;
using namespace Qt::StringLiterals;

namespace {

//! A member as text.
struct Member
{
    QByteArray name;
    QByteArray value;
};

//! Any JSON, in any of the ways it can be written.
class AnyJson
{
public:
    explicit AnyJson(quint32 seed) : m_random(seed) { }

    int below(int bound) { return m_random.bounded(bound); }
    QByteArray value(int depth)
    {
        switch (below(depth > 0 ? 8 : 6)) {
        case 0:
            return oneOf({ "null", "true", "false" });
        case 1:
        case 2:
            return number();
        case 6:
            return list(depth, '[', ']', [&] { return value(depth - 1); });
        case 7:
            return list(depth, '{', '}', [&] { return string() + ':' + value(depth - 1); });
        default:
            return string();
        }
    }
    QByteArray string()
    {
        QByteArray text = "\"";
        for (int i = below(6); i > 0; --i)
            text += oneOf({ "a", "\u00e9", "\U0001f600", "\\ud83d", "\\udc00", "\\uD83D\\uDE00", "\\u0000",
                            "\\\"", "\\\\", "\\/", "\\n", "\\u0061", "{", "},", ":", "'", "\x7f", "\u2028" });
        return text + '"';
    }

private:
    QByteArray oneOf(const std::vector<const char *> &texts)
    {
        return texts[std::size_t(below(int(texts.size())))];
    }
    QByteArray number()
    {
        return oneOf({ "0", "-0", "1", "-17", "0.1", "1.50", "1e3", "1E-7", "9007199254740993",
                       "9223372036854775807", "18446744073709551615", "18446744073709551616",
                       "-123456789012345678901234567890", "1e400", "5e-324", "1.0" });
    }
    template <typename Part>
    QByteArray list(int, char open, char close, Part part)
    {
        QByteArrayList parts;
        for (int i = below(4); i > 0; --i)
            parts.append(part());
        return open + parts.join(',') + close;
    }

    QRandomGenerator m_random;
};

QByteArray textOf(const std::vector<Member> &members)
{
    QByteArrayList parts;
    std::transform(members.begin(), members.end(), std::back_inserter(parts),
                   [](const Member &member) { return member.name + ':' + member.value; });
    return '{' + parts.join(',') + '}';
}

QString read(const QByteArray &name) { return readJson(name).value_or(QVariant()).toString(); }

} // namespace

//! Values of any kind: an update changes what it names, and nothing else. TWILIO_SYNC_RANDOM_VALUES says how
//! many, TWILIO_SYNC_RANDOM_SEED which.
class tst_RandomValues : public TwoClients
{
    Q_OBJECT

private Q_SLOTS:
    void updateChangesWhatItNames();

private:
    struct Step
    {
        QByteArray before;
        QByteArray expected;
        QVariantMap fields;
    };
    static Step nextStep(AnyJson &any);
};

tst_RandomValues::Step tst_RandomValues::nextStep(AnyJson &any)
{
    std::vector<Member> members;
    for (int i = any.below(6); i > 0; --i) {
        const QByteArray name = any.string();
        const auto same = [&](const Member &member) { return read(member.name) == read(name); };
        if (std::none_of(members.begin(), members.end(), same))
            members.push_back({ name, any.value(3) });
    }
    Step step;
    step.before = textOf(members);
    const int number = any.below(1000);
    const auto target = std::size_t(any.below(int(members.size()) + 1));
    if (target == members.size()) {
        step.fields.insert(u"touched"_s, number);
        members.push_back({ "\"touched\"", QByteArray::number(number) });
    } else if (any.below(2) == 0) {
        step.fields.insert(read(members[target].name), number);
        members[target].value = QByteArray::number(number);
    } else {
        step.fields.insert(read(members[target].name), SyncValue::erased());
        members.erase(members.begin() + qsizetype(target));
    }
    step.expected = textOf(members);
    return step;
}

void tst_RandomValues::updateChangesWhatItNames()
{
    const auto setting = [](const char *name, int otherwise) {
        return qEnvironmentVariableIsSet(name) ? qEnvironmentVariableIntValue(name) : otherwise;
    };
    const int count = setting("TWILIO_SYNC_RANDOM_VALUES", 10'000);
    const auto seed =
            quint32(setting("TWILIO_SYNC_RANDOM_SEED", int(QRandomGenerator::global()->bounded(1 << 30))));
    qInfo("%d values, TWILIO_SYNC_RANDOM_SEED=%u", count, seed);
    AnyJson any(seed);
    m_alice->setPaceWrites(false);
    m_bob->setPaceWrites(false);
    SyncMap *const theirs = established(m_alice->map());
    SyncMap *const ours = established(m_bob->map(theirs->sid()));
    constexpr int atOnce = 100;
    for (int done = 0; done < count; done += atOnce) {
        std::vector<Step> steps;
        std::vector<QFuture<SyncMapItem>> sets;
        std::vector<QFuture<SyncMapItem>> updates;
        for (int i = 0; i < atOnce; ++i) {
            steps.push_back(nextStep(any));
            sets.push_back(theirs->set(QString::number(i), SyncValue::fromJson(steps.back().before)));
        }
        for (std::size_t i = 0; i < steps.size(); ++i) {
            const SyncMapItem item = valueOfCall(sets[i]);
            QCOMPARE(item.json(), steps[i].before);
            const auto value = readJson(item.json());
            QVERIFY(value);
            const JsonText text = jsonOf(*value);
            if (text.isRefused())
                QVERIFY(item.json().contains("1e400")); // which no double is
            else
                QCOMPARE(readJson(text.json), value);
            updates.push_back(ours->update(QString::number(i), steps[i].fields));
        }
        for (std::size_t i = 0; i < steps.size(); ++i)
            QCOMPARE(valueOfCall(updates[i]).json(), steps[i].expected);
    }
}

QTEST_GUILESS_MAIN(tst_RandomValues)
#include "tst_randomvalues.moc"
