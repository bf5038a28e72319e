#pragma once

#include "server/net/token.h"
#include "server/serverglobal.h"

#include <QtCore/qbytearray.h>
#include <QtCore/qstring.h>

#include <optional>

namespace Twilio::Server {

/*!
    \brief Everything signed: access tokens, continuation tokens, storage ids.

    Continuation tokens are not kept, they prove themselves (protocol.md 4.3).
*/
class TWILIOSYNC_SERVER_PRIVATE_EXPORT Credentials
{
public:
    //! \a storage names the data that storage ids stand for; two servers with other data need another one.
    Credentials(const QByteArray &secret, const QByteArray &storage);

    //! As checkToken(), now.
    [[nodiscard]] std::variant<TokenClaims, TokenRefusal> check(const QString &token) const;
    //! Who calls the REST API.
    struct Backend
    {
        QString account;
        //! It has shown the guest key.
        bool isGuest = false;
    };
    //! The backend that shows \a authorization, an HTTP header: Basic, with an account or API key SID,
    //! whichever, and the key that signs, or the guest key. None if that is not what it shows.
    [[nodiscard]] std::optional<Backend> backend(const QByteArray &authorization) const;
    //! Has backends that show \a key in its stead let in as well; it signs nothing, and no limit or fault is
    //! for them. Empty, the default: none.
    void setGuestKey(const QByteArray &key) { m_guestKey = key; }
    //! The key that signs.
    [[nodiscard]] const QByteArray &secret() const { return m_secret; }

    struct Continuation
    {
        //! The header members \c continuation_token and \c continuation_token_status of an init reply.
        QByteArray members;
        //! EP…, the same for as long as the client comes back with its token.
        QByteArray endpoint;
    };
    [[nodiscard]] Continuation continuation(const QByteArray &offered, const TokenClaims &claims) const;
    //! Names one identity's browser cache; changes when the data does.
    [[nodiscard]] QByteArray storageId(const TokenClaims &claims) const;

    //! Makes every continuation token unknown.
    void forgetContinuations() { ++m_continuationGeneration; }
    //! Storage ids stand for the data called \a storage from now on.
    void setStorage(const QByteArray &storage) { m_storage = storage; }

private:
    [[nodiscard]] QByteArray sign(const QByteArray &text) const;

    QByteArray m_secret;
    QByteArray m_guestKey;
    QByteArray m_storage;
    int m_continuationGeneration = 0;
};

} // namespace Twilio::Server
