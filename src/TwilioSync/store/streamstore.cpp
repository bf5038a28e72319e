#include "TwilioSync/store/streamstore.h"

namespace Twilio {

bool StreamStore::receive(const QByteArray &sid, const SyncValue &value, bool isLocal)
{
    if (m_seen.contains(sid))
        return false;
    m_seen.insert(sid);
    m_seenInOrder.push_back(sid);
    if (m_seenInOrder.size() > messagesRemembered) {
        m_seen.remove(m_seenInOrder.front());
        m_seenInOrder.pop_front();
    }
    ++m_count;
    observers.each([&](StreamObserver &observer) { observer.messageArrived(sid, value, isLocal); });
    return true;
}

} // namespace Twilio
