#pragma once

#include "promise.h"

namespace Twilio::Qml {

/*!
    \brief Takes the arguments of one call; the first that is wrong is what the call rejects with.

    \code
    ArgumentCheck check;
    const qint64 seconds = check(integerArgument(ttl, u"ttl", 0, maxTtlSeconds, u"seconds"));
    if (check.failed())
        return rejectedPromise(m_list, check.error());
    \endcode
*/
class ArgumentCheck
{
public:
    //! The value in \a result, a default one if it holds an error.
    template <typename T>
    T operator()(SyncResult<T> result)
    {
        if (T *value = std::get_if<T>(&result))
            return std::move(*value);
        if (m_error.isNull())
            m_error = *errorOf(result);
        return T();
    }

    [[nodiscard]] bool failed() const { return !m_error.isNull(); }
    [[nodiscard]] SyncError error() const { return m_error; }

private:
    SyncError m_error;
};

} // namespace Twilio::Qml
