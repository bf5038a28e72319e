#include "TwilioSync/protocol/timestamp.h"

#include <QtCore/qdatetime.h>

#include <array>
#include <chrono>

namespace Twilio::Protocol {
namespace {

int number(QByteArrayView text, qsizetype at, qsizetype digits)
{
    int value = 0;
    for (qsizetype i = at; i < at + digits; ++i)
        value = value * 10 + (text[i] - '0');
    return value;
}

void put(char *at, unsigned value, int digits)
{
    for (int i = digits - 1; i >= 0; --i) {
        at[i] = char('0' + value % 10);
        value /= 10;
    }
}

// The service's own form; anything else goes the slow way.
bool isCanonical(QByteArrayView text)
{
    constexpr QByteArrayView form("0000-00-00T00:00:00.000Z");
    if (text.size() != form.size())
        return false;
    bool isOther = false; // no branch for each
    for (qsizetype i = 0; i < form.size(); ++i) {
        const auto distance = quint8(text[i] - form[i]);
        isOther |= distance > (form[i] == '0' ? 9 : 0);
    }
    return !isOther;
}

// Of what isCanonical().
std::optional<qint64> valueOf(QByteArrayView text)
{
    using namespace std::chrono;
    const year_month_day date { year(number(text, 0, 4)), month(unsigned(number(text, 5, 2))),
                                day(unsigned(number(text, 8, 2))) };
    const int hour = number(text, 11, 2);
    const int minute = number(text, 14, 2);
    const int second = number(text, 17, 2);
    if (!date.ok() || hour > 23 || minute > 59 || second > 60)
        return std::nullopt;
    return duration_cast<milliseconds>(sys_days(date).time_since_epoch() + hours(hour) + minutes(minute)
                                       + seconds(second) + milliseconds(number(text, 20, 3)))
            .count();
}

} // namespace

std::optional<qint64> parseTimestamp(QByteArrayView text)
{
    if (isCanonical(text))
        return valueOf(text);
    const QDateTime slow = QDateTime::fromString(QString::fromLatin1(text), Qt::ISODateWithMs);
    return slow.isValid() ? std::optional(slow.toMSecsSinceEpoch()) : std::nullopt;
}

std::optional<qint64> canonicalTimestamp(QByteArrayView text)
{
    return isCanonical(text) ? valueOf(text) : std::nullopt;
}

QByteArray formatTimestamp(qint64 msecs)
{
    using namespace std::chrono;
    const sys_time<milliseconds> time { milliseconds(msecs) };
    const auto days = floor<std::chrono::days>(time);
    const year_month_day date(days);
    const hh_mm_ss clock(time - days);
    std::array<char, 24> text { '0', '0', '0', '0', '-', '0', '0', '-', '0', '0', 'T', '0',
                                '0', ':', '0', '0', ':', '0', '0', '.', '0', '0', '0', 'Z' };
    put(&text[0], unsigned(int(date.year())), 4);
    put(&text[5], unsigned(date.month()), 2);
    put(&text[8], unsigned(date.day()), 2);
    put(&text[11], unsigned(clock.hours().count()), 2);
    put(&text[14], unsigned(clock.minutes().count()), 2);
    put(&text[17], unsigned(clock.seconds().count()), 2);
    put(&text[20], unsigned(clock.subseconds().count()), 3);
    return QByteArray(text.data(), qsizetype(text.size()));
}

} // namespace Twilio::Protocol
