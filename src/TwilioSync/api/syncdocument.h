#pragma once

#include "TwilioSync/api/syncobject.h"

namespace Twilio {

/*!
    \brief A Sync document: one JSON object shared by everybody.
*/
// Qualified for qmltyperegistrar, which looks the base up by the name written here
class TWILIOSYNC_EXPORT SyncDocument : public Twilio::SyncObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncDocument)
    Q_PROPERTY(QVariantMap value READ value NOTIFY valueChanged)

public:
    explicit SyncDocument(QObject *parent = nullptr);
    ~SyncDocument() override;

    //! Decoded on each call; empty until Ready.
    [[nodiscard]] QVariantMap value() const;
    //! The text the service sent, UTF-8; "{}" until Ready.
    [[nodiscard]] QByteArray json() const;
    //! Initial contents if opening creates the document.
    [[nodiscard]] QVariantMap initialValue() const;
    void setInitialValue(const QVariantMap &value);

    //! Replaces the value; waiting set() calls become one write, with the last value.
    QFuture<QVariantMap> set(const SyncValue &value, const WriteOptions &options = {});
    //! Merges \a fields into the latest value, top-level members only.
    QFuture<QVariantMap> update(const SyncValue &fields, const WriteOptions &options = {});
    //! Replaces the latest value by what \a mutator makes of it; see Mutator.
    QFuture<QVariantMap> mutate(const Mutator &mutator, const WriteOptions &options = {});
    QFuture<void> removeDocument();

Q_SIGNALS:
    //! value() is another; before updated() of the same change.
    void valueChanged();
    //! Once for each change, after value(), revision() and the dates are what it made them, and have told so:
    //! a later one may already be in them.
    void updated(const QVariantMap &value, bool isLocal, const QVariantMap &previousValue);
    //! The object is gone from the service; \a isLocal if by a call of this client. status() is Removed, of
    //! which statusChanged() has told; value() stays as it was.
    void removed(bool isLocal, const QVariantMap &previousValue);

private:
    friend class DocumentPrivate;
};

} // namespace Twilio
