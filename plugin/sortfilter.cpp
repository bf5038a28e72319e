#include "sortfilter.h"

#include "arguments.h"
#include "promise.h"

#include <QtQml/qqmlinfo.h>

using namespace Qt::StringLiterals;

namespace Twilio::Qml {

void SortFilterElement::setFunction(const QJSValue &function)
{
    if (!isMissing(function) && !function.isCallable()) {
        warn(wrongArgument(u"filterFunction", u"a function", function).message());
        return;
    }
    if (function.strictlyEquals(m_function))
        return;
    m_function = function;
    m_hasThrown = false;
    if (isMissing(function))
        setFilterFunction({});
    else
        setFilterFunction([this](const QModelIndex &sourceIndex) { return isAccepted(sourceIndex); });
    Q_EMIT filterFunctionChanged();
}

void SortFilterElement::warn(const QString &message) const { qmlWarning(this) << message; }

bool SortFilterElement::isAccepted(const QModelIndex &sourceIndex)
{
    if (!m_call) {
        m_engine = engineOf(this);
        if (m_engine)
            m_call.emplace(m_engine);
    }
    if (!m_engine)
        return false;
    QJSValue item = m_engine->newObject();
    const QHash<int, QByteArray> names = sourceModel()->roleNames();
    for (auto it = names.cbegin(); it != names.cend(); ++it)
        item.setProperty(QString::fromUtf8(it.value()), m_engine->toScriptValue(sourceIndex.data(it.key())));
    const CallOutcome outcome = (*m_call)(m_function, { item });
    if (outcome.threw && !std::exchange(m_hasThrown, true))
        warn(u"filterFunction: %1"_s.arg(reasonText(outcome.value)));
    return !outcome.threw && outcome.value.toBool();
}

} // namespace Twilio::Qml
