#pragma once

#include "TwilioSync/api/syncobject.h"

namespace Twilio {

class StreamPrivate;

/*!
    \brief A message of a stream.
*/
class TWILIOSYNC_EXPORT SyncStreamMessage
{
    Q_GADGET
    Q_PROPERTY(QString sid READ sid CONSTANT)
    Q_PROPERTY(QVariantMap value READ value CONSTANT)

public:
    SyncStreamMessage() = default;
    SyncStreamMessage(const QString &sid, const SyncValue &value) : m_sid(sid), m_value(value) { }

    [[nodiscard]] QString sid() const { return m_sid; }
    //! Decoded on each call.
    [[nodiscard]] QVariantMap value() const { return m_value.toVariantMap(); }
    //! The text as it was sent, UTF-8.
    [[nodiscard]] QByteArray json() const { return m_value.toJson(); }

private:
    QString m_sid;
    SyncValue m_value;
};

/*!
    \brief A Sync stream: messages to everybody who listens now; nothing is kept.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncStream : public Twilio::SyncObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncStream)

public:
    explicit SyncStream(QObject *parent = nullptr);
    ~SyncStream() override;

    //! Sends \a value, at most 4 KB as JSON; not repeated by itself if the connection is lost meanwhile.
    QFuture<Twilio::SyncStreamMessage> publishMessage(const SyncValue &value);
    QFuture<void> removeStream();

Q_SIGNALS:
    //! Once for each message, in the order of their arrival; \a isLocal if this client sent it.
    void messagePublished(const Twilio::SyncStreamMessage &message, bool isLocal);
    //! The object is gone from the service; \a isLocal if by a call of this client. status() is Removed, of
    //! which statusChanged() has told.
    void removed(bool isLocal);

private:
    friend class StreamPrivate;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncStreamMessage)
