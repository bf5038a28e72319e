// Awaited: the same as samples.cpp, as a loop.
#include "samples.h"

#include <TwilioSync/SyncException>

#include <QCoroFuture>
#include <QCoroTask>

using namespace Twilio;

namespace {

QCoro::Task<void> addAll(SyncMapOf<Contact> contacts, std::function<void(const SyncError &error)> done)
{
    try {
        for (const auto &[key, contact] : sampleContacts())
            co_await contacts.set(key, contact);
    } catch (const SyncException &exception) {
        done(exception.error());
        co_return;
    }
    done({});
}

} // namespace

void addSamples(const SyncMapOf<Contact> &contacts, const std::function<void(const SyncError &error)> &done)
{
    addAll(contacts, done);
}
