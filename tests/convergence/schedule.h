#pragma once

#include "random.h"
#include "world.h"
#include "writers.h"

#include <cstdint>
#include <vector>

/*!
    \brief One random run, told by one number.

    A world is made, random steps disturb it, then everything heals and the models must show what the service
   has.
*/
class Schedule
{
public:
    //! \a isVerbose prints each step.
    Schedule(VirtualTime &time, std::uint64_t seed, bool isVerbose);

    //! What was wrong; empty if nothing was.
    [[nodiscard]] QString run();

private:
    void makeWorld();
    void step();
    [[nodiscard]] View someView();

    // Steps; each says whether there was something to do.
    bool deliver();
    bool repeatEvent();
    bool writeRaw();
    bool callOwn();
    bool fetchMore();
    bool letTimePass();
    bool cut();
    bool restart();
    bool openHandle();
    bool closeHandle();
    bool turnOrder();
    bool refuseCalls();
    bool limitReplays();
    bool endObject();

    [[nodiscard]] Handle *someHandle();
    [[nodiscard]] World::Client &someClient();
    void deliverOne(const SimulatedLinkPtr &link);
    template <typename Text>
    void say(Text text)
    {
        if (m_isVerbose)
            print(text());
    }
    static void print(const QString &line);

    Random m_random;
    const bool m_isVerbose;
    World m_world;
    Writers m_writers;
    std::vector<Kind> m_kinds;
    //! Whole objects end, by removal or expiry.
    bool m_endsObjects = false;
    //! Restarts of the service disturb everybody.
    bool m_restarts = false;
    //! Steps until the service lets clients in again.
    int m_stepsDown = 0;
};
