#pragma once

#include "TwilioSync/core/twiliosyncglobal.h"

#include <QtCore/qdatetime.h>
#include <QtCore/qmetatype.h>
#include <QtCore/qobjectdefs.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Twilio {

class SyncWritePrivate;

/*!
    \brief A write as it was when a signal told of it: SyncClient::writeFailed(), SyncClient::conflict().

    Copies share it. What it has is what a row of SyncOutbox has. A conflict is settled by one of retry(),
   overwrite() and drop(), at once or later, in the client's thread; each gives false, and does nothing, if
   the write has no conflict any more.
*/
class TWILIOSYNC_EXPORT SyncWrite
{
    Q_GADGET
    Q_PROPERTY(qint64 writeId READ writeId CONSTANT)
    Q_PROPERTY(QString operation READ operation CONSTANT)
    Q_PROPERTY(QString objectName READ objectName CONSTANT)
    Q_PROPERTY(QString objectSid READ objectSid CONSTANT)
    Q_PROPERTY(QVariant itemKey READ itemKey CONSTANT)
    Q_PROPERTY(QVariant value READ value CONSTANT)
    Q_PROPERTY(int attempts READ attempts CONSTANT)
    Q_PROPERTY(QDateTime created READ created CONSTANT)

public:
    //! None: its writeId() is 0.
    SyncWrite();

    //! A number that grows with each write of a client.
    [[nodiscard]] qint64 writeId() const;
    //! "push", "set", "update", "mutate", "remove", "setTtl", "publishMessage" or "removeObject".
    [[nodiscard]] QString operation() const;
    //! Unique name, "" if the object has none.
    [[nodiscard]] QString objectName() const;
    [[nodiscard]] QString objectSid() const;
    //! A map's key, a list's index, or invalid.
    [[nodiscard]] QVariant itemKey() const;
    //! QVariantMap; of "update" the fields, of "mutate" what the function made; invalid if there is none.
    [[nodiscard]] QVariant value() const;
    //! How often it was sent.
    [[nodiscard]] int attempts() const;
    //! The time of the call, UTC.
    [[nodiscard]] QDateTime created() const;

    //! Writes \a value instead, unless theirs is another by then: that is a conflict once more. False, too,
    //! if \a value is no JSON object.
    Q_INVOKABLE bool retry(const QVariantMap &value) const;
    //! Writes value(), whatever there is.
    Q_INVOKABLE bool overwrite() const;
    //! Takes the write back, as SyncOutbox::cancel() does.
    Q_INVOKABLE bool drop() const;

private:
    friend class SyncWritePrivate;
    std::shared_ptr<const SyncWritePrivate> d;
};

} // namespace Twilio

Q_DECLARE_METATYPE(Twilio::SyncWrite)
