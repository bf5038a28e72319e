#include "contact.h"

using namespace Qt::StringLiterals;

std::vector<std::pair<QString, Contact>> sampleContacts()
{
    return {
        { u"ann"_s, { u"Ann Archer"_s, u"Bergen"_s, u"+47 55 01 02"_s, true } },
        { u"ben"_s, { u"Ben Okafor"_s, u"Lagos"_s, u"+234 1 270 11"_s, false } },
        { u"chen"_s, { u"Chen Li"_s, u"Taipei"_s, u"+886 2 2720"_s, true } },
        { u"dora"_s, { u"Dora Lind"_s, u"Uppsala"_s, u"+46 18 47 10"_s, false } },
        { u"emil"_s, { u"Emil Novák"_s, u"Brno"_s, u"+420 54 21"_s, false } },
        { u"fay"_s, { u"Fay Duarte"_s, u"Porto"_s, u"+351 22 340"_s, true } },
    };
}
