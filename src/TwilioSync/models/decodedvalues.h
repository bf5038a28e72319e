#pragma once

#include "TwilioSync/core/jsonreader.h"
#include "TwilioSync/store/itemrecord.h"

#include <QtCore/qcache.h>
#include <QtCore/qvariant.h>

namespace Twilio {

/*!
    \brief The decoded values of the items a view looks at; some screens' worth, the others are decoded anew.
*/
class DecodedValues
{
public:
    static constexpr int most = 256;

    [[nodiscard]] QVariantMap valueOf(const ItemPtr &item)
    {
        if (const Decoded *known = m_values.object(item.get()))
            return known->value;
        // Holding the item keeps its address from being taken by another one.
        auto *decoded = new Decoded { item, readJsonObject(item->json()).value_or(QVariantMap()) };
        m_values.insert(item.get(), decoded);
        return decoded->value;
    }
    //! Lets go of the items.
    void clear() { m_values.clear(); }

private:
    struct Decoded
    {
        ItemPtr item;
        QVariantMap value;
    };
    QCache<const ItemRecord *, Decoded> m_values { most };
};

} // namespace Twilio
