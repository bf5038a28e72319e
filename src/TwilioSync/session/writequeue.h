#pragma once

#include "TwilioSync/core/syncresult.h"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace Twilio {

/*!
    \brief The writes to one target, one after the other (protocol.md 10.4).

    A write that replaces the whole value squashes those still waiting: they never run, and end as it ends,
   with the most recent TTL among them. The one under way is never touched.
*/
template <typename Result>
class WriteQueue : public std::enable_shared_from_this<WriteQueue<Result>>
{
public:
    using Done = Callback<Result>;
    //! Does the write with the TTL to be sent.
    using Run = std::function<void(std::optional<qint64> ttl, Done done)>;
    //! Calls back when the next write may start: pacing.
    using Gate = std::function<void(std::function<void()> go)>;

    explicit WriteQueue(Gate gate) : m_gate(std::move(gate)) { }

    [[nodiscard]] bool isIdle() const { return !m_running && m_waiting.empty(); }

    //! Appends \a run. \a squashes: it replaces everything that waits.
    void add(bool squashes, std::optional<qint64> ttl, Run run, Done done)
    {
        Write write { ttl, std::move(run), {} };
        if (squashes) {
            for (Write &old : m_waiting) {
                write.done.insert(write.done.end(), std::make_move_iterator(old.done.begin()),
                                  std::make_move_iterator(old.done.end()));
                if (!ttl && old.ttl)
                    write.ttl = old.ttl;
            }
            m_waiting.clear();
        }
        write.done.push_back(std::move(done));
        m_waiting.push_back(std::move(write));
        next();
    }

private:
    struct Write
    {
        std::optional<qint64> ttl;
        Run run;
        std::vector<Done> done;
    };

    // What waits at the gate may still be squashed.
    void next()
    {
        if (m_running || m_waiting.empty() || std::exchange(m_atGate, true))
            return;
        m_gate([self = this->shared_from_this()] {
            self->m_atGate = false;
            self->start();
        });
    }

    void start()
    {
        m_running = true;
        Write write = std::move(m_waiting.front());
        m_waiting.pop_front();
        const auto ttl = write.ttl;
        const Run run = std::move(write.run);
        run(ttl,
            [self = this->shared_from_this(),
             done = std::move(write.done)](const SyncResult<Result> &result) {
                self->m_running = false;
                self->next();
                for (const Done &each : done)
                    each(result);
            });
    }

    const Gate m_gate;
    std::deque<Write> m_waiting;
    bool m_atGate = false;
    bool m_running = false;
};

} // namespace Twilio
