#pragma once

#include <cstddef>
#include <cstring>
#include <string_view>

namespace Twilio::Protocol {

//! True if \a name is \a literal: of a length that the compiler knows, so that nothing is called to compare.
template <std::size_t N>
[[nodiscard]] bool isName(std::string_view name, const char (&literal)[N])
{
    return name.size() == N - 1 && std::memcmp(name.data(), literal, N - 1) == 0;
}

} // namespace Twilio::Protocol
