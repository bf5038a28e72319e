#include "server/queries/query.h"
#include "server/queries/querytokens.h"
#include "TwilioSync/core/jsontext.h"

#include <QtCore/qhash.h>

#include <optional>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

using Node = Query::Node;
using Kind = QueryToken::Kind;

enum class Operator : quint8 { And, Or, Equal, In, Contains };
struct Operation
{
    Operator what;
    bool isNegated = false;
};

// By the lower-case word or the sign.
std::optional<Operation> operationOf(const QueryToken &token)
{
    static const QHash<QString, Operation> known {
        { u"and"_s, { Operator::And } },
        { u"&&"_s, { Operator::And } },
        { u"or"_s, { Operator::Or } },
        { u"||"_s, { Operator::Or } },
        { u"eq"_s, { Operator::Equal } },
        { u"=="_s, { Operator::Equal } },
        { u"not_eq"_s, { Operator::Equal, true } },
        { u"!="_s, { Operator::Equal, true } },
        { u"in"_s, { Operator::In } },
        { u"not_in"_s, { Operator::In, true } },
        { u"contains"_s, { Operator::Contains } },
        { u"not_contains"_s, { Operator::Contains, true } },
    };
    if (token.kind != Kind::Word && token.kind != Kind::Sign)
        return std::nullopt;
    const QString lower = token.text.toLower();
    if (token.text != lower && token.text != token.text.toUpper())
        return std::nullopt;
    const auto found = known.constFind(lower);
    return found == known.cend() ? std::nullopt : std::optional(*found);
}

QString shown(const QueryToken &token)
{
    constexpr qsizetype most = 40;
    if (token.kind == Kind::End)
        return u"the end"_s;
    if (token.kind == Kind::Unknown && token.text.size() > 2)
        return token.text; // in words
    const QString text = token.text.size() > most ? token.text.first(most) + u'…' : token.text;
    return token.kind == Kind::String ? u"the string \""_s + text + u'"' : u'\'' + text + u'\'';
}

// Recursive descent; after the first fault all come back empty-handed.
class Parser
{
public:
    explicit Parser(QStringView expression) : m_expression(expression), m_token(nextToken(expression, 0)) { }

    [[nodiscard]] std::optional<QueryFault> fault() const { return m_fault; }

    Node whole()
    {
        if (m_token.kind == Kind::End)
            return {};
        Node root = joined(Operator::Or);
        if (!m_fault && m_token.kind != Kind::End)
            expected(u"AND, OR or the end"_s);
        return root;
    }

private:
    void advance() { m_token = nextToken(m_expression, m_token.end); }

    bool take(Kind kind)
    {
        if (m_token.kind != kind)
            return false;
        advance();
        return true;
    }

    void fail(const QString &what, QueryFault::Kind kind = QueryFault::Kind::Malformed)
    {
        if (!m_fault)
            m_fault = QueryFault { kind, m_token.begin, what };
    }

    void expected(const QString &what) { fail(u"expected %1, found %2"_s.arg(what, shown(m_token))); }

    // Operands of AND or of OR, whose own operands are those of AND.
    Node joined(Operator by)
    {
        Node node { by == Operator::And ? Node::Kind::All : Node::Kind::Any };
        while (!m_fault) {
            node.children.push_back(by == Operator::Or ? joined(Operator::And) : primary());
            const auto operation = operationOf(m_token);
            if (!operation || operation->what != by)
                break;
            advance();
        }
        if (node.children.size() == 1) {
            Node only = std::move(node.children.front());
            return only;
        }
        return node;
    }

    Node primary()
    {
        if (m_token.kind != Kind::Open)
            return condition();
        if (m_depth == Query::maxDepth) {
            fail(u"more than %1 parentheses in each other"_s.arg(Query::maxDepth));
            return {};
        }
        advance();
        ++m_depth;
        Node node = joined(Operator::Or);
        --m_depth;
        if (!m_fault && !take(Kind::Close))
            expected(u"AND, OR or ')'"_s);
        return node;
    }

    Node condition()
    {
        Node node { Node::Kind::Equal };
        node.path = path();
        if (m_fault)
            return {};
        const auto operation = operationOf(m_token);
        if (!operation || operation->what == Operator::And || operation->what == Operator::Or) {
            expected(u"an operator (==, !=, IN, NOT_IN, CONTAINS, NOT_CONTAINS)"_s);
            return {};
        }
        advance();
        node.isNegated = operation->isNegated;
        if (operation->what == Operator::In) {
            values(node);
        } else if (operation->what == Operator::Equal && m_token.kind == Kind::Word
                   && (m_token.text == "null"_L1 || m_token.text == "NULL"_L1)) {
            node.kind = Node::Kind::Null;
            advance();
        } else {
            if (operation->what == Operator::Contains)
                node.kind = Node::Kind::Contains;
            value(node);
        }
        return node;
    }

    // Empty for the key, and after a fault.
    std::vector<QByteArray> path()
    {
        std::vector<QByteArray> names;
        if (m_token.kind != Kind::Word || (m_token.text != "data"_L1 && m_token.text != "key"_L1)) {
            expected(u"a field (key, or data.NAME)"_s);
            return names;
        }
        const bool isKey = m_token.text == "key"_L1;
        advance();
        if (isKey)
            return names;
        while (take(Kind::Dot)) {
            if (m_token.kind != Kind::Word && m_token.kind != Kind::String) {
                expected(u"the name of a member"_s);
                return {};
            }
            names.push_back(wtf8(m_token.text));
            advance();
        }
        if (names.empty())
            expected(u"'.' and the name of a member of data"_s);
        return names;
    }

    void value(Node &node)
    {
        if (m_token.kind == Kind::String)
            node.values.push_back(m_token.text);
        else
            expected(u"a value in double quotes"_s);
        advance();
    }

    void values(Node &node)
    {
        if (!take(Kind::OpenArray)) {
            expected(u"'['"_s);
            return;
        }
        if (take(Kind::CloseArray))
            return;
        do {
            if (qsizetype(node.values.size()) == Query::maxArray)
                fail(u"a list of more than %1 values"_s.arg(Query::maxArray), QueryFault::Kind::ArrayTooLong);
            value(node);
        } while (!m_fault && take(Kind::Comma));
        if (!m_fault && !take(Kind::CloseArray))
            expected(u"',' or ']'"_s);
    }

    const QStringView m_expression;
    QueryToken m_token;
    int m_depth = 0;
    std::optional<QueryFault> m_fault;
};

} // namespace

std::variant<Query, QueryFault> Query::parse(QStringView expression)
{
    if (expression.size() > maxLength)
        return QueryFault { QueryFault::Kind::Malformed, maxLength,
                            u"more than %1 characters"_s.arg(maxLength) };
    Parser parser(expression);
    Node root = parser.whole();
    if (const auto fault = parser.fault())
        return *fault;
    return Query(std::move(root));
}

} // namespace Twilio::Server
