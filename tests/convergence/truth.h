#pragma once

#include "handle.h"
#include "server/data/types.h"

#include <QtCore/qstringlist.h>

#include <functional>
#include <optional>
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
    //! Makes the object, with a counter.
    void create(const RemoteObject &object) const;
    [[nodiscard]] bool exists(const RemoteObject &object) const;
    //! The items as the service lists them, in ascending order.
    [[nodiscard]] std::vector<Row> listing(const RemoteObject &object) const;
    //! Keys of the items that are there, but for the counter.
    [[nodiscard]] QStringList keys(const RemoteObject &object) const;
    [[nodiscard]] QString sid(const RemoteObject &object) const;
    //! What its counter shows; none if the object is gone.
    [[nodiscard]] std::optional<int> counter(const RemoteObject &object) const;
    //! How \a handle differs from what the service answers for its window; empty if it does not.
    [[nodiscard]] QString differenceOf(const Handle &handle) const;

private:
    const Call m_call;
};
