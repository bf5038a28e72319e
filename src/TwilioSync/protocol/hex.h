#pragma once

#include <QtCore/qglobal.h>

namespace Twilio {

//! Writes the last \a digits hexadecimal digits of \a number to \a at.
inline void putHex(char *at, int digits, quint64 number)
{
    for (int i = digits - 1; i >= 0; --i, number >>= 4)
        at[i] = "0123456789abcdef"[number & 15];
}

} // namespace Twilio
