#pragma once

#include "TwilioSync/api/syncmap.h"

#include <QtCore/qobject.h>
#include <QtCore/qvariant.h>

#include <memory>

namespace Twilio {

class MapEntryPrivate;

/*!
    \brief The item under one key of a map, for bindings: it follows the item live, whether there is one or
   not, in the map's window or not.

    \code
    SyncMapEntry { id: volume; map: settings; key: "volume" }
    Slider { value: volume.exists ? volume.value.level : 0; onMoved: volume.update({ level: value }) }
    \endcode
*/
class TWILIOSYNC_EXPORT SyncMapEntry : public QObject
{
    Q_OBJECT
    Q_DISABLE_COPY_MOVE(SyncMapEntry)
    Q_PROPERTY(Twilio::SyncMap *map READ map WRITE setMap NOTIFY mapChanged FINAL)
    Q_PROPERTY(QString key READ key WRITE setKey NOTIFY keyChanged FINAL)
    Q_PROPERTY(QVariant value READ value NOTIFY valueChanged FINAL)
    Q_PROPERTY(bool exists READ exists NOTIFY existsChanged FINAL)
    Q_PROPERTY(Twilio::Sync::Status status READ status NOTIFY statusChanged FINAL)
    Q_PROPERTY(Twilio::SyncError error READ error NOTIFY errorChanged FINAL)

public:
    explicit SyncMapEntry(QObject *parent = nullptr);
    ~SyncMapEntry() override;

    [[nodiscard]] SyncMap *map() const;
    void setMap(SyncMap *map);
    [[nodiscard]] QString key() const;
    void setKey(const QString &key);
    //! A map; invalid, in QML undefined, while there is no item or none is known.
    [[nodiscard]] QVariant value() const;
    [[nodiscard]] bool exists() const;
    //! Null without map or key; Opening until it is known what is under the key; Ready from then on. Else
    //! that of the map, or Failed if the item could not be read: it is read again with the next connection.
    [[nodiscard]] Sync::Status status() const;
    //! Why status() is Failed; null otherwise.
    [[nodiscard]] SyncError error() const;

    //! As SyncMap::set() and its siblings for this key; they fail at once without a map.
    QFuture<Twilio::SyncMapItem> set(const SyncValue &value, const WriteOptions &options = {});
    QFuture<Twilio::SyncMapItem> update(const SyncValue &fields, const WriteOptions &options = {});
    QFuture<void> remove();

Q_SIGNALS:
    void mapChanged();
    void keyChanged();
    // When one of these is emitted, the others' properties are right as well.
    void valueChanged();
    void existsChanged();
    void statusChanged();
    void errorChanged();

private:
    friend class MapEntryPrivate;
    const std::unique_ptr<MapEntryPrivate> d;
};

} // namespace Twilio
