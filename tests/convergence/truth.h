#pragma once

#include "handle.h"
#include "server/data/types.h"

#include <QtCore/qstringlist.h>

#include <functional>
#include <vector>

/*!
    \brief What the service has, asked at the source, without a client in between.
*/
class Truth
{
public:
    //! Makes a REST call of somebody else.
    using Call = std::function<Twilio::Server::RestReply(const QByteArray &method, const QByteArray &path,
                                                         const QByteArray &body,
                                                         const Twilio::Server::NameValueList &params)>;

    explicit Truth(Call call) : m_call(std::move(call)) { }

    Twilio::Server::RestReply call(const QByteArray &method, const QByteArray &path,
                                   const QByteArray &body = {}) const
    {
        return m_call(method, path, body, {});
    }
    //! Makes the object.
    void create(Kind kind) const;
    [[nodiscard]] bool exists(Kind kind) const;
    //! The items as the service lists them, in ascending order.
    [[nodiscard]] std::vector<Row> listing(Kind kind) const;
    //! Keys of the items that are there.
    [[nodiscard]] QStringList keys(Kind kind) const;
    //! How \a handle differs from what the service answers for its window; empty if it does not.
    [[nodiscard]] QString differenceOf(const Handle &handle) const;

private:
    const Call m_call;
};
