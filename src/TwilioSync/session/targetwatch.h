#pragma once

#include "TwilioSync/store/collectionstore.h"
#include "TwilioSync/writes/outbox.h"

namespace Twilio {

//! Tells the outbox of a list or map when the items change that its writes are made of.
class TargetWatch final : public CollectionObserver
{
    Q_DISABLE_COPY_MOVE(TargetWatch)

public:
    explicit TargetWatch(Outbox &outbox) : m_outbox(outbox) { }
    ~TargetWatch() = default;

private:
    void itemsAboutToMove(ItemKeyView, ItemKeyView) override { }
    void itemsInserted(qsizetype, std::span<const ItemPtr> items) override { look(items); }
    void itemsRemoved(qsizetype, std::span<const ItemPtr> items) override { look(items); }
    void itemReplaced(qsizetype, const ItemPtr &, const ItemPtr &after) override { look({ &after, 1 }); }
    [[nodiscard]] Shown shown() const override { return { Cut::bottom(), Cut::top() }; }
    void itemEvent(const ItemEvent &) override { }

    void look(std::span<const ItemPtr> items)
    {
        if (m_outbox.isEmpty())
            return;
        for (const ItemPtr &item : items)
            m_outbox.targetChanged(ownedKey(keyOf(*item)));
    }

    Outbox &m_outbox;
};

} // namespace Twilio
