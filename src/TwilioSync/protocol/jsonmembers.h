#pragma once

#include "TwilioSync/core/jsontext.h"
#include "TwilioSync/protocol/json.h"
#include "TwilioSync/protocol/jsonwalk.h"

namespace Twilio::Protocol {

//! Puts each member of the object \a json where \a placeOf its name is, if anywhere, the last one of a name;
//! false if \a json is not all of one. What is within a value is not looked at.
template <typename PlaceOf>
[[nodiscard]] bool findMembers(QByteArrayView json, PlaceOf placeOf)
{
    JsonWalk walk(json);
    while (walk.next()) {
        const QByteArrayView written = walk.name();
        JsonSlice *place = nullptr;
        if (!written.contains('\\'))
            place = placeOf(written.sliced(1).chopped(1));
        else if (const auto text = jsonString(written))
            place = placeOf(wtf8(*text));
        if (place)
            *place = JsonSlice(walk.value());
    }
    return walk.isAtEnd();
}

} // namespace Twilio::Protocol
