#pragma once

#include "shared/virtualtime.h"
#include "TwilioSync/writes/outbox.h"

#include <QtCore/qstringlist.h>
#include <QtTest/qtest.h>

#include <deque>
#include <memory>
#include <vector>

/*!
    \brief An outbox whose service is written by the test: steps in, everything that happens out, as text.

    Steps are separated by ';'. Calls: "set k 1", "update k 1" (of the field that is named like the value),
   "mutate k" (writes one more than there is), "remove k", "ttl k 5", "push 1", "publish 1", "removeObject".
   Answers go to the oldest request without one, or, "ok:2", to the second oldest: "ok", "created", "429",
   "429+7" (Retry-After), "503", "412", "404", "400", "lost", "timeout", "is k 5 r7 7" (what is read: value,
   revision, event id), "isnt". Events: "added 3 1 9" (index, value, event id), "changed k 1 9", "gone k 9".
   Keys of lists are written "#3". The world: "up", "down", "follow yes|soon|no", "caughtUp", "missed 9",
   "wait 1000", "ordered", "drop 1".

   Lines: ">set k 1 on r0" is sent, "?k" is read, "run 4" the application's function on 4, "1 ok 5" the end of
   the first call. Values are numbers n for {"n":n}.
*/
class ScriptedOutbox : public Twilio::WriteHost
{
public:
    explicit ScriptedOutbox(VirtualTime &time) : outbox(this), m_time(time)
    {
        Twilio::Outbox::Options options;
        options.clock = [&time] { return std::chrono::milliseconds(time.now()); };
        outbox.setOptions(options);
    }
    virtual ~ScriptedOutbox() = default;

    QString run(const QString &steps)
    {
        for (const QString &step : steps.split(u';', Qt::SkipEmptyParts)) {
            perform(step.simplified().split(u' '));
            m_time.settle();
        }
        return lines.join(u", ");
    }

    QStringList lines;
    Twilio::Outbox outbox;

    // WriteHost
    std::shared_ptr<void> keepAlive() override { return m_life; }
    qint64 nextWriteId() override { return ++m_lastId; }
    bool canSend() const override { return m_isUp; }
    Following following() const override { return m_following; }
    qint64 newestEvent() const override { return m_newest; }
    qint64 cursor() const override { return m_newest; }
    void transmit(const Twilio::Write &write, Twilio::Callback<Twilio::RestReply> done) override
    {
        QString line = u'>' + text(write);
        if (!write.sentValue.isEmpty())
            line += u' ' + number(write.sentValue);
        if (write.ttl)
            line += QStringLiteral(" ttl %1").arg(*write.ttl);
        if (!write.base.isEmpty())
            line += QStringLiteral(" on ") + QString::fromLatin1(write.base);
        lines += line;
        m_sent.push_back(std::move(done));
    }
    Twilio::SyncResult<Twilio::WriteOutcome> confirm(const Twilio::Write &write, const Twilio::TargetState &,
                                                     const Twilio::RestReply &) override
    {
        m_made = std::max(m_made, m_newest) + 1; // its event comes later
        const Twilio::ItemKey key = write.item.value_or(Twilio::ItemKey { m_made, {} });
        return Twilio::WriteOutcome { item(key, write.sentValue, m_made), write.sentValue, {}, m_made };
    }
    void confirmRemoval(const Twilio::Write &, const Twilio::TargetState &) override
    {
        lines += QStringLiteral("gone");
    }
    std::optional<Twilio::TargetState> known(const Twilio::Write &write) const override
    {
        return write.item && m_known.contains(*write.item) ? std::optional(m_known.value(*write.item))
                                                           : std::nullopt;
    }
    void read(const Twilio::Write &write, Twilio::Callback<Twilio::TargetState> done,
              const Twilio::CancelToken &) override
    {
        lines += u'?' + (write.item ? name(*write.item) : QStringLiteral("object"));
        m_reads.push_back({ write.item.value_or(Twilio::ItemKey()), std::move(done) });
    }
    void search(const Twilio::Write &, Twilio::Callback<Twilio::TargetState> done,
                const Twilio::CancelToken &) override
    {
        lines += QStringLiteral("search");
        m_reads.push_back({ {}, std::move(done) });
    }
    bool makesAhead() const override { return m_makesAhead; }
    bool asksAbout(const Twilio::Write &write, const Twilio::TargetState &theirs) override
    {
        if (m_asks)
            lines += QStringLiteral("conflict with ") + number(theirs.json) + u' ' + number(write.value);
        return m_asks;
    }
    Twilio::SyncError missing(const Twilio::Write &write) const override
    {
        const bool isOfList = write.item && write.item->index >= 0;
        return isOfList || write.operation == Twilio::WriteOperation::Remove
                ? Twilio::SyncError(QStringLiteral("missing"), 404)
                : Twilio::SyncError();
    }
    Twilio::SyncError explained(const Twilio::Write &, const Twilio::SyncError &error) const override
    {
        return error;
    }
    void refused(const Twilio::Write &, const Twilio::SyncError &) override { }
    void writeAdded(const Twilio::Write &) override { }
    void writeChanged(const Twilio::Write &) override { }
    void writeEnded(const Twilio::Write &) override { }

private:
    using Operation = Twilio::WriteOperation;
    struct Read
    {
        Twilio::ItemKey key;
        Twilio::Callback<Twilio::TargetState> done;
    };

    static QByteArray json(const QString &number) { return "{\"n\":" + number.toUtf8() + '}'; }
    static QString number(const QByteArray &json)
    {
        return QString::fromUtf8(json).remove(QStringLiteral("{\"n\":")).remove(u'}');
    }
    static QString text(const Twilio::Write &write)
    {
        const QString operation = QString::fromLatin1(Twilio::nameOf(write.operation));
        return write.item ? operation + u' ' + name(*write.item) : operation;
    }
    //! "#3" is of a list, what else there is of a map.
    static Twilio::ItemKey key(const QString &word)
    {
        return word.startsWith(u'#') ? Twilio::ItemKey { QStringView(word).sliced(1).toLongLong(), {} }
                                     : Twilio::ItemKey { -1, word.toUtf8() };
    }
    static QString name(const Twilio::ItemKey &key)
    {
        return key.index >= 0 ? QStringLiteral("#%1").arg(key.index) : QString::fromUtf8(key.key);
    }
    static Twilio::ItemPtr item(const Twilio::ItemKey &key, const QByteArray &value, qint64 eventId)
    {
        return Twilio::ItemPtr::make(
                { .index = key.index, .key = key.key, .json = value, .lastEventId = eventId });
    }

    void call(Operation operation, const QString &item, const QString &value = {}, const QString &ttl = {})
    {
        Twilio::Write write;
        write.operation = operation;
        if (!item.isEmpty())
            write.item = key(item);
        if (!value.isEmpty())
            write.value = operation == Operation::Merge
                    ? "{\"" + value.toUtf8() + "\":" + value.toUtf8() + '}'
                    : json(value);
        if (!ttl.isEmpty())
            write.ttl = ttl.toLongLong();
        write.owner = quint64(++m_calls);
        Twilio::Mutator mutator;
        if (operation == Operation::Mutate) {
            mutator = [this](const Twilio::SyncValue &now) -> std::optional<Twilio::SyncValue> {
                const int n = now.toVariantMap().value(QStringLiteral("n")).toInt();
                lines += QStringLiteral("run %1").arg(n);
                if (n < 0)
                    return std::nullopt;
                return Twilio::SyncValue::fromCheckedJson(json(QString::number(n + 1)));
            };
        }
        outbox.add(std::move(write), std::move(mutator), doneOf(m_calls));
    }

    void erase(const QString &key, const QString &field)
    {
        Twilio::Write write;
        write.operation = Operation::Merge;
        write.item = Twilio::ItemKey { -1, key.toUtf8() };
        write.value = "{}";
        write.erased = { field.toUtf8() };
        write.owner = quint64(++m_calls);
        outbox.add(std::move(write), {}, doneOf(m_calls));
    }

    //! As "push", known by its field.
    void pushOnce(const QString &value)
    {
        Twilio::Write write;
        write.operation = Operation::Push;
        write.value = json(value);
        write.once = "n";
        write.owner = quint64(++m_calls);
        outbox.add(std::move(write), {}, doneOf(m_calls));
    }

    //! Of a process before this one: its function has made \a value of \a before.
    void restoreMutation(const QString &item, const QString &before, const QString &value)
    {
        Twilio::Write write;
        write.id = ++m_lastId;
        write.operation = Operation::Mutate;
        write.item = key(item);
        write.before = json(before);
        write.value = write.sentValue = json(value);
        outbox.restore(std::move(write));
    }

    //! Notes how the call of \a number has ended.
    Twilio::Outbox::Done doneOf(int number)
    {
        return [this, number](const Twilio::SyncResult<Twilio::WriteOutcome> &result) {
            QString line = QString::number(number);
            if (const auto *error = Twilio::errorOf(result)) {
                line += u' ' + error->message();
                if (error->isOutcomeUnknown())
                    line += QStringLiteral(" (unknown)");
            } else {
                const auto &outcome = std::get<Twilio::WriteOutcome>(result);
                line += QStringLiteral(" ok");
                if (!outcome.json.isEmpty())
                    line += u' ' + ScriptedOutbox::number(outcome.json);
            }
            lines += line;
        };
    }

    void answer(int which, const Twilio::SyncResult<Twilio::RestReply> &reply)
    {
        if (std::size_t(which) > m_sent.size()) {
            lines += QStringLiteral("nothing to answer");
            return;
        }
        const auto at = m_sent.begin() + (which - 1);
        const auto done = std::move(*at);
        m_sent.erase(at);
        done(reply);
    }

    void note(Twilio::EventTrail::Kind kind, Twilio::ItemKey key, const QString &value, const QString &id)
    {
        m_newest = std::max(m_newest, id.toLongLong());
        if (outbox.keepsTrail())
            outbox.trail().note({ .eventId = id.toLongLong(),
                                  .kind = kind,
                                  .item = std::move(key),
                                  .json = json(value) });
    }

    void perform(const QStringList &words)
    {
        using namespace Twilio;
        const QString &verb = words.front();
        const auto word = [&](qsizetype at) { return words.value(at); };
        if (verb == u"set")
            call(Operation::Set, word(1), word(2), word(3));
        else if (verb == u"update")
            call(Operation::Merge, word(1), word(2));
        else if (verb == u"erase")
            erase(word(1), word(2));
        else if (verb == u"mutate")
            call(Operation::Mutate, word(1));
        else if (verb == u"remove")
            call(Operation::Remove, word(1));
        else if (verb == u"ttl")
            call(Operation::SetTtl, word(1), {}, word(2));
        else if (verb == u"push")
            call(Operation::Push, {}, word(1));
        else if (verb == u"once")
            pushOnce(word(1));
        else if (verb == u"restored")
            restoreMutation(word(1), word(2), word(3));
        else if (verb == u"publish")
            call(Operation::Publish, {}, word(1));
        else if (verb == u"removeObject")
            call(Operation::RemoveObject, {});
        else if (verb == u"know")
            m_known.insert(key(word(1)), state(word(1), word(2), word(3), word(4)));
        else if (verb == u"is")
            answerRead(state(word(1), word(2), word(3), word(4)));
        else if (verb == u"isnt")
            answerRead(TargetState());
        else if (verb == u"added")
            note(EventTrail::Kind::Added, { word(1).toLongLong(), {} }, word(2), word(3));
        else if (verb == u"changed")
            note(EventTrail::Kind::Updated, key(word(1)), word(2), word(3));
        else if (verb == u"gone")
            note(EventTrail::Kind::Removed, key(word(1)), {}, word(2));
        else if (verb == u"missed")
            outbox.trail().missedUpTo(word(1).toLongLong());
        else
            performInWorld(words);
    }

    void performInWorld(const QStringList &words)
    {
        using namespace Twilio;
        const QString verb = words.front().section(u':', 0, 0);
        const int which = std::max(1, words.front().section(u':', 1).toInt());
        if (verb == u"up" || verb == u"down") {
            m_isUp = verb == u"up";
            outbox.pump();
        } else if (verb == u"follow") {
            m_following = words.value(1) == u"yes" ? Following::Yes
                    : words.value(1) == u"no"      ? Following::No
                                                   : Following::Soon;
        } else if (verb == u"caughtUp") {
            m_following = Following::Yes;
            outbox.caughtUp();
        } else if (verb == u"wait") {
            m_time.advance(words.value(1).toLongLong());
        } else if (verb == u"ordered") {
            outbox.setOrdered(true);
        } else if (verb == u"drop") {
            for (const auto &done : outbox.dropOwner(words.value(1).toULongLong()))
                done(SyncError(QStringLiteral("closed")).withUnknownOutcome());
        } else if (verb == u"ahead") {
            m_makesAhead = true;
        } else if (verb == u"asks") {
            m_asks = true;
        } else if (verb == u"shown") {
            const auto effect = outbox.effectOn(key(words.value(1)), m_known.value(key(words.value(1))).json);
            lines += QStringLiteral("shows ")
                    + number(effect ? effect->json.value_or(QByteArray()) : QByteArray());
        } else if (verb == u"retry" || verb == u"overwrite") {
            const auto value = verb == u"retry" ? std::optional(json(words.value(2))) : std::nullopt;
            if (!outbox.resolve(words.value(1).toLongLong(), value))
                lines += QStringLiteral("no conflict");
        } else if (verb == u"cancel") {
            outbox.cancel(words.value(1).toLongLong());
        } else if (verb == u"ok" || verb == u"created") {
            answer(which, RestReply { verb == u"ok" ? 200 : 201, "{}", {} });
        } else if (verb == u"lost") {
            answer(which, SyncError(QStringLiteral("disconnected")).withUnknownOutcome());
        } else {
            RestReply reply { verb.section(u'+', 0, 0).toInt(),
                              "{\"message\":\"" + verb.left(3).toUtf8() + "\"}",
                              {} };
            if (verb.contains(u'+'))
                reply.headers.append({ "retry-after", verb.section(u'+', 1).toUtf8() });
            answer(which, reply);
        }
    }

    static Twilio::TargetState state(const QString &word, const QString &value, const QString &revision,
                                     const QString &id)
    {
        return { true, json(value), revision.toUtf8(), id.toLongLong(),
                 item(key(word), json(value), id.toLongLong()) };
    }
    void answerRead(const Twilio::TargetState &with)
    {
        if (m_reads.empty()) {
            lines += QStringLiteral("nothing is read");
            return;
        }
        const Read read = std::move(m_reads.front());
        m_reads.pop_front();
        read.done(with);
    }

    VirtualTime &m_time;
    const std::shared_ptr<void> m_life = std::make_shared<int>();
    QHash<Twilio::ItemKey, Twilio::TargetState> m_known;
    std::deque<Twilio::Callback<Twilio::RestReply>> m_sent;
    std::deque<Read> m_reads;
    Following m_following = Following::Yes;
    qint64 m_newest = 0;
    //! The event of the newest answer.
    qint64 m_made = -1;
    qint64 m_lastId = 0;
    int m_calls = 0;
    bool m_makesAhead = false;
    bool m_asks = false;
    bool m_isUp = true;
};
