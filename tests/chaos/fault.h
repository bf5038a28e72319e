#pragma once

#include <QtCore/qglobal.h>

#include <array>

//! What is done to connections, tokens and the service.
enum class Fault : quint8 {
    CutUp,
    CutDown,
    Stall,
    DeadUp,
    DeadDown,
    LateUp,
    Trickle,
    LostReply,
    DoubledReply,
    DoubledEvent,
    OvertakenEvent,
    InterruptedReplay,
    Throttled,
    Unavailable,
    RefusedInit,
    Offloaded,
    RevokedToken,
    ShortToken,
    RotatedToken,
    BadProvider,
    KilledService,
    ClockJump,
};

//! As the table calls each.
inline constexpr std::array faultNames {
    "cut inside a frame of ours",
    "cut inside a frame of the service",
    "stall in both directions",
    "half-open: ours is lost",
    "half-open: theirs is lost",
    "ours arrives after the connection",
    "slow trickle",
    "reply lost",
    "reply doubled",
    "live event doubled",
    "live event overtaken",
    "replay interrupted",
    "429 to a request",
    "503 to a request",
    "429 or 503 to init",
    "308, go elsewhere",
    "410, token expired",
    "token of a few seconds",
    "token rotated",
    "provider late, failing or stale",
    "kill -9 of the service",
    "clock of the service jumps",
};
inline constexpr int faultCount = int(faultNames.size());
static_assert(faultCount == int(Fault::ClockJump) + 1);
