#pragma once

#include <QtCore/qcollator.h>
#include <QtCore/qvariant.h>

namespace Twilio {

/*!
    \brief Compares what a role holds, whatever that is: missing and null first, then false and true, numbers,
   dates, texts as the locale orders them, upper and lower case alike, and last what has no order, all of it
   equal.
*/
class KeyOrder
{
public:
    //! Texts are compared as QLocale() orders them now.
    KeyOrder() { m_collator.setCaseSensitivity(Qt::CaseInsensitive); }

    //! Less than 0, 0 or more than 0.
    [[nodiscard]] int compare(const QVariant &a, const QVariant &b) const;

private:
    QCollator m_collator { QLocale() };
};

} // namespace Twilio
