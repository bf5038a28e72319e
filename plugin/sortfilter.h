#pragma once

#include "javascript.h"

#include "TwilioSync/api/syncsortfiltermodel.h"

#include <QtCore/qpointer.h>
#include <QtQml/qjsvalue.h>
#include <QtQml/qqmlregistration.h>

#include <optional>

namespace Twilio::Qml {

/*!
    \brief SyncSortFilterModel in QML.

    \code
    SyncSortFilterModel {
        model: tasks
        sortRole: "title"
        filterFunction: task => !task.done
    }
    \endcode
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class SortFilterElement : public Twilio::SyncSortFilterModel
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SortFilterElement)
    QML_NAMED_ELEMENT(SyncSortFilterModel)
    //! Gets an object with the values of a row under the names of their roles; a row is shown if the result
    //! is true as JavaScript sees it. One that throws is told of once, and the row is not shown.
    Q_PROPERTY(QJSValue filterFunction READ function WRITE setFunction NOTIFY filterFunctionChanged FINAL)

public:
    using SyncSortFilterModel::SyncSortFilterModel;

    [[nodiscard]] QJSValue function() const { return m_function; }
    void setFunction(const QJSValue &function);

Q_SIGNALS:
    void filterFunctionChanged();

protected:
    void warn(const QString &message) const override;

private:
    [[nodiscard]] bool isAccepted(const QModelIndex &sourceIndex);

    QPointer<QJSEngine> m_engine;
    std::optional<GuardedCall> m_call;
    QJSValue m_function;
    //! What the present function has thrown has been told.
    bool m_hasThrown = false;
};

} // namespace Twilio::Qml
