#pragma once

#include "TwilioSync/store/collectionstore.h"

#include <QtCore/qlist.h>

namespace Twilio {

/*!
    \brief The model that shows rows which come, change and go.
*/
class RowListener
{
public:
    // In pairs, with nothing of this kind in between.
    virtual void beginInsertion(int first, int last) = 0;
    virtual void endInsertion() = 0;
    virtual void beginRemoval(int first, int last) = 0;
    virtual void endRemoval() = 0;

    virtual void rowsChanged(int first, int last, const QList<int> &roles) = 0;

protected:
    ~RowListener() = default;
};

/*!
    \brief The model that shows what a window says.
*/
class RowReceiver : public RowListener
{
public:
    //! \a to is where it stands afterwards.
    virtual void beginMove(int from, int to) = 0;
    virtual void endMove() = 0;
    virtual void beginReset() = 0;
    virtual void endReset() = 0;

    //! Anything but rows may be another: how many there are, whether they are all, the error, dates.
    virtual void windowChanged() = 0;
    virtual void itemHappened(const ItemEvent &event) = 0;

protected:
    ~RowReceiver() = default;
};

} // namespace Twilio
