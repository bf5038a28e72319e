#include "TwilioSync/store/documentstore.h"

namespace Twilio {

bool DocumentStore::apply(const Protocol::RootResource &state, bool isLocal)
{
    if (!isNews(state.lastEventId))
        return false;
    const qint64 oldExpiry = root.expires;
    root.adopt(state, true);
    replace(state.data, isLocal, root.expires != oldExpiry);
    return true;
}

void DocumentStore::restart(const Protocol::RootResource &state)
{
    root.restart(state);
    replace(state.data, false, true);
}

void DocumentStore::replace(const QByteArray &contents, bool isLocal, bool isExplained)
{
    const bool isFirst = m_contents.isEmpty();
    const QByteArray before = m_contents;
    if (!contents.isEmpty())
        m_contents = contents;
    else if (isFirst)
        m_contents = QByteArrayLiteral("{}");
    if (!isFirst && (m_contents != before || !isExplained))
        observers.each(
                [&](DocumentObserver &observer) { observer.contentsChanged(m_contents, before, isLocal); });
}

void DocumentStore::clear()
{
    root = {};
    m_contents.clear();
}

Protocol::RootResource DocumentStore::stateOf(const Protocol::Event &event) const
{
    Protocol::RootResource state;
    state.sid = root.sid;
    state.revision = event.revision.toByteArray();
    state.lastEventId = event.id;
    state.updated = event.date;
    state.hasExpires = event.hasExpires;
    state.expires = event.expires;
    state.data = event.data.toByteArray();
    return state;
}

} // namespace Twilio
