#pragma once

#include <QtCore/qglobal.h>

// protocol.md, section 12.
namespace Twilio::Server::Limits {

//! Bytes of compact JSON of documents, items and contexts.
inline constexpr qsizetype data = 16 * 1024;
//! Bytes of compact JSON of a stream message.
inline constexpr qsizetype message = 4 * 1024;
//! UTF-16 units, at least one.
inline constexpr qsizetype uniqueName = 320;
inline constexpr qsizetype key = 320;
inline constexpr qsizetype pageSize = 100;
inline constexpr qsizetype defaultPageSize = 50;

} // namespace Twilio::Server::Limits
