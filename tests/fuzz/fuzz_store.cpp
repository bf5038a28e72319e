// What observers of a list or map are told against what there is, after each of a series of steps. The first
// byte says which of the two.
#include "check.h"
#include "shared/storeplay.h"

#include <cstdio>

using Twilio::CollectionStore;

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *bytes, std::size_t size)
{
    if (size == 0)
        return 0;
    StorePlay play(bytes[0] & 1 ? CollectionStore::Kind::Map : CollectionStore::Kind::List);
    const QString difference = play.run(QByteArrayView(bytes + 1, qsizetype(size - 1)));
    if (!difference.isEmpty())
        std::fprintf(stderr, "%s\n", qPrintable(difference));
    check(difference.isEmpty());
    return 0;
}
