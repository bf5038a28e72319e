#include "TwilioSync/protocol/arraysplitter.h"

#include <algorithm>

namespace Twilio::Protocol {
namespace {

bool isSpace(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

} // namespace

ArraySplitter::State ArraySplitter::scan(qsizetype bytes)
{
    const qsizetype stop = m_at + std::min(bytes, m_json.size() - m_at);
    while (m_at < stop && m_state == State::More) {
        const char c = m_json[m_at];
        if (!m_inString) {
            structure(c);
        } else if (c == '\\') {
            ++m_at; // what follows is no end
        } else if (c == '"') {
            m_inString = false;
            if (m_depth == 1 && m_valueBegin < 0)
                m_name = m_json.sliced(m_stringBegin, m_at - m_stringBegin);
        }
        ++m_at;
    }
    if (m_state == State::More && m_at >= m_json.size())
        m_state = m_depth == 0 && !m_inString && !m_json.trimmed().isEmpty() ? State::Done : State::Broken;
    return m_state;
}

void ArraySplitter::structure(char c)
{
    switch (c) {
    case '"':
        if (m_depth == 0)
            m_state = State::Broken;
        m_inString = true;
        m_stringBegin = m_at + 1;
        break;
    case '{':
    case '[':
        open(c);
        break;
    case '}':
    case ']':
        close(c);
        break;
    case ',':
        separate();
        break;
    case ':':
        if (m_depth == 1 && m_valueBegin < 0)
            m_valueBegin = m_at + 1;
        break;
    default: // numbers and the like are left to those who read them
        if (m_depth == 0 && !isSpace(c))
            m_state = State::Broken;
    }
}

void ArraySplitter::open(char c)
{
    // One object, and nothing behind it.
    if (m_depth == 0 && (c != '{' || !m_json.first(m_at).trimmed().isEmpty())) {
        m_state = State::Broken;
        return;
    }
    if (m_depth == 1 && c == '[' && m_valueBegin >= 0 && m_name == m_array && since(m_valueBegin).isEmpty()) {
        m_inArray = m_hasArray = true;
        m_elements.clear();
        m_elementBegin = m_at + 1;
    }
    ++m_depth;
}

void ArraySplitter::close(char c)
{
    if (m_depth == 0 || (m_depth == 1 && c != '}') || (m_depth == 2 && m_inArray && c != ']')) {
        m_state = State::Broken;
        return;
    }
    if (m_depth == 2 && m_inArray) {
        endElement(true);
        m_inArray = false;
        m_name = {}; // its value has been taken
    } else if (m_depth == 1) {
        endMember();
    }
    --m_depth;
}

void ArraySplitter::separate()
{
    if (m_depth == 1)
        endMember();
    else if (m_depth == 2 && m_inArray)
        endElement(false);
}

void ArraySplitter::endMember()
{
    if (m_valueBegin >= 0 && !m_name.isNull())
        m_members.emplace_back(m_name, JsonSlice(since(m_valueBegin)));
    m_valueBegin = -1;
    m_name = {};
}

void ArraySplitter::endElement(bool isLast)
{
    const QByteArrayView element = since(m_elementBegin);
    m_elementBegin = m_at + 1;
    if (!element.isEmpty())
        m_elements.push_back(element);
    else if (!isLast || !m_elements.empty())
        m_state = State::Broken;
}

JsonSlice ArraySplitter::value(QByteArrayView name) const
{
    const auto found = std::find_if(m_members.crbegin(), m_members.crend(),
                                    [name](const auto &member) { return member.first == name; });
    return found == m_members.crend() ? JsonSlice() : found->second;
}

} // namespace Twilio::Protocol
