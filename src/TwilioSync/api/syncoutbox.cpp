#include "TwilioSync/api/syncoutbox.h"

#include "TwilioSync/api/syncoutbox_p.h"
#include "TwilioSync/core/syncvalue.h"
#include "TwilioSync/core/utctime.h"

#include <algorithm>
#include <utility>

namespace Twilio {
namespace {

// As many rows change in one turn of the event loop; views take their time for each.
constexpr std::size_t newsPerTurn = 250;

//! The fields that are deleted are there, without a value.
QVariant valueOf(const Write &write)
{
    if (write.value.isEmpty())
        return {};
    QVariantMap value = SyncValue::fromCheckedJson(write.value).toVariantMap();
    for (const QByteArray &name : write.erased)
        value.insert(QString::fromUtf8(name), QVariant());
    return value;
}

SyncOutbox::State stateOf(const Write &write)
{
    const bool isUnsaved = write.isUnsaved && write.state == WriteState::Waiting;
    return isUnsaved ? SyncOutbox::State::Unsaved : SyncOutbox::State(int(write.state));
}

} // namespace

QVariant describedBy(const Write &write, int role)
{
    switch (role) {
    case SyncOutbox::WriteIdRole:
        return write.id;
    case Qt::DisplayRole:
    case SyncOutbox::OperationRole:
        return QString::fromLatin1(nameOf(write.operation));
    case SyncOutbox::ObjectNameRole:
        return QString::fromUtf8(write.objectName);
    case SyncOutbox::ObjectSidRole:
        return QString::fromUtf8(write.objectSid);
    case SyncOutbox::ItemKeyRole:
        if (!write.item)
            return {};
        return write.item->key.isEmpty() ? QVariant(shownIndex(write.item->index))
                                         : QVariant(QString::fromUtf8(write.item->key));
    case SyncOutbox::ValueRole:
        return valueOf(write);
    case SyncOutbox::StateRole:
        return QVariant::fromValue(stateOf(write));
    case SyncOutbox::AttemptsRole:
        return write.attempts;
    case SyncOutbox::ErrorRole:
        return QVariant::fromValue(write.error);
    case SyncOutbox::CreatedRole:
        return utcTime(write.created);
    default:
        return {};
    }
}

static_assert(int(SyncOutbox::State::Waiting) == int(WriteState::Waiting)
              && int(SyncOutbox::State::Reading) == int(WriteState::Reading)
              && int(SyncOutbox::State::Sending) == int(WriteState::Sending)
              && int(SyncOutbox::State::Unanswered) == int(WriteState::Unanswered)
              && int(SyncOutbox::State::Conflict) == int(WriteState::Conflict));

void OutboxPrivate::follow(SyncOutbox *outbox)
{
    using Kind = News::Kind;
    m_outbox = outbox;
    for (const Write &write : session->writes())
        rows.push_back(write);
    QObject::connect(session, &ClientSession::writeAppended, outbox,
                     [this](const Write &write) { note(Kind::Added, write); });
    QObject::connect(session, &ClientSession::writeUpdated, outbox,
                     [this](const Write &write) { note(Kind::Changed, write); });
    QObject::connect(session, &ClientSession::writeRemoved, outbox,
                     [this](const Write &write) { note(Kind::Ended, write); });
}

int OutboxPrivate::rowOf(qint64 id) const
{
    const auto found = std::lower_bound(rows.begin(), rows.end(), id,
                                        [](const Write &write, qint64 wanted) { return write.id < wanted; });
    return found != rows.end() && found->id == id ? int(found - rows.begin()) : -1;
}

void OutboxPrivate::note(News::Kind kind, const Write &write)
{
    m_news.push_back({ kind, write });
    if (!std::exchange(m_isPosted, true))
        tellLater();
}

void OutboxPrivate::tellLater()
{
    session->notifier().post(m_outbox, [this] { tell(); });
}

void OutboxPrivate::tell()
{
    const QPointer guard(m_outbox);
    for (std::size_t some = std::min(m_news.size(), newsPerTurn); some > 0 && guard; --some)
        tellNext();
    if (!guard)
        return;
    m_isPosted = !m_news.empty();
    if (m_isPosted)
        tellLater();
}

void OutboxPrivate::tellNext()
{
    const Notifier::Hold hold(session->notifier()); // nothing else is told between begin and end
    const QPointer guard(m_outbox);
    const News news = std::move(m_news.front());
    m_news.pop_front();
    const int row = rowOf(news.write.id);
    switch (news.kind) {
    case News::Kind::Added:
        m_outbox->beginInsertRows({}, int(rows.size()), int(rows.size()));
        rows.push_back(news.write);
        m_outbox->endInsertRows();
        break;
    case News::Kind::Changed:
        if (row < 0)
            return;
        rows[std::size_t(row)] = news.write;
        Q_EMIT m_outbox->dataChanged(m_outbox->index(row), m_outbox->index(row),
                                     { SyncOutbox::OperationRole, Qt::DisplayRole, SyncOutbox::ValueRole,
                                       SyncOutbox::StateRole, SyncOutbox::AttemptsRole,
                                       SyncOutbox::ErrorRole });
        return;
    case News::Kind::Ended:
        if (row < 0)
            return;
        m_outbox->beginRemoveRows({}, row, row);
        rows.erase(rows.begin() + row);
        m_outbox->endRemoveRows();
        break;
    }
    if (guard)
        Q_EMIT guard->countChanged();
}

SyncOutbox::SyncOutbox(std::unique_ptr<OutboxPrivate> priv, QObject *parent)
    : QAbstractListModel(parent)
    , d(std::move(priv))
{
    d->follow(this);
}

SyncOutbox::~SyncOutbox() = default;

int SyncOutbox::count() const { return int(d->rows.size()); }

int SyncOutbox::rowCount(const QModelIndex &parent) const { return parent.isValid() ? 0 : count(); }

QVariant SyncOutbox::data(const QModelIndex &index, int role) const
{
    if (!checkIndex(index, CheckIndexOption::IndexIsValid | CheckIndexOption::ParentIsInvalid))
        return {};
    return describedBy(d->rows[std::size_t(index.row())], role);
}

QHash<int, QByteArray> SyncOutbox::roleNames() const
{
    return { { WriteIdRole, "writeId" },     { OperationRole, "operation" }, { ObjectNameRole, "objectName" },
             { ObjectSidRole, "objectSid" }, { ItemKeyRole, "itemKey" },     { ValueRole, "value" },
             { StateRole, "state" },         { AttemptsRole, "attempts" },   { ErrorRole, "error" },
             { CreatedRole, "created" } };
}

bool SyncOutbox::cancel(qint64 writeId) { return d->session && d->session->cancelWrite(writeId); }

void SyncOutbox::cancelAll(const QString &objectSid)
{
    if (d->session)
        d->session->cancelWrites(objectSid.toUtf8());
}

} // namespace Twilio
