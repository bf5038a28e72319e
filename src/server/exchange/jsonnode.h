#pragma once

#include "TwilioSync/core/syncresult.h"
#include "TwilioSync/protocol/json.h"

#include <initializer_list>
#include <map>
#include <optional>

namespace Twilio::Server {

//! The status of errors of what is to be imported.
inline constexpr int unusableFile = 400;

/*!
    \brief One value in a JSON file that somebody has written by hand, and where it stands: a trouble names
   it.
*/
class JsonNode
{
public:
    using Members = std::map<QByteArray, JsonNode>;

    //! All of \a text, the contents of \a file; good as long as \a text is.
    [[nodiscard]] static SyncResult<JsonNode> parse(const QString &file, const QByteArray &text);

    [[nodiscard]] Protocol::JsonSlice json() const { return m_json; }
    //! "seed.json: services[0].lists[1]".
    [[nodiscard]] QString where() const;
    //! An error that begins with the place.
    [[nodiscard]] SyncError error(const QString &trouble) const;

    //! Those of an object that has no others than \a known, and none twice.
    [[nodiscard]] SyncResult<Members> members(std::initializer_list<QByteArrayView> known) const;
    //! Those of any object.
    [[nodiscard]] SyncResult<Members> allMembers() const;
    [[nodiscard]] SyncResult<std::vector<JsonNode>> elements() const;
    [[nodiscard]] SyncResult<QString> text() const;
    [[nodiscard]] SyncResult<bool> boolean() const;
    //! A whole number in the range.
    [[nodiscard]] SyncResult<qint64> number(qint64 least, qint64 most) const;

private:
    JsonNode(QString file, QString path, Protocol::JsonSlice json)
        : m_file(std::move(file))
        , m_path(std::move(path))
        , m_json(json)
    { }

    QString m_file;
    QString m_path;
    Protocol::JsonSlice m_json;
};

} // namespace Twilio::Server
