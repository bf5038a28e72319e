#pragma once

#include <QtCore/qbytearrayview.h>

#include <cstring>

namespace Twilio::Protocol {

/*!
    \brief Walks over the members of one JSON object that is known to be well-formed, without decoding.

    Strings are passed over by memchr(), so that long values cost little. Of what is malformed it gives less,
   or something else, but never anything outside of the text.
*/
class JsonWalk
{
public:
    explicit JsonWalk(QByteArrayView object) : m_at(object.data()), m_end(object.data() + object.size())
    {
        skipSpace();
        m_isOpen = take('{');
    }

    //! To the next member; false if there is none.
    bool next()
    {
        skipSpace();
        if (!m_isOpen || m_at == m_end || *m_at == '}')
            return false;
        if (!m_isFirst && !take(','))
            return stop();
        m_isFirst = false;
        skipSpace();
        const char *const name = m_at;
        if (!skipString())
            return stop();
        m_name = QByteArrayView(name, m_at);
        skipSpace();
        if (!take(':'))
            return stop();
        skipSpace();
        const char *const value = m_at;
        if (!skipValue())
            return stop();
        m_value = QByteArrayView(value, m_at);
        return true;
    }
    //! True if all members have been walked over, and nothing is behind the object.
    [[nodiscard]] bool isAtEnd() const
    {
        return m_isOpen && m_at != m_end && *m_at == '}'
                && QByteArrayView(m_at + 1, m_end).trimmed().isEmpty();
    }
    //! With its quotes, as it is written.
    [[nodiscard]] QByteArrayView name() const { return m_name; }
    [[nodiscard]] QByteArrayView value() const { return m_value; }

private:
    bool stop()
    {
        m_isOpen = false;
        return false;
    }
    bool take(char c)
    {
        if (m_at == m_end || *m_at != c)
            return false;
        ++m_at;
        return true;
    }
    void skipSpace()
    {
        while (m_at != m_end && (*m_at == ' ' || *m_at == '\n' || *m_at == '\r' || *m_at == '\t'))
            ++m_at;
    }
    bool skipString()
    {
        if (!take('"'))
            return false;
        const char *const begin = m_at;
        while (m_at != m_end) {
            m_at = static_cast<const char *>(std::memchr(m_at, '"', std::size_t(m_end - m_at)));
            if (!m_at)
                break;
            const char *backslash = m_at;
            while (backslash != begin && backslash[-1] == '\\')
                --backslash;
            const bool isEscaped = (m_at - backslash) % 2 == 1;
            ++m_at;
            if (!isEscaped)
                return true;
        }
        m_at = m_end;
        return false;
    }
    bool skipValue()
    {
        if (m_at == m_end)
            return false;
        if (*m_at == '"')
            return skipString();
        if (*m_at == '{' || *m_at == '[')
            return skipNested();
        const char *const begin = m_at;
        while (m_at != m_end && *m_at != ',' && *m_at != '}' && *m_at != ']' && *m_at != ' ' && *m_at != '\n'
               && *m_at != '\r' && *m_at != '\t')
            ++m_at;
        return m_at != begin;
    }
    bool skipNested()
    {
        qsizetype depth = 0;
        while (m_at != m_end) {
            const char c = *m_at;
            if (c == '"') {
                if (!skipString())
                    return false;
                continue;
            }
            ++m_at;
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && --depth == 0)
                return true;
        }
        return false;
    }

    const char *m_at;
    const char *m_end;
    bool m_isOpen = false;
    bool m_isFirst = true;
    QByteArrayView m_name;
    QByteArrayView m_value;
};

} // namespace Twilio::Protocol
