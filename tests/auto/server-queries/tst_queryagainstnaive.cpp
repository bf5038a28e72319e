#include "server/queries/query.h"

#include <QtCore/qjsonarray.h>
#include <QtCore/qjsondocument.h>
#include <QtCore/qjsonobject.h>
#include <QtCore/qrandom.h>
#include <QtTest/qtest.h>

#include <functional>

using namespace Qt::StringLiterals;
using namespace Twilio::Server;

namespace {

// An expression and, beside its text, what it means: a function that knows nothing of the parser, the tree
// and the JSON reader under test.
enum class Joint { None, And, Or };
struct Made
{
    QString text;
    std::function<bool(const QString &key, const QJsonObject &data)> wants;
    //! What its outermost parts are joined by.
    Joint joint = Joint::None;
};

class Maker
{
public:
    explicit Maker(quint32 seed) : m_random(seed) { }

    Made expression(int depth)
    {
        const int kind = depth == 0 ? 0 : below(4);
        if (kind < 2)
            return condition();
        const bool isAnd = kind == 2;
        Made all = operand(depth - 1, isAnd);
        all.joint = isAnd ? Joint::And : Joint::Or;
        for (int more = 1 + below(3); more > 0; --more) {
            const Made next = operand(depth - 1, isAnd);
            all.text += space()
                    + (isAnd ? oneOf({ u"AND"_s, u"and"_s, u"&&"_s }) : oneOf({ u"OR"_s, u"or"_s, u"||"_s }))
                    + space() + next.text;
            all.wants = [isAnd, a = all.wants, b = next.wants](const QString &key, const QJsonObject &data) {
                const bool left = a(key, data);
                const bool right = b(key, data);
                return isAnd ? left && right : left || right;
            };
        }
        return all;
    }

    QJsonObject data(int depth = 2)
    {
        QJsonObject object;
        for (const QString &name : names)
            if (below(3) > 0)
                object.insert(name, value(depth));
        return object;
    }
    QString key() { return words[below(int(words.size()))]; }

private:
    Made operand(int depth, bool isAnd)
    {
        Made made = expression(depth);
        if ((isAnd && made.joint == Joint::Or) || below(4) == 0)
            made = { u'(' + made.text + u')', made.wants };
        return made;
    }

    Made condition()
    {
        QStringList path;
        for (int length = 1 + below(3); length > 0; --length)
            path << names[below(int(names.size()))];
        const bool isKey = below(8) == 0;
        const QString field = isKey ? u"key"_s : u"data."_s + path.join(u'.');
        if (isKey)
            path.clear();
        const bool isNegated = below(2) == 0;
        const int kind = below(4);
        QStringList values;
        for (int count = kind == 1 ? below(5) : 1; count > 0; --count)
            values << words[below(int(words.size()))];
        QString text = field + space();
        switch (kind) {
        case 0:
            text += isNegated ? oneOf({ u"!="_s, u"NOT_EQ"_s, u"not_eq"_s })
                              : oneOf({ u"=="_s, u"EQ"_s, u"eq"_s });
            text += space() + quoted(values[0]);
            break;
        case 1:
            text += isNegated ? oneOf({ u"NOT_IN"_s, u"not_in"_s }) : oneOf({ u"IN"_s, u"in"_s });
            text += space() + u'[';
            for (qsizetype i = 0; i < values.size(); ++i)
                text += (i > 0 ? u","_s + space() : QString()) + quoted(values[i]);
            text += u']';
            break;
        case 2:
            text += isNegated ? oneOf({ u"NOT_CONTAINS"_s, u"not_contains"_s })
                              : oneOf({ u"CONTAINS"_s, u"contains"_s });
            text += space() + quoted(values[0]);
            break;
        default:
            text += (isNegated ? u"!="_s : u"=="_s) + space() + u"null"_s;
        }
        return { text, [=](const QString &key, const QJsonObject &data) {
                    QJsonValue at = isKey ? QJsonValue(key) : QJsonValue(data);
                    for (const QString &name : path)
                        at = at.toObject().value(name); // undefined for what is no object
                    bool holds = false;
                    if (kind == 3) {
                        holds = at.isNull() || at.isUndefined();
                    } else {
                        QJsonArray candidates { at };
                        if (at.isArray())
                            candidates = at.toArray();
                        for (const QJsonValue &one : std::as_const(candidates)) {
                            if (!one.isString() && !one.isDouble() && !one.isBool())
                                continue;
                            const QString said = one.toVariant().toString();
                            for (const QString &value : values)
                                holds = holds || (kind == 2 ? said.indexOf(value) >= 0 : said == value);
                        }
                    }
                    return holds ? !isNegated : isNegated;
                } };
    }

    QJsonValue value(int depth)
    {
        switch (below(depth > 0 ? 8 : 5)) {
        case 0:
            return {}; // null
        case 1:
            return below(2) == 0;
        case 2:
            return below(4);
        case 3:
        case 4:
            return words[below(int(words.size()))];
        case 5: {
            QJsonArray array;
            for (int count = below(4); count > 0; --count)
                array.append(value(depth - 1));
            return array;
        }
        default:
            return data(depth - 1);
        }
    }

    // As JSON, sometimes with more escapes than needed.
    QString quoted(const QString &text)
    {
        QString literal;
        for (const QChar c : text) {
            if (c == u'"' || c == u'\\' || c < u' ' || (!c.isSurrogate() && below(10) == 0))
                literal += u"\\u%1"_s.arg(int(c.unicode()), 4, 16, QLatin1Char('0'));
            else
                literal += c;
        }
        return u'"' + literal + u'"';
    }
    QString space() { return QString(1 + below(2), oneOf({ u" "_s, u"\t"_s }).front()); }
    QString oneOf(const QStringList &some) { return some[below(int(some.size()))]; }
    int below(int count) { return int(m_random.bounded(count)); }

    QRandomGenerator m_random;
    const QStringList names { u"a"_s, u"b"_s, u"and"_s, u"c-d"_s, u"ü"_s };
    const QStringList words { u""_s,  u"x"_s,       u"xy"_s, u"true"_s, u"1"_s,
                              u"2"_s, u"a\"\\\n"_s, u"ß"_s,  u"🎉"_s,    u"null"_s };
};

} // namespace

// Ten thousand random expressions, and what another evaluator makes of them.
class tst_QueryAgainstNaive : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void bothSayTheSame();
};

void tst_QueryAgainstNaive::bothSayTheSame()
{
    const QByteArray given = qgetenv("TWILIOSYNC_QUERY_SEED");
    const quint32 seed = given.isEmpty() ? QRandomGenerator::global()->generate() : given.toUInt();
    qInfo("seed %u (TWILIOSYNC_QUERY_SEED)", seed);
    Maker maker(seed);
    int wanted = 0;
    constexpr int expressions = 10'000;
    constexpr int items = 8;
    for (int i = 0; i < expressions; ++i) {
        const Made made = maker.expression(3);
        const auto parsed = Query::parse(made.text);
        const auto *const fault = std::get_if<QueryFault>(&parsed);
        QVERIFY2(!fault, qPrintable(fault ? made.text + u": "_s + fault->what : QString()));
        for (int j = 0; j < items; ++j) {
            const QString key = maker.key();
            const QJsonObject data = maker.data();
            const QByteArray json = QJsonDocument(data).toJson(QJsonDocument::Compact);
            const bool expected = made.wants(key, data);
            wanted += expected;
            if (std::get<Query>(parsed).matches(key, json) != expected)
                QFAIL(qPrintable(u"%1 on %2 %3: %4 expected"_s.arg(made.text, key, QString::fromUtf8(json),
                                                                   expected ? u"true" : u"false")));
        }
    }
    // It would say little if nearly all were wanted, or nearly none.
    QVERIFY(wanted > expressions * items / 10 && wanted < expressions * items * 9 / 10);
}

QTEST_GUILESS_MAIN(tst_QueryAgainstNaive)
#include "tst_queryagainstnaive.moc"
