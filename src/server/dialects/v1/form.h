#pragma once

#include "server/http/httpmessage.h"
#include "server/operations/checks.h"

#include <initializer_list>

namespace Twilio::Server::V1 {

/*!
    \brief The fields of a call's body, each in UTF-8. Of equal names the first counts; unknown ones do not.
*/
class Form
{
public:
    [[nodiscard]] std::optional<QString> text(QByteArrayView name) const;
    //! \c true or \c false in any case; fails for anything else.
    [[nodiscard]] SyncResult<std::optional<bool>> boolean(QByteArrayView name) const;
    //! A whole number; fails for anything else.
    [[nodiscard]] SyncResult<std::optional<qint64>> number(QByteArrayView name) const;
    //! \c Data, and the first of \a ttlNames that is there.
    [[nodiscard]] Values values(std::initializer_list<QByteArrayView> ttlNames) const;

private:
    friend SyncResult<Form> parseForm(const HttpRequest &request);

    HttpFields m_fields;
};

//! Fails if the body of \a request is no form; none at all is an empty one.
[[nodiscard]] SyncResult<Form> parseForm(const HttpRequest &request);

} // namespace Twilio::Server::V1
