#include "TwilioSync/store/documentstore.h"

namespace Twilio {

bool DocumentStore::apply(const Protocol::RootResource &state, bool isLocal)
{
    if (!isNews(state.lastEventId))
        return false;
    const bool isFirst = m_contents.isEmpty();
    const QByteArray before = m_contents;
    const qint64 oldExpiry = root.expires;
    root.adopt(state, true);
    if (!state.data.isEmpty())
        m_contents = state.data;
    else if (isFirst)
        m_contents = QByteArrayLiteral("{}");
    // A change of the expiry alone is none of the contents.
    const bool isExpiryOnly = m_contents == before && root.expires != oldExpiry;
    if (!isFirst && !isExpiryOnly)
        observers.each(
                [&](DocumentObserver &observer) { observer.contentsChanged(m_contents, before, isLocal); });
    return true;
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
