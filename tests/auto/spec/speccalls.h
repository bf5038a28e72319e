#pragma once

#include "shared/clientfixture.h"

#include <functional>
#include <optional>
#include <vector>

/*!
    \brief The calls of a scenario, and how they ended.
*/
class SpecCalls
{
public:
    [[nodiscard]] static QString textOf(const Twilio::SyncError &error)
    {
        return error.isNull()              ? QStringLiteral("ok")
                : error.isOutcomeUnknown() ? QStringLiteral("unknown")
                                           : error.message();
    }
    template <typename T>
    void add(const QString &name, const QFuture<T> &future)
    {
        m_calls.push_back({ name, [future]() -> std::optional<QString> {
                               if (!future.isFinished())
                                   return std::nullopt;
                               return textOf(errorOfCall(future));
                           } });
    }
    //! "name: outcome" of each that has ended since the last time, in the order of the calls.
    [[nodiscard]] QStringList takeEnded()
    {
        QStringList ended;
        std::erase_if(m_calls, [&ended](const Call &call) {
            const auto outcome = call.outcome();
            if (outcome)
                ended << call.name + QStringLiteral(": ") + *outcome;
            return outcome.has_value();
        });
        return ended;
    }

private:
    struct Call
    {
        QString name;
        //! None = it has not ended.
        std::function<std::optional<QString>()> outcome;
    };

    std::vector<Call> m_calls;
};
