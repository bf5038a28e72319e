#include "server/queries/query.h"

#include "TwilioSync/protocol/json.h"

#include <algorithm>
#include <optional>

namespace Twilio::Server {
namespace {

using Protocol::JsonObjectView;
using Protocol::JsonSlice;
using Node = Query::Node;

// An item while it is looked at: its members are located once for all conditions.
class Row
{
public:
    Row(QStringView key, QByteArrayView data) : m_key(key), m_data(data) { }

    [[nodiscard]] QStringView key() const { return m_key; }
    [[nodiscard]] JsonSlice find(const std::vector<QByteArray> &path)
    {
        if (!m_members)
            m_members = JsonObjectView::parse(m_data);
        JsonSlice value = m_members ? m_members->value(path.front()) : JsonSlice();
        for (std::size_t i = 1; i < path.size() && value.exists(); ++i) {
            const auto inner = value.isObject() ? JsonObjectView::parse(value.text()) : std::nullopt;
            value = inner ? inner->value(path[i]) : JsonSlice();
        }
        return value;
    }

private:
    const QStringView m_key;
    const QByteArrayView m_data;
    std::optional<JsonObjectView> m_members;
};

// None for what has no text: null, objects and lists.
std::optional<QString> textOf(const JsonSlice &value)
{
    if (const auto plain = value.plainText())
        return QString::fromLatin1(*plain);
    if (value.isString())
        return value.toString();
    if (!value.exists() || value.isNull() || value.isObject() || value.isArray())
        return std::nullopt;
    return QString::fromLatin1(value.text());
}

bool isWanted(const Node &condition, QStringView text)
{
    return std::any_of(condition.values.cbegin(), condition.values.cend(), [&](const QString &value) {
        return condition.kind == Node::Kind::Contains ? text.contains(value) : text == value;
    });
}

bool holds(const Node &condition, Row &row)
{
    if (condition.path.empty())
        return condition.kind != Node::Kind::Null && isWanted(condition, row.key());
    const JsonSlice value = row.find(condition.path);
    if (condition.kind == Node::Kind::Null)
        return !value.exists() || value.isNull();
    const auto wanted = [&](const JsonSlice &one) {
        const auto text = textOf(one);
        return text && isWanted(condition, *text);
    };
    if (!value.isArray())
        return wanted(value);
    const auto elements = Protocol::parseJsonArray(value.text());
    return elements && std::any_of(elements->cbegin(), elements->cend(), wanted);
}

bool matches(const Node &node, Row &row)
{
    const auto matching = [&](const Node &child) { return matches(child, row); };
    switch (node.kind) {
    case Node::Kind::All:
        return std::all_of(node.children.cbegin(), node.children.cend(), matching);
    case Node::Kind::Any:
        return std::any_of(node.children.cbegin(), node.children.cend(), matching);
    case Node::Kind::Null:
    case Node::Kind::Equal:
    case Node::Kind::Contains:
        return holds(node, row) != node.isNegated;
    }
    Q_UNREACHABLE();
}

} // namespace

bool Query::matches(QStringView key, QByteArrayView data) const
{
    Row row(key, data);
    return Server::matches(m_root, row);
}

} // namespace Twilio::Server
