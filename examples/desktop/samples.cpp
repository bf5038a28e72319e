// With futures alone: each write starts the next one.
#include "samples.h"

#include <TwilioSync/SyncException>

using namespace Twilio;

namespace {

void addFrom(std::size_t first, SyncMapOf<Contact> contacts,
             const std::function<void(const SyncError &error)> &done)
{
    const auto samples = sampleContacts();
    if (first == samples.size()) {
        done({});
        return;
    }
    const auto &[key, contact] = samples[first];
    contacts.set(key, contact)
            .then(contacts.map(), [=](const auto &) { addFrom(first + 1, contacts, done); })
            .onFailed(contacts.map(), [done](const SyncException &exception) { done(exception.error()); });
}

} // namespace

void addSamples(const SyncMapOf<Contact> &contacts, const std::function<void(const SyncError &error)> &done)
{
    addFrom(0, contacts, done);
}
