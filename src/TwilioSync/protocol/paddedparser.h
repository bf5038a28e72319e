#pragma once

#include <QtCore/qbytearrayview.h>

// Nothing in the library throws: what could does not compile. Only this file includes it.
#define SIMDJSON_EXCEPTIONS 0
#include <simdjson.h>

#include <algorithm>
#include <cstring>
#include <string_view>
#include <vector>

namespace Twilio::Protocol {

/*!
    \brief simdjson's parser with the padded copy of the text that it reads.

    Both grow with the texts and are kept for the next one, so that there is no allocation per text; trim()
    gives back what only the largest needed.
*/
class PaddedParser
{
public:
    //! What is kept: more than any page or event of the service takes but the largest.
    static constexpr std::size_t mostKept = 1024 * 1024;

    //! Begins to read \a text; false if it is no JSON at first sight. What was read before is gone.
    [[nodiscard]] bool read(QByteArrayView text, simdjson::ondemand::document &document)
    {
        return !m_parser.iterate(pad(text)).get(document);
    }
    //! As read(), of the array of \a elements, a text without brackets.
    [[nodiscard]] bool readArray(QByteArrayView elements, simdjson::ondemand::document &document)
    {
        return !m_parser.iterate(pad(elements, "[", "]")).get(document);
    }
    //! The copy: what the document gives are views into it, or into what is unescaped.
    [[nodiscard]] const char *padded() const { return m_padded.data(); }

    //! True if nothing is left of \a document.
    [[nodiscard]] static bool isAtEnd(simdjson::ondemand::document &document)
    {
        return document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    }

    //! True if \a raw, an object or array as simdjson gives it, ends with \a bracket: of what does not close
    //! it gives a part.
    [[nodiscard]] static bool closes(std::string_view raw, char bracket)
    {
        return QByteArrayView(raw.data(), qsizetype(raw.size())).trimmed().endsWith(bracket);
    }

    //! No view is needed any more.
    void trim()
    {
        if (m_padded.size() > mostKept)
            m_padded = std::vector<char>();
        if (m_parser.capacity() > mostKept)
            m_parser = simdjson::ondemand::parser();
    }

private:
    simdjson::padded_string_view pad(QByteArrayView text, std::string_view before = {},
                                     std::string_view after = {})
    {
        constexpr std::size_t padding = simdjson::SIMDJSON_PADDING;
        const std::size_t size = before.size() + std::size_t(text.size()) + after.size();
        if (m_padded.size() < size + padding) {
            m_padded = std::vector<char>(); // nothing of it is needed while it grows
            m_padded.resize(std::max(size + padding, std::min(2 * size + padding, mostKept)));
        }
        char *const end =
                std::copy(text.begin(), text.end(), std::copy(before.begin(), before.end(), m_padded.data()));
        std::copy(after.begin(), after.end(), end);
        std::memset(m_padded.data() + size, ' ', padding);
        return simdjson::padded_string_view(m_padded.data(), size, m_padded.size());
    }

    simdjson::ondemand::parser m_parser;
    std::vector<char> m_padded;
};

} // namespace Twilio::Protocol
