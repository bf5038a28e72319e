#pragma once

#include "convergence/handle.h"
#include "ledger.h"
#include "TwilioSync/api/syncclient.h"
#include "TwilioSync/api/syncdocument.h"
#include "TwilioSync/api/syncstream.h"

#include <memory>

/*!
    \brief A client of this library with the four objects: its models are tested and copied at every signal,
   all it is told is counted.
*/
class OurClient : public QObject
{
    Q_OBJECT

public:
    //! \a isEager: reconnects after milliseconds where others take seconds.
    OurClient(const QUrl &url, const Twilio::SyncClient::TokenProvider &provider, const View &view,
              bool isEager);

    [[nodiscard]] Twilio::SyncClient &client() { return m_client; }
    [[nodiscard]] Twilio::SyncList &list() const { return static_cast<Twilio::SyncList &>(m_list.model()); }
    [[nodiscard]] Twilio::SyncMap &map() const { return static_cast<Twilio::SyncMap &>(m_map.model()); }
    [[nodiscard]] Twilio::SyncDocument &document() { return m_document; }
    [[nodiscard]] Twilio::SyncStream &stream() { return m_stream; }

    //! What keeps it from being at rest; empty if it is.
    [[nodiscard]] QString unrest() const;
    //! How what it shows differs from \a state; empty if it does not.
    [[nodiscard]] QString difference(const ServiceState &state) const;
    //! What it has told more than once.
    [[nodiscard]] QStringList toldTwice() const;

private:
    QHash<QString, int> m_toldUpdates;
    QHash<QString, int> m_toldMessages;
    Twilio::SyncClient m_client;
    Handle m_list;
    Handle m_map;
    Twilio::SyncDocument m_document;
    Twilio::SyncStream m_stream;
};
