#pragma once

#include "TwilioSync/core/synccache.h"

#include <QtCore/qmap.h>

#include <atomic>
#include <memory>
#include <mutex>

/*!
    \brief A cache of an application's own, as small as one can be: maps in memory, which can be made to fail.

    Those that are made with the same contents stand for one and the same, as of processes one after the
   other. It notes whether a client does anything that it must not.
*/
class MemoryCache final : public Twilio::SyncCache
{
public:
    using Entries = QMap<QByteArray, QByteArray>;
    //! Guarded by its mutex.
    struct Contents
    {
        std::mutex mutex;
        QMap<QByteArray, Entries> owners;
    };

    explicit MemoryCache(std::shared_ptr<Contents> contents = std::make_shared<Contents>())
        : m_contents(std::move(contents))
    { }

    // Called by tests, in any thread.
    void failOpening(bool fails) { m_failsOpening = fails; }
    void failReading(bool fails) { m_failsReading = fails; }
    void failCommits(bool fails) { m_failsCommits = fails; }
    //! What a client has done that it must not; empty if nothing.
    [[nodiscard]] QByteArray misuse() const
    {
        const std::lock_guard lock(m_contents->mutex);
        return m_misuse;
    }
    [[nodiscard]] bool isOpen() const { return m_isOpen; }
    [[nodiscard]] int openings() const { return m_openings; }
    [[nodiscard]] int commits() const { return m_commits; }
    //! Of them, those that were on the disk at once.
    [[nodiscard]] int durableCommits() const { return m_durableCommits; }
    [[nodiscard]] QList<QByteArray> owners() const
    {
        const std::lock_guard lock(m_contents->mutex);
        return m_contents->owners.keys();
    }
    //! What is kept for the only owner there is.
    [[nodiscard]] Entries entries() const
    {
        const std::lock_guard lock(m_contents->mutex);
        return m_contents->owners.size() == 1 ? m_contents->owners.cbegin().value() : Entries();
    }
    void setEntries(const Entries &entries)
    {
        const std::lock_guard lock(m_contents->mutex);
        m_contents->owners[m_contents->owners.firstKey()] = entries;
    }

    [[nodiscard]] Twilio::SyncError open(const QByteArray &owner) override
    {
        const Call call(*this, false);
        if (m_failsOpening)
            return Twilio::SyncError(QStringLiteral("no key to it"));
        ++m_openings;
        m_owner = owner;
        m_isOpen = true;
        return {};
    }
    void close() override
    {
        const Call call(*this, true);
        m_isOpen = false;
    }
    [[nodiscard]] Twilio::SyncError read(const QByteArray &prefix, const Visitor &visit) override
    {
        const Call call(*this, true);
        if (m_failsReading)
            return Twilio::SyncError(QStringLiteral("cannot be read from"));
        const Entries all = current();
        for (auto it = all.lowerBound(prefix); it != all.cend() && it.key().startsWith(prefix); ++it)
            visit(it.key(), it.value());
        return {};
    }
    [[nodiscard]] Twilio::SyncError commit(const QList<Change> &changes, Durability durability) override
    {
        const Call call(*this, true);
        if (m_failsCommits)
            return Twilio::SyncError(QStringLiteral("no room in it"));
        ++m_commits;
        m_durableCommits += durability == Durability::AtOnce ? 1 : 0;
        Entries all = current();
        QByteArray last;
        for (const Change &change : changes) {
            if (change.key.isEmpty() || change.key == last)
                note("a key that is empty, or there twice");
            last = change.key;
            if (change.value)
                all[change.key] = *change.value;
            else
                all.remove(change.key);
        }
        const std::lock_guard lock(m_contents->mutex);
        m_contents->owners[m_owner] = all;
        return {};
    }
    [[nodiscard]] qint64 size() override
    {
        const Call call(*this, true);
        qint64 bytes = 0;
        const Entries all = current();
        for (auto it = all.cbegin(); it != all.cend(); ++it)
            bytes += it.key().size() + it.value().size();
        return bytes;
    }

private:
    //! Goes when a call ends.
    class Call
    {
        Q_DISABLE_COPY_MOVE(Call)

    public:
        Call(MemoryCache &cache, bool mustBeOpen) : m_cache(cache)
        {
            if (m_cache.m_calls++ > 0)
                m_cache.note("two calls at a time");
            if (m_cache.m_isOpen != mustBeOpen)
                m_cache.note(mustBeOpen ? "a call while it is not open" : "opened twice");
        }
        ~Call() { --m_cache.m_calls; }

    private:
        MemoryCache &m_cache;
    };

    void note(const char *misuse)
    {
        const std::lock_guard lock(m_contents->mutex);
        m_misuse = misuse;
    }
    [[nodiscard]] Entries current() const
    {
        const std::lock_guard lock(m_contents->mutex);
        return m_contents->owners.value(m_owner);
    }

    const std::shared_ptr<Contents> m_contents;
    QByteArray m_owner; // of the thread of the client's cache
    QByteArray m_misuse;
    std::atomic<int> m_calls = 0;
    std::atomic<bool> m_isOpen = false;
    std::atomic<bool> m_failsOpening = false;
    std::atomic<bool> m_failsReading = false;
    std::atomic<bool> m_failsCommits = false;
    std::atomic<int> m_openings = 0;
    std::atomic<int> m_commits = 0;
    std::atomic<int> m_durableCommits = 0;
};
