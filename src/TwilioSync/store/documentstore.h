#pragma once

#include "TwilioSync/protocol/notification.h"
#include "TwilioSync/store/observers.h"
#include "TwilioSync/store/rootstate.h"

#include <QtCore/qbytearray.h>

namespace Twilio {

/*!
    \brief Follows a document: told of a change once the store has made it.
*/
class DocumentObserver
{
public:
    //! Once for each change of the contents; both are the texts of JSON objects.
    virtual void contentsChanged(const QByteArray &now, const QByteArray &before, bool isLocal) = 0;

protected:
    ~DocumentObserver() = default;
};

/*!
    \brief One document as far as it is known, shared by all handles that show it.

    Each of its states replaces the one before, cursor included, and counts only if its event is a later one
   (protocol.md 8.3).
*/
class DocumentStore
{
    Q_DISABLE_COPY_MOVE(DocumentStore)

public:
    DocumentStore() = default;

    RootState root;
    Observers<DocumentObserver> observers;

    //! Raw JSON; empty before the first state.
    [[nodiscard]] const QByteArray &contents() const { return m_contents; }
    //! True if \a eventId is of a later state than the one that is known.
    [[nodiscard]] bool isNews(std::optional<qint64> eventId) const
    {
        return m_contents.isEmpty() || eventId.value_or(-1) > root.lastEventId;
    }
    //! Takes over a state of the document; without contents those there are stay. False if it is no news.
    bool apply(const Protocol::RootResource &state, bool isLocal);
    //! As apply(), whatever is known: that may be of another time.
    void restart(const Protocol::RootResource &state);
    //! All that was known has grown old.
    void clear();

    //! The state that \a event, of this document, tells of.
    [[nodiscard]] Protocol::RootResource stateOf(const Protocol::Event &event) const;

private:
    //! An event without a change of the contents is told of unless it \a isExplained by what else it changed.
    void replace(const QByteArray &contents, bool isLocal, bool isExplained);

    QByteArray m_contents;
};

} // namespace Twilio
