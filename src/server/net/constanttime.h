#pragma once

#include <QtCore/qbytearrayview.h>

namespace Twilio::Server {

//! Compares secrets: the time it takes says nothing about where the two differ.
[[nodiscard]] inline bool equalInConstantTime(QByteArrayView a, QByteArrayView b)
{
    if (a.size() != b.size())
        return false;
    int difference = 0;
    for (qsizetype i = 0; i < a.size(); ++i)
        difference |= a[i] ^ b[i];
    return difference == 0;
}

} // namespace Twilio::Server
