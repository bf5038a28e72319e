#include "server/testing/burst.h"

#include "server/net/connection.h"
#include "server/net/gateway.h"
#include "server/net/session.h"
#include "server/testing/faultinjector.h"

#include <QtCore/qpointer.h>
#include <QtCore/qtimer.h>

#include <chrono>

using namespace Qt::StringLiterals;
using namespace std::chrono_literals;

namespace Twilio::Server {
namespace {

// Bytes one subscriber may have waiting before the burst waits for it.
constexpr qsizetype subscriberMark = 4 * 1024 * 1024;
constexpr qint64 itemsATurn = 64;

double wallClockMs()
{
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    return std::chrono::duration<double, std::milli>(now).count();
}

QString kindText(const QJsonObject &body) { return body.value("kind"_L1).toString(u"add"_s); }

} // namespace

void Burst::start(FaultInjector &injector, QObject *parent, const QJsonObject &body, const Answer &answer)
{
    const QByteArray sid = body.value("sid"_L1).toString().toUtf8();
    const auto object = injector.gateway().hub().data().find(sid);
    if (!object || (object->kind != ObjectKind::List && object->kind != ObjectKind::Map)) {
        answer({ { u"error"_s, u"sid: expected a list or map, got \"%1\""_s.arg(QString::fromUtf8(sid)) } });
        return;
    }
    if (!QStringList { u"add"_s, u"update"_s, u"mixed"_s }.contains(kindText(body))) {
        answer({ { u"error"_s, u"kind: expected add, update or mixed"_s } });
        return;
    }
    (new Burst(injector, parent, body, answer))->later();
}

Burst::Burst(FaultInjector &injector, QObject *parent, const QJsonObject &body, const Answer &answer)
    : QObject(parent)
    , m_injector(injector)
    , m_gateway(injector.gateway())
    , m_answer(answer)
    , m_sid(body.value("sid"_L1).toString().toUtf8())
    , m_count(body.value("count"_L1).toInteger(1000))
    , m_bytes(body.value("bytes"_L1).toInteger(64))
    , m_prefix(body.value("prefix"_L1).toString(u"burst"_s))
    , m_kindText(kindText(body))
    , m_prepared(body.value("prepared"_L1).toBool())
    , m_seeder(m_gateway.hub().data())
    , m_serial(m_gateway.hub().data().itemCount(m_sid))
    , m_startedMs(wallClockMs())
    , m_bytesBefore(m_gateway.hub().counters().bytesOut)
{
    if (m_kindText == "update"_L1)
        m_kind = Kind::Update;
    else if (m_kindText == "mixed"_L1)
        m_kind = Kind::Mixed;
}

const QList<Session *> &Burst::subscribers() const { return m_gateway.hub().subscribers(m_sid); }

bool Burst::subscribersAreFull() const
{
    return std::any_of(subscribers().cbegin(), subscribers().cend(), [](const Session *session) {
        return session->connection().buffered() > subscriberMark;
    });
}

void Burst::later() { QTimer::singleShot(subscribersAreFull() ? 1ms : 0ms, this, &Burst::goOn); }

void Burst::goOn()
{
    if (subscribersAreFull()) {
        later();
    } else if (m_made < m_count) {
        if (m_prepared) {
            // All in one turn, so that no other change gets in between.
            m_injector.collectInto(&m_frames);
            makeSome(m_count);
            m_injector.collectInto(nullptr);
            m_gateway.hub().gate().pass([self = QPointer(this)] {
                if (!self)
                    return;
                self->m_startedMs = wallClockMs();
                self->later();
            });
            return;
        }
        makeSome(itemsATurn);
        later();
    } else if (m_sent < m_frames.size()) {
        sendSome();
        later();
    } else {
        finish();
    }
}

void Burst::makeSome(qint64 most)
{
    for (qint64 i = 0; i < most && m_made < m_count; ++i) {
        if (!makeOne()) {
            m_made = m_count;
            m_frames.clear();
        }
    }
}

bool Burst::makeOne()
{
    const bool isTurnOfUpdate = m_kind == Kind::Update || (m_kind == Kind::Mixed && m_made % 2 == 1);
    const bool updates = isTurnOfUpdate && m_gateway.hub().data().itemCount(m_sid) > 0;
    QByteArray item = "{\"n\":" + QByteArray::number(m_made)
            + ",\"t\":" + QByteArray::number(wallClockMs(), 'f', 3) + ",\"pad\":\"";
    item += QByteArray(qMax<qint64>(0, m_bytes - item.size() - 2), 'x') + "\"}";
    const auto result = updates
            ? m_seeder.updateNextItem(m_sid, item)
            : m_seeder.putItem(m_sid, m_prefix + QString::number(m_serial++).rightJustified(7, u'0'), item);
    ++m_made;
    if (const auto *error = errorOf(result))
        m_error = error->message();
    return m_error.isEmpty();
}

void Burst::sendSome()
{
    const QList<QByteArray> some = m_frames.sliced(m_sent, qMin(itemsATurn, m_frames.size() - m_sent));
    m_sent += some.size();
    for (Session *session : subscribers())
        session->connection().sendAtOnce(some);
}

void Burst::finish()
{
    if (!m_error.isEmpty()) {
        m_answer({ { u"error"_s, m_error } });
    } else {
        const double ms = wallClockMs() - m_startedMs;
        m_answer({ { u"sid"_s, QString::fromLatin1(m_sid) },
                   { u"count"_s, m_count },
                   { u"kind"_s, m_kindText },
                   { u"bytes"_s, m_bytes },
                   { u"prepared"_s, m_prepared },
                   { u"subscribers"_s, subscribers().size() },
                   { u"started"_s, m_startedMs },
                   { u"ms"_s, ms },
                   { u"eventsPerSecond"_s, qint64(double(m_count) / qMax(ms, 0.001) * 1000) },
                   { u"bytesSent"_s, m_gateway.hub().counters().bytesOut - m_bytesBefore },
                   { u"lastEventId"_s, m_gateway.hub().data().lastEventId(m_sid).value_or(-1) } });
    }
    deleteLater();
}

} // namespace Twilio::Server
