#include "TwilioSync/protocol/json.h"

#include "TwilioSync/protocol/jsonmembers.h"
#include "TwilioSync/protocol/paddedparser.h"

#include <QtCore/qscopeguard.h>

#include <algorithm>
#include <charconv>
#include <string_view>
#include <utility>

namespace Twilio::Protocol {
namespace {

namespace sj = simdjson::ondemand;

// One a thread: no allocation per document once it has grown.
thread_local PaddedParser g_parser;

// Maps a range of the padded copy, which is at \a padded, back onto the caller's text.
JsonSlice sliceOf(QByteArrayView json, const char *padded, std::string_view raw)
{
    const auto offset = qsizetype(raw.data() - padded);
    return JsonSlice(json.sliced(offset, qsizetype(raw.size())).trimmed());
}

std::string_view viewOf(QByteArrayView text) { return { text.data(), std::size_t(text.size()) }; }

// The text of \a value, which is consumed; scalars are not checked here.
bool rawText(sj::value value, std::string_view &raw)
{
    sj::json_type type;
    if (value.type().get(type))
        return false;
    if (type == sj::json_type::object) {
        sj::object object;
        return !value.get_object().get(object) && !object.raw_json().get(raw)
                && PaddedParser::closes(raw, '}');
    }
    if (type == sj::json_type::array) {
        sj::array array;
        return !value.get_array().get(array) && !array.raw_json().get(raw) && PaddedParser::closes(raw, ']');
    }
    raw = value.raw_json_token();
    return true;
}

// The name of \a field; if it holds half of a surrogate pair, which simdjson does not take, made in \a own.
bool nameOf(sj::field &field, std::string_view &name, QByteArray &own)
{
    const char *const raw = field.key().raw();
    if (!field.unescaped_key().get(name))
        return true;
    const char *end = raw;
    while (*end != '"')
        end += *end == '\\' ? 2 : 1;
    const auto text = jsonString(QByteArrayView(raw - 1, end - raw + 2));
    own = text ? wtf8(*text) : QByteArray();
    name = viewOf(own);
    return text.has_value();
}

// Calls \a take with name and value of each member of \a object, which is within \a json; false if it is
// malformed up to the last.
template <typename Take>
bool scanMembers(QByteArrayView json, sj::object object, Take take)
{
    QByteArray ownName;
    for (auto result : object) {
        std::string_view key;
        std::string_view raw;
        sj::value value;
        sj::field field;
        if (std::move(result).get(field) || !nameOf(field, key, ownName))
            return false;
        if (value = field.value(); !rawText(value, raw))
            return false;
        take(key, sliceOf(json, g_parser.padded(), raw));
    }
    return true;
}

constexpr bool mustBeEscaped(char c) { return c == '"' || c == '\\' || static_cast<unsigned char>(c) < 0x20; }

QByteArrayView bytesOf(std::string_view text) { return { text.data(), qsizetype(text.size()) }; }

// Calls \a visit with number, name and value of each member of each object in \a array, which is within \a
// json; gives how many there are, none if one is no object.
template <typename Visit>
std::optional<std::size_t> scanObjects(QByteArrayView json, sj::array array, const Visit &visit)
{
    std::size_t count = 0;
    for (auto element : array) {
        sj::object object;
        const auto take = [&](std::string_view key, JsonSlice value) { visit(count, bytesOf(key), value); };
        if (element.get_object().get(object) || !scanMembers(json, object, take))
            return std::nullopt;
        ++count;
    }
    return count;
}

} // namespace

bool visitJsonObject(QByteArrayView json, const std::function<void(QByteArrayView, JsonSlice)> &visit)
{
    sj::document document;
    const auto trim = qScopeGuard([] { g_parser.trim(); });
    sj::object object;
    return g_parser.read(json, document) && !document.get_object().get(object)
            && scanMembers(json, object,
                           [&visit](std::string_view key, JsonSlice value) { visit(bytesOf(key), value); })
            && PaddedParser::isAtEnd(document);
}

std::optional<std::size_t>
visitJsonObjects(QByteArrayView json,
                 const std::function<void(std::size_t, QByteArrayView, JsonSlice)> &visit)
{
    sj::document document;
    sj::array array;
    const auto trim = qScopeGuard([] { g_parser.trim(); });
    if (!g_parser.read(json, document) || document.get_array().get(array))
        return std::nullopt;
    const auto count = scanObjects(json, array, visit);
    return PaddedParser::isAtEnd(document) ? count : std::nullopt;
}

std::optional<std::size_t>
visitJsonObjects(QByteArrayView json, QByteArrayView array,
                 const std::function<void(std::size_t, QByteArrayView, JsonSlice)> &visit,
                 const std::function<void(QByteArrayView, JsonSlice)> &visitOther)
{
    sj::document document;
    sj::object object;
    const auto trim = qScopeGuard([] { g_parser.trim(); });
    if (!g_parser.read(json, document) || document.get_object().get(object))
        return std::nullopt;
    std::optional<std::size_t> count;
    QByteArray ownName;
    for (auto result : object) {
        std::string_view key;
        std::string_view raw;
        sj::field field;
        if (std::move(result).get(field) || !nameOf(field, key, ownName))
            return std::nullopt;
        if (key == viewOf(array)) {
            sj::array objects;
            if (count || field.value().get_array().get(objects))
                return std::nullopt;
            count = scanObjects(json, objects, visit);
            if (!count)
                return std::nullopt;
        } else if (sj::value value = field.value(); rawText(value, raw)) {
            visitOther(bytesOf(key), sliceOf(json, g_parser.padded(), raw));
        } else {
            return std::nullopt;
        }
    }
    return PaddedParser::isAtEnd(document) ? count : std::nullopt;
}

std::optional<JsonObjectView> JsonObjectView::parse(QByteArrayView json)
{
    JsonObjectView view;
    const bool ok = visitJsonObject(json, [&view](QByteArrayView name, JsonSlice value) {
        view.m_members.emplace_back(name.toByteArray(), value);
    });
    if (!ok)
        return std::nullopt;
    return view;
}

JsonSlice JsonObjectView::value(QByteArrayView name) const
{
    for (auto it = m_members.crbegin(); it != m_members.crend(); ++it) {
        if (it->first == name)
            return it->second;
    }
    return {};
}

JsonSlice findJsonMember(QByteArrayView json, QByteArrayView name)
{
    JsonSlice found;
    (void)findMembers(json, [&](QByteArrayView key) { return key == name ? &found : nullptr; });
    return found;
}

bool findJsonMembers(QByteArrayView json, std::span<const QByteArray> names, std::span<JsonSlice> found)
{
    std::fill(found.begin(), found.end(), JsonSlice());
    return findMembers(json, [&](QByteArrayView key) {
        const auto at = std::find_if(names.begin(), names.end(),
                                     [key](const QByteArray &name) { return key == name; });
        return at == names.end() ? nullptr : &found[std::size_t(at - names.begin())];
    });
}

std::optional<std::vector<JsonSlice>> parseJsonArray(QByteArrayView json)
{
    sj::document document;
    sj::array array;
    const auto trim = qScopeGuard([] { g_parser.trim(); });
    if (!g_parser.read(json, document) || document.get_array().get(array))
        return std::nullopt;
    std::vector<JsonSlice> elements;
    for (auto element : array) {
        std::string_view raw;
        sj::value value;
        if (element.get(value) || !rawText(value, raw))
            return std::nullopt;
        elements.push_back(sliceOf(json, g_parser.padded(), raw));
    }
    if (!PaddedParser::isAtEnd(document))
        return std::nullopt;
    return elements;
}

std::optional<qint64> JsonSlice::toInteger() const
{
    qint64 number = 0;
    const char *const end = m_text.data() + m_text.size();
    const auto [rest, error] = std::from_chars(m_text.data(), end, number);
    if (error != std::errc() || rest != end)
        return std::nullopt;
    return number;
}

std::optional<bool> JsonSlice::toBool() const
{
    if (m_text == QByteArrayView("true"))
        return true;
    if (m_text == QByteArrayView("false"))
        return false;
    return std::nullopt;
}

std::optional<QByteArrayView> JsonSlice::plainText() const
{
    if (!isString() || m_text.size() < 2 || !m_text.endsWith('"'))
        return std::nullopt;
    const QByteArrayView text = m_text.sliced(1).chopped(1);
    const bool isPlain = std::all_of(text.begin(), text.end(),
                                     [](char c) { return c >= 0x20 && c < 0x7f && c != '"' && c != '\\'; });
    return isPlain ? std::optional(text) : std::nullopt;
}

std::optional<QByteArray> JsonSlice::toUtf8() const
{
    if (const auto plain = plainText())
        return plain->toByteArray();
    if (!isString())
        return std::nullopt;
    sj::document document;
    std::string_view text;
    const auto trim = qScopeGuard([] { g_parser.trim(); });
    if (!g_parser.read(m_text, document) || document.get_string().get(text))
        return std::nullopt;
    return QByteArray(text.data(), qsizetype(text.size()));
}

std::optional<QString> JsonSlice::toString() const
{
    if (const auto plain = plainText())
        return QString::fromLatin1(*plain);
    if (const auto utf8 = toUtf8())
        return QString::fromUtf8(*utf8);
    // simdjson takes no half of a surrogate pair
    return m_text.isValidUtf8() ? jsonString(m_text) : std::nullopt;
}

bool needsEscapes(QByteArrayView utf8) { return std::any_of(utf8.begin(), utf8.end(), mustBeEscaped); }

QByteArray quoteJson(QByteArrayView utf8)
{
    static constexpr char hex[] = "0123456789abcdef";
    QByteArray to;
    to.reserve(utf8.size() + 2);
    to += '"';
    const char *const end = utf8.data() + utf8.size();
    for (const char *at = utf8.data(); at != end;) {
        const char *const next = std::find_if(at, end, mustBeEscaped);
        to.append(at, next - at);
        at = next;
        if (at == end)
            break;
        const char c = *at++;
        if (c == '"' || c == '\\') {
            to += '\\';
            to += c;
        } else {
            to += "\\u00";
            to += hex[c >> 4];
            to += hex[c & 15];
        }
    }
    to += '"';
    return to;
}

QByteArray quoteJson(QStringView text)
{
    QByteArray json;
    appendJsonString(json, text);
    return json;
}

QByteArray compactJson(QByteArrayView json)
{
    QByteArray out(json.size(), Qt::Uninitialized);
    std::size_t size = 0;
    if (simdjson::minify(json.data(), std::size_t(json.size()), out.data(), size))
        return json.toByteArray();
    out.truncate(qsizetype(size));
    return out;
}

} // namespace Twilio::Protocol
