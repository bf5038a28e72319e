#pragma once

#include "TwilioSync/api/syncoutbox.h"
#include "TwilioSync/session/clientsession.h"

#include <QtCore/qpointer.h>

#include <deque>

namespace Twilio {

//! What the roles of a SyncOutbox say of \a write.
[[nodiscard]] QVariant describedBy(const Write &write, int role);

/*!
    \brief The rows of a SyncOutbox: copies of the session's writes, changed in turns of their own.
*/
class OutboxPrivate
{
public:
    explicit OutboxPrivate(ClientSession *of) : session(of) { }

    //! Shows what there is, and follows it from now on.
    void follow(SyncOutbox *outbox);
    //! -1 if there is none.
    [[nodiscard]] int rowOf(qint64 id) const;

    const QPointer<ClientSession> session;
    //! By id.
    std::deque<Write> rows;

private:
    struct News
    {
        enum class Kind : quint8 { Added, Changed, Ended };

        Kind kind;
        Write write;
    };

    void note(News::Kind kind, const Write &write);
    void tellLater();
    void tell();
    void tellNext();

    SyncOutbox *m_outbox = nullptr;
    std::deque<News> m_news;
    bool m_isPosted = false;
};

} // namespace Twilio
