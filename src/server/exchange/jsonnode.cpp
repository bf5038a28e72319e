#include "server/exchange/jsonnode.h"

#include <QtCore/qjsondocument.h>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

QString shown(const Protocol::JsonSlice &json)
{
    constexpr qsizetype longest = 40;
    const QString text = QString::fromUtf8(json.text());
    return text.size() <= longest ? text : text.left(longest) + u'\u2026';
}

// Where \a text ends to be JSON, in words.
QString syntaxTrouble(const QByteArray &text)
{
    QJsonParseError error;
    (void)QJsonDocument::fromJson(text, &error);
    if (error.error == QJsonParseError::NoError)
        return u"expected JSON"_s;
    const QByteArrayView before = QByteArrayView(text).first(std::min<qsizetype>(error.offset, text.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    return u"line %1: expected JSON: %2"_s.arg(line).arg(error.errorString());
}

} // namespace

SyncResult<JsonNode> JsonNode::parse(const QString &file, const QByteArray &text)
{
    const JsonNode all(file, {}, Protocol::JsonSlice(QByteArrayView(text).trimmed()));
    if (!Protocol::isValidJson(text))
        return all.error(syntaxTrouble(text));
    return all;
}

QString JsonNode::where() const { return m_path.isEmpty() ? m_file : m_file + u": "_s + m_path; }

SyncError JsonNode::error(const QString &trouble) const
{
    return SyncError(where() + u": "_s + trouble, unusableFile);
}

SyncResult<JsonNode::Members> JsonNode::allMembers() const
{
    const auto object = Protocol::JsonObjectView::parse(m_json.text());
    if (!object)
        return error(u"expected an object, got %1"_s.arg(shown(m_json)));
    Members members;
    for (const auto &[name, value] : object->members()) {
        const QString text = QString::fromUtf8(name);
        const bool isWord = std::all_of(name.begin(), name.end(), [](char c) {
            return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
        });
        const QString step = isWord ? text : u"[\"%1\"]"_s.arg(text);
        const QString path = m_path + (m_path.isEmpty() || !isWord ? QString() : u"."_s) + step;
        const JsonNode node(m_file, path, value);
        if (!members.emplace(name, node).second)
            return node.error(u"is there twice"_s);
    }
    return members;
}

SyncResult<JsonNode::Members> JsonNode::members(std::initializer_list<QByteArrayView> known) const
{
    auto all = allMembers();
    const auto *const members = std::get_if<Members>(&all);
    if (!members)
        return all;
    for (const auto &[name, node] : *members) {
        if (std::find(known.begin(), known.end(), QByteArrayView(name)) != known.end())
            continue;
        QStringList names;
        for (const QByteArrayView each : known)
            names << QString::fromLatin1(each);
        return node.error(u"is unknown; expected one of %1"_s.arg(names.join(u", "_s)));
    }
    return all;
}

SyncResult<std::vector<JsonNode>> JsonNode::elements() const
{
    const auto array = Protocol::parseJsonArray(m_json.text());
    if (!array)
        return error(u"expected an array, got %1"_s.arg(shown(m_json)));
    std::vector<JsonNode> elements;
    elements.reserve(array->size());
    for (const Protocol::JsonSlice &each : *array)
        elements.push_back(JsonNode(m_file, m_path + u"[%1]"_s.arg(elements.size()), each));
    return elements;
}

SyncResult<QString> JsonNode::text() const
{
    const auto text = m_json.toString();
    return text ? SyncResult<QString>(*text) : error(u"expected a string, got %1"_s.arg(shown(m_json)));
}

SyncResult<bool> JsonNode::boolean() const
{
    const auto value = m_json.toBool();
    return value ? SyncResult<bool>(*value) : error(u"expected true or false, got %1"_s.arg(shown(m_json)));
}

SyncResult<qint64> JsonNode::number(qint64 least, qint64 most) const
{
    const auto value = m_json.toInteger();
    if (!value || *value < least || *value > most)
        return error(
                u"expected a whole number from %1 to %2, got %3"_s.arg(least).arg(most).arg(shown(m_json)));
    return *value;
}

} // namespace Twilio::Server
