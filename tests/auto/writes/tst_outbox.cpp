#include "scriptedoutbox.h"

#include <QtCore/qregularexpression.h>

using namespace Twilio;
using namespace Qt::StringLiterals;

// The outbox alone, in virtual time, against a service that the steps play; see ScriptedOutbox.
class tst_Outbox : public QObject
{
    Q_OBJECT

public:
    explicit tst_Outbox(VirtualTime &time) : m_time(time) { }

private Q_SLOTS:
    void init() { QTest::failOnWarning(QRegularExpression(u".*"_s)); }
    void script_data();
    void script();
    void fiftyThousandAbortedMutationsNeedNoStack();
    void manyEndTogetherInSlices_data();
    void manyEndTogetherInSlices();
    void pipelinedPushesKeepTheirOrderWhenRefused();

private:
    VirtualTime &m_time;
};

void tst_Outbox::script_data()
{
    QTest::addColumn<QString>("steps");
    QTest::addColumn<QString>("expected");
    const auto row = [](const char *name, const QString &steps, const QString &expected) {
        QTest::newRow(name) << steps << expected;
    };

    row("waiting sets become one", u"set k 1; set k 2; set k 3; ok; ok"_s,
        u">set k 1, 1 ok 1, >set k 3, 2 ok 3, 3 ok 3"_s);
    row("the latest TTL of what a set replaces", u"set k 1; set k 2 60; set k 3; ok; ok"_s,
        u">set k 1, 1 ok 1, >set k 3 ttl 60, 2 ok 3, 3 ok 3"_s);
    row("items go side by side", u"set k 1; set j 2; ok:2; ok"_s, u">set k 1, >set j 2, 2 ok 2, 1 ok 1"_s);
    row("ordered: one after the other", u"ordered; set k 1; set j 2; push 3; ok; ok; ok"_s,
        u">set k 1, 1 ok 1, >set j 2, 2 ok 2, >push 3, 3 ok 3"_s);
    row("a removal supersedes what waits", u"set k 1; set k 2; remove k; ok; is k 1 r1 1; ok"_s,
        u">set k 1, 2 superseded: remove() came before it was sent, 1 ok 1, ?k, >remove k, 3 ok"_s);
    row("what was never made need not be removed", u"down; set k 1; remove k; up; isnt"_s,
        u"1 superseded: remove() came before it was sent, ?k, 2 ok"_s);
    row("a removal of nothing", u"remove k; isnt"_s, u"?k, 1 missing"_s);
    row("a set after a removal comes after it", u"know k 5 r5 5; remove k; set k 2; ok; ok"_s,
        u">remove k, 1 ok, >set k 2, 2 ok 2"_s);
    row("waiting updates become one", u"set k 1; update k 2; update k 3; ok; is k 1 r1 1; ok"_s,
        u">set k 1, 1 ok 1, ?k, >update k 1,\"2\":2,\"3\":3 on r1, 2 ok 1,\"2\":2,\"3\":3, 3 ok 1,\"2\":2,\"3\":3"_s);
    row("an update of what cannot be read", u"know k [ r5 5; update k 2; erase k n"_s,
        u"1 update: the value that is there cannot be read as a JSON object, "_s
        u"2 update: the value that is there cannot be read as a JSON object"_s);
    row("a mutation of what cannot be read", u"know k [ r5 5; mutate k"_s,
        u"1 mutate: the value that is there cannot be read as a JSON object"_s);
    row("an update that waits and one that deletes what it sets",
        u"down; update k 2; update k 3; erase k 2; up; is k 1,\"2\":7 r1 1; ok"_s,
        u"?k, >update k 1,\"3\":3 on r1, 1 ok 1,\"3\":3, 2 ok 1,\"3\":3, 3 ok 1,\"3\":3"_s);
    row("an update that waits and one that sets what it deletes",
        u"down; erase k 2; update k 3; update k 2; up; is k 1,\"2\":7 r1 1; ok"_s,
        u"?k, >update k 1,\"2\":2,\"3\":3 on r1, 1 ok 1,\"2\":2,\"3\":3, 2 ok 1,\"2\":2,\"3\":3, 3 ok 1,\"2\":2,\"3\":3"_s);
    row("lost deletion of a field, applied", u"know k 1,\"2\":7 r5 5; erase k 2; lost; 412; is k 1 r6 6"_s,
        u">update k 1 on r5, >update k 1 on r5, ?k, 1 ok 1"_s);
    row("lost deletion of a field, never applied, another field changed",
        u"know k 1,\"2\":7 r5 5; erase k 2; lost; changed k 8,\"2\":7 6; 412; is k 8,\"2\":7 r6 6; ok"_s,
        u">update k 1 on r5, >update k 1 on r5, ?k, >update k 8 on r6, 1 ok 8"_s);
    row("lost deletion of a field, perhaps applied, and the field made again",
        u"know k 1,\"2\":7 r5 5; erase k 2; lost; missed 7; changed k 1,\"2\":7 7; 412; is k 1,\"2\":7 r7 7"_s,
        u">update k 1 on r5, >update k 1 on r5, ?k, 1 update: sent, and perhaps applied: disconnected (unknown)"_s);
    row("the end of the object supersedes everything", u"down; push 1; set k 2; removeObject; up; ok"_s,
        u"1 superseded: removeObject() came before it was sent, "_s
        u"2 superseded: removeObject() came before it was sent, >removeObject, 3 ok"_s);

    row("refused for now", u"push 1; 429; wait 700; wait 600; ok"_s, u">push 1, >push 1, 1 ok 1"_s);
    row("Retry-After", u"push 1; 429+7; wait 6900; set k 2; wait 200; ok; ok"_s,
        u">push 1, >push 1, >set k 2, 1 ok 1, 2 ok 2"_s);
    row("ordered pushes under 429 keep their places", u"ordered; push 1; push 2; 429; wait 1300; ok; ok"_s,
        u">push 1, >push 1, 1 ok 1, >push 2, 2 ok 2"_s);
    row("without order only what was in flight overtakes",
        u"push 1; push 2; 429; push 3; ok; wait 1300; ok; ok"_s,
        u">push 1, >push 2, 2 ok 2, >push 1, >push 3, 1 ok 1, 3 ok 3"_s);
    row("refused for ever", u"push 1; 429+60; wait 30000; 429+60; wait 30000; 429+60; wait 30000; 429+60"_s,
        u">push 1, >push 1, >push 1, >push 1, 1 429"_s);
    row("refused", u"set k 1; 400"_s, u">set k 1, 1 400"_s);

    row("nothing is sent while the connection is away", u"down; set k 1; push 2; up; ok; ok"_s,
        u">set k 1, >push 2, 1 ok 1, 2 ok 2"_s);
    row("cancelled while it waits", u"down; set k 1; set j 2; cancel 1; up; ok"_s,
        u"1 cancelled, >set j 2, 2 ok 2"_s);
    row("cancelled in flight, and done all the same", u"set k 1; cancel 1; ok"_s, u">set k 1, 1 ok 1"_s);
    row("cancelled in flight, and lost", u"know k 5 r5 5; set k 1; cancel 1; lost"_s,
        u">set k 1, 1 set: sent, and perhaps applied: disconnected (unknown)"_s);
    row("cancelled in flight, and refused for now", u"push 1; cancel 1; 429; wait 60000"_s,
        u">push 1, 1 429"_s);
    row("no function runs for who has gone", u"set k 1; mutate k; drop 2; ok; wait 1000"_s,
        u">set k 1, 1 ok 1"_s);
    row("no function runs again for who has gone", u"know k 5 r5 5; mutate k; drop 1; 412; wait 9000"_s,
        u"run 5, >mutate k 6 on r5, 1 closed (unknown)"_s);
    row("nothing is sent again for who has gone", u"know k 5 r5 5; mutate k; 429; drop 1; wait 9000"_s,
        u"run 5, >mutate k 6 on r5"_s);
    row("what goes on for others may happen", u"down; set k 1; set k 2; drop 2; up; ok"_s,
        u"2 closed (unknown), >set k 2, 1 ok 2"_s);
    row("nothing is sent for who has gone", u"down; set k 1; push 2; drop 1; drop 2; up; wait 1000"_s, {});
    row("nothing is looked for whose caller has gone", u"push 1; lost; drop 1; caughtUp; push 2; ok"_s,
        u">push 1, 1 closed (unknown), >push 2, 2 ok 2"_s);

    row("a lost race", u"know k 5 r5 5; mutate k; 412; is k 8 r8 8; ok"_s,
        u"run 5, >mutate k 6 on r5, ?k, run 8, >mutate k 9 on r8, 1 ok 9"_s);
    row("a new map item", u"mutate k; isnt; created"_s, u"?k, run 0, >mutate k 1 on -1, 1 ok 1"_s);
    row("a mutation that aborts", u"know k -1 r5 5; mutate k"_s, u"run -1, 1 ok -1"_s);

    row("lost removal, applied", u"know k 5 r5 5; remove k; lost; 404"_s,
        u">remove k, >remove k on r5, gone, 1 ok"_s);
    row("lost removal, applied, and the key made again",
        u"know k 5 r5 5; remove k; lost; gone k 6; changed k 5 7; 412; is k 5 r7 7"_s,
        u">remove k, >remove k on r5, ?k, 1 ok"_s);
    row("lost removal, never applied, and the item changed",
        u"know k 5 r5 5; remove k; lost; changed k 8 6; 412; is k 8 r6 6; ok"_s,
        u">remove k, >remove k on r5, ?k, >remove k, 1 ok"_s);
    row("lost removal, applied, and the key made again before it was repeated on nothing",
        u"know k 5 r5 5; remove k; lost; 412; isnt"_s, u">remove k, >remove k on r5, ?k, gone, 1 ok"_s);
    row("lost removal, perhaps applied, and the key perhaps made again",
        u"know k 5 r5 5; remove k; lost; missed 7; changed k 5 7; 412; is k 5 r7 7"_s,
        u">remove k, >remove k on r5, ?k, 1 remove: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost removal of what nobody follows, and the item changed once",
        u"follow no; know k 5 r5 5; remove k; lost; 412; is k 8 r1 1; ok"_s,
        u">remove k, >remove k on r5, ?k, >remove k, 1 ok"_s);
    row("lost removal by index, which never comes again", u"know #3 5 r5 5; remove #3; lost; 404"_s,
        u">remove #3, >remove #3, gone, 1 ok"_s);
    row("lost removal of the object, applied", u"removeObject; lost; 404"_s,
        u">removeObject, >removeObject, gone, 1 ok"_s);
    row("a removal that was not lost", u"know k 5 r5 5; remove k; 404"_s, u">remove k, 1 404"_s);
    row("lost mutation, applied", u"know k 5 r5 5; mutate k; lost; 412; is k 6 r6 6"_s,
        u"run 5, >mutate k 6 on r5, >mutate k 6 on r5, ?k, 1 ok 6"_s);
    row("lost mutation, applied, then overwritten",
        u"know k 5 r5 5; mutate k; lost; changed k 6 6; changed k 9 7; 412; is k 9 r7 7"_s,
        u"run 5, >mutate k 6 on r5, >mutate k 6 on r5, ?k, 1 ok 6"_s);
    row("lost mutation, never applied",
        u"know k 5 r5 5; mutate k; lost; changed k 9 6; 412; is k 9 r6 6; ok"_s,
        u"run 5, >mutate k 6 on r5, >mutate k 6 on r5, ?k, run 9, >mutate k 10 on r6, 1 ok 10"_s);
    row("lost mutation, the events in between are not all known",
        u"know k 5 r5 5; mutate k; lost; missed 7; changed k 9 7; 412; is k 9 r7 7"_s,
        u"run 5, >mutate k 6 on r5, >mutate k 6 on r5, ?k, "_s
        u"1 mutate: sent, and perhaps applied: disconnected (unknown)"_s);
    row("what happened before the last sending is not ours",
        u"know k 5 r5 5; mutate k; changed k 7 6; changed k 6 7; 412; is k 6 r7 7; "_s
        u"lost; changed k 9 8; 412; is k 9 r8 8; ok"_s,
        u"run 5, >mutate k 6 on r5, ?k, run 6, >mutate k 7 on r7, >mutate k 7 on r7, ?k, "_s
        u"run 9, >mutate k 10 on r8, 1 ok 10"_s);
    row("lost mutation of what nobody follows, one event later",
        u"follow no; know k 5 r5 5; mutate k; lost; 412; is k 9 r1 1; ok"_s,
        u"run 5, >mutate k 6 on r5, >mutate k 6 on r5, ?k, run 9, >mutate k 10 on r1, 1 ok 10"_s);
    row("lost set on a known revision", u"know k 5 r5 5; set k 7; lost; ok"_s,
        u">set k 7, >set k 7 on r5, 1 ok 7"_s);
    row("lost set, applied, then overwritten",
        u"know k 5 r5 5; set k 7; lost; changed k 7 6; changed k 8 7; 412; is k 8 r7 7"_s,
        u">set k 7, >set k 7 on r5, ?k, 1 ok 7"_s);
    row("lost set, never applied, overwritten",
        u"know k 5 r5 5; set k 7; lost; changed k 8 6; 412; is k 8 r6 6; ok"_s,
        u">set k 7, >set k 7 on r5, ?k, >set k 7 on r6, 1 ok 7"_s);
    row("lost set of what is not known", u"set k 7; lost; isnt; ok"_s,
        u">set k 7, ?k, >set k 7 on -1, 1 ok 7"_s);
    row("lost set of what is not known, applied", u"set k 7; lost; is k 7 r1 1"_s, u">set k 7, ?k, 1 ok 7"_s);
    row("lost making of an item, applied, then removed", u"mutate k; isnt; lost; changed k 1 1; isnt"_s,
        u"?k, run 0, >mutate k 1 on -1, ?k, 1 ok 1"_s);
    row("lost set of an item of the same value as a lost push",
        u"set #3 7; push 7; lost; lost; added 3 7 5; is #3 7 r5 5; wait 31000"_s,
        u">set #3 7, >push 7, ?#3, 1 ok 7, 2 ok 7"_s);
    row("lost set of an item that a push made with the same value, and that has changed since",
        u"set #3 7; push 7; lost; lost; added 3 7 5; changed #3 8 6; is #3 8 r6 6; ok; wait 31000"_s,
        u">set #3 7, >push 7, ?#3, >set #3 7 on r6, 1 ok 7, 2 ok 7"_s);
    row("lost set, applied, then removed", u"know k 5 r5 5; set k 7; lost; changed k 7 6; 404"_s,
        u">set k 7, >set k 7 on r5, 1 ok 7"_s);
    row("lost set, perhaps applied, then removed", u"know k 5 r5 5; set k 7; lost; missed 7; 404"_s,
        u">set k 7, >set k 7 on r5, 1 set: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost update, somebody else's of the same field",
        u"know k 5 r5 5; update k 2; lost; missed 7; changed k 8 7; 412; is k 5,\"2\":9 r7 7"_s,
        u">update k 5,\"2\":2 on r5, >update k 5,\"2\":2 on r5, ?k, "_s
        u"1 update: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost update, applied", u"know k 5 r5 5; update k 2; lost; 412; is k 5,\"2\":2 r6 6"_s,
        u">update k 5,\"2\":2 on r5, >update k 5,\"2\":2 on r5, ?k, 1 ok 5,\"2\":2"_s);
    row("lost update, somebody else's in between",
        u"know k 5 r5 5; update k 2; lost; missed 7; changed k 9 7; 412; is k 9 r7 7"_s,
        u">update k 5,\"2\":2 on r5, >update k 5,\"2\":2 on r5, ?k, "_s
        u"1 update: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost update, never applied, somebody else's in between",
        u"know k 5 r5 5; update k 2; lost; changed k 9 7; 412; is k 9 r7 7; ok"_s,
        u">update k 5,\"2\":2 on r5, >update k 5,\"2\":2 on r5, ?k, >update k 9,\"2\":2 on r7, 1 ok 9,\"2\":2"_s);
    row("the service is unavailable", u"know k 5 r5 5; set k 7; 503; wait 1300; ok"_s,
        u">set k 7, >set k 7 on r5, 1 ok 7"_s);

    row("made ahead", u"ahead; down; know k 5 r5 5; mutate k; shown k; up; ok"_s,
        u"run 5, shows 6, >mutate k 6 on r5, 1 ok 6"_s);
    row("made ahead, of what has changed since",
        u"ahead; down; know k 5 r5 5; mutate k; know k 8 r8 8; up; ok"_s,
        u"run 5, run 8, >mutate k 9 on r8, 1 ok 9"_s);
    row("made ahead, one of the other",
        u"ahead; down; know k 5 r5 5; mutate k; mutate k; shown k; up; ok; know k 6 r6 6"_s
        u"; wait 1; ok"_s,
        u"run 5, run 6, shows 7, >mutate k 6 on r5, 1 ok 6, run 5, >mutate k 6 on r5, 2 ok 6"_s);
    row("made ahead of a set and an update",
        u"ahead; down; set k 3; update k 9; mutate k; shown k; up; ok; is k 3 r1 1; ok; is k 3,\"9\":9 r2 2; ok"_s,
        u"run 3, shows 4, >set k 3, 1 ok 3, ?k, >update k 3,\"9\":9 on r1, 2 ok 3,\"9\":9, ?k, "_s
        u">mutate k 4 on r2, 3 ok 4"_s);
    row("not made ahead of what is not known", u"ahead; down; mutate k; shown k; up; is k 5 r5 5; ok"_s,
        u"shows , ?k, run 5, >mutate k 6 on r5, 1 ok 6"_s);
    row("not made ahead if nobody wants it", u"down; know k 5 r5 5; mutate k; shown k; up; ok"_s,
        u"shows 5, run 5, >mutate k 6 on r5, 1 ok 6"_s);
    row("nothing comes of it ahead", u"ahead; down; know k -1 r5 5; mutate k; up"_s,
        u"run -1, run -1, 1 ok -1"_s);
    row("restored, of the same value", u"know k 5 r5 5; restored k 5 6; ok"_s, u">mutate k 6 on r5"_s);
    row("restored, of another value, nobody is asked", u"know k 8 r8 8; restored k 5 6"_s, u""_s);
    row("restored, and asked about",
        u"asks; know k 8 r8 8; restored k 5 6; shown k; retry 1 7; ok; retry 1 9"_s,
        u"conflict with 8 6, shows 6, >mutate k 7 on r8, no conflict"_s);
    row("restored, and overwritten", u"asks; know k 8 r8 8; restored k 5 6; overwrite 1; ok"_s,
        u"conflict with 8 6, >set k 6"_s);
    row("restored, and taken back", u"asks; know k 8 r8 8; restored k 5 6; cancel 1"_s,
        u"conflict with 8 6"_s);
    row("restored, and asked about twice",
        u"asks; know k 8 r8 8; restored k 5 6; know k 9 r9 9; retry 1 7; retry 1 10; ok"_s,
        u"conflict with 8 6, conflict with 9 7, >mutate k 10 on r9"_s);
    row("restored, and somebody is faster",
        u"asks; know k 5 r5 5; restored k 5 6; 412; know k 9 r9 9; is k 9 r9 9; retry 1 10; ok"_s,
        u">mutate k 6 on r5, ?k, conflict with 9 6, >mutate k 10 on r9"_s);
    row("restored, and a later set makes it pointless",
        u"asks; know k 8 r8 8; restored k 5 6; set k 1; ok; retry 1 7"_s,
        u"conflict with 8 6, >set k 1, 1 ok 1, no conflict"_s);
    row("a conflict holds up its target alone",
        u"asks; know k 8 r8 8; restored k 5 6; ttl k 5; set j 1; ok; retry 1 7; ok; ok"_s,
        u"conflict with 8 6, >set j 1, 2 ok 1, >mutate k 7 on r8, >setTtl k ttl 5, 1 ok"_s);

    row("lost push, applied", u"follow soon; push 1; lost; added 3 1 4; caughtUp"_s, u">push 1, 1 ok 1"_s);
    row("lost push, its event came before", u"push 1; added 3 1 4; lost"_s, u">push 1, 1 ok 1"_s);
    row("lost push, never applied", u"follow soon; push 1; lost; caughtUp; wait 29000; wait 1100; ok"_s,
        u">push 1, >push 1, 1 ok 1"_s);
    row("lost push, another value was added",
        u"follow soon; push 1; lost; added 3 2 4; caughtUp; wait 30100; ok"_s, u">push 1, >push 1, 1 ok 1"_s);
    row("two equal pushes lost, one applied",
        u"follow soon; push 1; push 1; lost; lost; added 3 1 4; caughtUp; wait 30100; ok"_s,
        u">push 1, >push 1, 1 ok 1, >push 1, 2 ok 1"_s);
    row("two equal pushes lost, both applied",
        u"follow soon; push 1; push 1; lost; lost; added 3 1 4; added 4 1 5; caughtUp"_s,
        u">push 1, >push 1, 1 ok 1, 2 ok 1"_s);
    row("more were added than were pushed",
        u"follow soon; push 1; lost; added 3 1 4; added 4 1 5; caughtUp"_s,
        u">push 1, 1 push: sent, and perhaps applied: disconnected (unknown)"_s);
    row("what has its answer is not looked for", u"push 1; push 1; ok; lost; added 3 1 1; wait 30100; ok"_s,
        u">push 1, >push 1, 1 ok 1, >push 1, 2 ok 1"_s);
    row("the event of an earlier push comes later",
        u"push 1; ok; push 1; lost; added 1 1 1; wait 30100; ok"_s,
        u">push 1, 1 ok 1, >push 1, >push 1, 2 ok 1"_s);
    row("lost push, the events are not all known", u"follow soon; push 1; lost; missed 9; caughtUp"_s,
        u">push 1, 1 push: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost push to what nobody follows", u"follow no; push 1; lost"_s,
        u">push 1, 1 push: sent, and perhaps applied: disconnected (unknown)"_s);
    row("ordered pushes wait for the one that was lost",
        u"ordered; follow soon; push 1; push 2; lost; wait 60000; added 3 1 4; caughtUp; ok"_s,
        u">push 1, 1 ok 1, >push 2, 2 ok 2"_s);
    row("lost recognisable push, applied", u"follow soon; once 1; lost; added 3 1 4; caughtUp"_s,
        u">push 1, 1 ok 1"_s);
    row("lost recognisable push, never applied", u"follow soon; once 1; lost; caughtUp; wait 30100; ok"_s,
        u">push 1, >push 1, 1 ok 1"_s);
    row("lost recognisable push, other fields are not looked at",
        u"follow soon; once 1; lost; added 3 1,\"m\":2 4; caughtUp"_s, u">push 1, 1 ok 1,\"m\":2"_s);
    row("lost recognisable push, the events are not all known, found",
        u"follow soon; once 1; lost; missed 9; caughtUp; wait 30100; is #3 1 r9 9"_s,
        u">push 1, search, 1 ok 1"_s);
    row("lost recognisable push, the events are not all known, not found",
        u"follow soon; once 1; lost; missed 9; caughtUp; wait 30100; isnt; ok"_s,
        u">push 1, search, >push 1, 1 ok 1"_s);
    row("lost recognisable push to what nobody follows",
        u"follow no; once 1; lost; wait 30100; is #3 1 r9 9"_s, u">push 1, search, 1 ok 1"_s);
    row("one recognisable push is no other",
        u"follow soon; once 1; once 2; lost; lost; added 3 2 4; caughtUp; wait 30100; ok"_s,
        u">push 1, >push 2, 2 ok 2, >push 1, 1 ok 1"_s);
    row("lost recognisable push, taken back while it is looked for",
        u"follow no; once 1; lost; wait 30100; cancel 1; isnt"_s,
        u">push 1, search, 1 push: sent, and perhaps applied: disconnected (unknown)"_s);
    row("lost message, seen", u"publish 1; added 0 1 1; lost"_s, u">publishMessage 1, 1 ok"_s);
    row("lost message", u"publish 1; lost"_s,
        u">publishMessage 1, 1 publishMessage: sent, and perhaps applied: disconnected (unknown)"_s);
}

void tst_Outbox::script()
{
    QFETCH(QString, steps);
    QFETCH(QString, expected);
    ScriptedOutbox scripted(m_time);
    QCOMPARE(scripted.run(steps), expected);
    QCOMPARE(scripted.outbox.count(), 0);
}

void tst_Outbox::fiftyThousandAbortedMutationsNeedNoStack()
{
    constexpr int calls = 50'000;
    ScriptedOutbox scripted(m_time);
    scripted.run(u"know k -1 r5 5"_s);
    std::vector<int> ended;
    for (int i = 0; i < calls; ++i) {
        Write write;
        write.operation = WriteOperation::Mutate;
        write.item = ItemKey { -1, "k" };
        scripted.outbox.add(
                write, [](const SyncValue &) { return std::nullopt; },
                [&ended, i](const SyncResult<WriteOutcome> &) { ended.push_back(i); });
    }
    QVERIFY(ended.empty()); // never within the call
    m_time.settle();
    QCOMPARE(int(ended.size()), calls);
    QVERIFY(std::is_sorted(ended.begin(), ended.end()));
}

void tst_Outbox::manyEndTogetherInSlices_data()
{
    QTest::addColumn<WriteOperation>("last");
    QTest::addColumn<bool>("atOnce");
    QTest::addColumn<QString>("error");
    const QString superseded = u"superseded: %1() came before it was sent"_s;
    QTest::newRow("with the object") << WriteOperation::Mutate << false << u"gone"_s;
    QTest::newRow("with the client") << WriteOperation::Mutate << true << u"gone"_s;
    QTest::newRow("by a removal") << WriteOperation::Remove << false << superseded.arg(u"remove"_s);
    QTest::newRow("by a removal of the object")
            << WriteOperation::RemoveObject << false << superseded.arg(u"removeObject"_s);
}

void tst_Outbox::manyEndTogetherInSlices()
{
    QFETCH(WriteOperation, last);
    QFETCH(bool, atOnce);
    QFETCH(QString, error);
    constexpr int calls = 50'000;
    constexpr int inOneTurn = 1'000;
    ScriptedOutbox scripted(m_time);
    scripted.run(u"down"_s);
    std::vector<int> ended;
    QStringList errors;
    const auto add = [&](WriteOperation operation, Outbox::Done done) {
        Write write;
        write.operation = operation;
        if (operation != WriteOperation::RemoveObject)
            write.item = ItemKey { -1, "k" };
        scripted.outbox.add(
                write, [](const SyncValue &) { return std::nullopt; }, std::move(done));
    };
    for (int i = 0; i < calls; ++i)
        add(WriteOperation::Mutate, [&, i](const SyncResult<WriteOutcome> &result) {
            ended.push_back(i);
            if (const auto *why = errorOf(result); why && !errors.contains(why->message()))
                errors.append(why->message());
        });
    QVERIFY(ended.empty());
    if (last == WriteOperation::Mutate)
        scripted.outbox.failAll(SyncError(u"gone"_s));
    else
        add(last, [](const SyncResult<WriteOutcome> &) {});
    const int waiting = last == WriteOperation::Mutate ? 0 : 1;
    QVERIFY2(ended.size() < inOneTurn, QByteArray::number(qint64(ended.size())));
    QCOMPARE(scripted.outbox.count(), calls + waiting - int(ended.size()));
    QCOMPARE(int(scripted.outbox.writes().size()), scripted.outbox.count());
    if (atOnce)
        scripted.outbox.endAll();
    else
        m_time.settle();
    QCOMPARE(int(ended.size()), calls);
    QVERIFY(std::is_sorted(ended.begin(), ended.end()));
    QCOMPARE(errors, QStringList(error));
    QCOMPARE(scripted.outbox.count(), waiting);
}

void tst_Outbox::pipelinedPushesKeepTheirOrderWhenRefused()
{
    ScriptedOutbox scripted(m_time);
    QStringList expected;
    for (int i = 1; i <= 150; ++i) {
        scripted.run(u"push %1"_s.arg(i));
        if (i <= 100)
            expected += u">push %1"_s.arg(i);
    }
    QCOMPARE(scripted.lines, expected); // the window is full
    scripted.lines.clear();
    for (int i = 1; i <= 100; ++i)
        scripted.run(u"429"_s);
    for (int second = 0; second < 20; ++second)
        scripted.run(u"wait 1000"_s);
    QStringList again;
    for (int i = 1; i <= 100; ++i)
        again += u">push %1"_s.arg(i);
    QCOMPARE(scripted.lines, again); // those that were refused, in their order, and before all others
    scripted.outbox.failAll(SyncError(u"over"_s));
}

int main(int argc, char **argv)
{
    VirtualTimeApplication application(argc, argv);
    tst_Outbox test(application.time());
    return QTest::qExec(&test, argc, argv);
}

#include "tst_outbox.moc"
