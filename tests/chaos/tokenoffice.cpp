#include "tokenoffice.h"

#include "service.h"

#include <QtCore/qcoreapplication.h>
#include <QtCore/qtimer.h>

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 shortMs = 5'000;
constexpr int lateMs = 3'000;

} // namespace

QString TokenOffice::identity(int client) { return u"client%1"_s.arg(client); }

QString TokenOffice::token(int client, qint64 ttlMs) const
{
    // No two within one second are the same: a provider that gives the same again has failed.
    m_serial = (m_serial + 1) % 10;
    return m_service.token(identity(client), ttlMs + m_serial * 1000);
}

void TokenOffice::ask(int client, const Answer &answer)
{
    switch (std::exchange(m_moods[client], Mood::Good)) {
    case Mood::Good:
        answer(token(client));
        return;
    case Mood::Short:
        answer(token(client, shortMs));
        return;
    case Mood::Late:
        QTimer::singleShot(lateMs, QCoreApplication::instance(),
                           [this, client, answer] { answer(token(client)); });
        return;
    case Mood::Stale:
        answer(token(client, -shortMs));
        return;
    case Mood::Failing:
        answer(std::nullopt);
        return;
    }
}
