#pragma once

#include "TwilioSync/protocol/json.h"

#include <utility>
#include <vector>

namespace Twilio::Protocol {

/*!
    \brief Takes an object with one long array apart, some bytes at a time.

    \code
    {"event_type":"list_item_added","events":[{…},{…},{…}]}
     └ a member ─────────────────┘            └ elements ┘
    \endcode

    Looks at brackets and strings alone: members and elements are only known to be balanced. Copies nothing.
*/
class ArraySplitter
{
public:
    enum class State : quint8 {
        More, //!< there is more to be looked at
        Done,
        Broken //!< no object, or one that does not end where the text does
    };

    //! \a json, which has to stay, is an object; its member \a array, if it is an array, is split.
    ArraySplitter(QByteArrayView json, QByteArrayView array) : m_json(json), m_array(array) { }

    //! Looks at about \a bytes more.
    State scan(qsizetype bytes);

    //! The member called \a name, an array that was split aside; one that does not exist if there is none.
    //! Of equal names the last one counts.
    [[nodiscard]] JsonSlice value(QByteArrayView name) const;
    //! True if there was such an array; of several the last counts.
    [[nodiscard]] bool hasArray() const { return m_hasArray; }
    [[nodiscard]] const std::vector<QByteArrayView> &elements() const { return m_elements; }

private:
    void structure(char c);
    void open(char c);
    void close(char c);
    void separate();
    void endMember();
    void endElement(bool isLast);
    [[nodiscard]] QByteArrayView since(qsizetype begin) const
    {
        return m_json.sliced(begin, m_at - begin).trimmed();
    }

    const QByteArrayView m_json;
    const QByteArrayView m_array;
    qsizetype m_at = 0;
    qsizetype m_depth = 0;
    State m_state = State::More;
    bool m_inString = false;
    //! Within the array that is split.
    bool m_inArray = false;
    bool m_hasArray = false;
    qsizetype m_stringBegin = 0;
    //! Of a member: its name's text, quotes aside, and where its value begins; -1 before that.
    QByteArrayView m_name;
    qsizetype m_valueBegin = -1;
    qsizetype m_elementBegin = 0;
    std::vector<std::pair<QByteArrayView, JsonSlice>> m_members;
    std::vector<QByteArrayView> m_elements;
};

} // namespace Twilio::Protocol
