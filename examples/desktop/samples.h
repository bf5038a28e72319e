#pragma once

#include "contact.h"

#include <TwilioSync/SyncMapOf>

#include <functional>

//! Puts a few contacts there, one after the other; \a done gets the error, which is null if all are.
void addSamples(const Twilio::SyncMapOf<Contact> &contacts,
                const std::function<void(const Twilio::SyncError &error)> &done);
