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

    // Steps; those that have nothing to do at the moment do nothing.
    void deliver();
    void repeatEvent();
    void writeRaw();
    void callOwn();
    void fetchMore();
    void letTimePass();
    void cut();
    void restart();
    void openHandle();
    void closeHandle();
    void turnOrder();
    void refuseCalls();
    void limitReplays();
    void endObject();
    void throttle();
    void loseReplies();
    void point();
    void pointTo(Handle &handle, const RemoteObject &object, const QString &sid = {});
    void swap();
    void restartClient();
    //! What an application's slot may do besides: run an event loop in which all goes on.
    void runNestedLoop(const Handle *telling);
    void stepNested();

    //! One that is not telling its slots something; null if there is none.
    [[nodiscard]] Handle *someHandle();
    [[nodiscard]] World::Client &someClient();
    [[nodiscard]] RemoteObject someObject();
    [[nodiscard]] RemoteObject someObject(Kind kind);
    [[nodiscard]] bool isTelling(const Handle *handle) const;
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
    std::vector<RemoteObject> m_objects;
    //! Whole objects end, by removal or expiry.
    bool m_endsObjects = false;
    //! Restarts of the service disturb everybody.
    bool m_restarts = false;
    //! Slots run event loops.
    bool m_nests = false;
    //! Those in whose slots an event loop runs.
    std::vector<const Handle *> m_telling;
    //! Steps until the service lets clients in again.
    int m_stepsDown = 0;
};
