#pragma once

#include "TwilioSync/core/scripthold.h"

#include <QtCore/qabstractitemmodel.h>
#include <QtCore/qmetaobject.h>
#include <QtCore/qthread.h>

#include <functional>

namespace Twilio {

/*!
    \brief Keeps a model from a script's garbage collection while somebody follows its rows: a view, a proxy.

    To be called by the model's connectNotify() and disconnectNotify().
*/
class ModelHold
{
public:
    void connected(QAbstractItemModel *model, const QMetaMethod &signal)
    {
        if (!m_hold && signal == rows() && QThread::currentThread() == model->thread())
            m_hold = holdInScript(model);
    }
    //! \a isFollowed is asked later: nothing may be asked of an object here.
    void disconnected(QAbstractItemModel *model, std::function<bool()> isFollowed)
    {
        if (!m_hold)
            return;
        QMetaObject::invokeMethod(
                model,
                [this, isFollowed = std::move(isFollowed)] {
                    if (!isFollowed())
                        m_hold.reset();
                },
                Qt::QueuedConnection);
    }

    //! The signal that whoever shows rows is connected to.
    [[nodiscard]] static QMetaMethod rows()
    {
        return QMetaMethod::fromSignal(&QAbstractItemModel::rowsInserted);
    }

private:
    ScriptHold m_hold;
};

} // namespace Twilio
