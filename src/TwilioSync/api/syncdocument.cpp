#include "TwilioSync/api/syncdocument.h"

#include "TwilioSync/api/documentcalls_p.h"
#include "TwilioSync/api/synchandle_p.h"

#include <QtCore/qmetaobject.h>

namespace Twilio {

class DocumentPrivate : public HandleSignals<SyncObject>, public DocumentObserver
{
public:
    DocumentPrivate() : HandleSignals(ObjectKind::Document) { }

    [[nodiscard]] DocumentEntity &document() const { return static_cast<DocumentEntity &>(*entity); }
    [[nodiscard]] SyncDocument *handle() const { return static_cast<SyncDocument *>(object); }

    //! Raw JSON, as it is shown; stays as it was when the handle is closed or the document removed.
    QByteArray contents = QByteArrayLiteral("{}");

protected:
    void attached() override
    {
        document().store().observers.add(this);
        showContents();
    }
    void detached(Entity &old) override { static_cast<DocumentEntity &>(old).store().observers.remove(this); }
    void emitRemoved(bool isLocal) override
    {
        Q_EMIT handle()->removed(isLocal, SyncValue::fromCheckedJson(contents).toVariantMap());
    }
    void contentsChanged(const QByteArray &now, const QByteArray &before, bool isLocal) override
    {
        tellLater(); // the state comes before what happened
        showContents();
        static const QMetaMethod updated = QMetaMethod::fromSignal(&SyncDocument::updated);
        if (!handle()->isSignalConnected(updated))
            return; // what nobody listens to is not even kept
        postEvent([this, now, before, isLocal] {
            Q_EMIT handle()->updated(SyncValue::fromCheckedJson(now).toVariantMap(), isLocal,
                                     SyncValue::fromCheckedJson(before).toVariantMap());
        });
    }

    void writesChanged(const ItemKey &) override
    {
        if (optimistic)
            showContents();
    }
    void showOptimistic() override
    {
        if (entity)
            showContents();
    }

private:
    void showContents()
    {
        const QByteArray now = optimistic ? document().pendingContents() : document().store().contents();
        if (std::exchange(contents, now) != now)
            post([this] { Q_EMIT handle()->valueChanged(); });
    }
};

namespace {

DocumentPrivate &documentOf(const std::unique_ptr<HandlePrivate> &d)
{
    return static_cast<DocumentPrivate &>(*d);
}

} // namespace

SyncDocument::SyncDocument(QObject *parent) : SyncObject(std::make_unique<DocumentPrivate>(), parent) { }

SyncDocument::~SyncDocument() { d->destroy(); }

QVariantMap SyncDocument::value() const { return SyncValue::fromCheckedJson(json()).toVariantMap(); }

QByteArray SyncDocument::json() const { return documentOf(d).contents; }

QVariantMap SyncDocument::initialValue() const { return d->initialValue; }

void SyncDocument::setInitialValue(const QVariantMap &value) { d->initialValue = value; }

QFuture<QVariantMap> SyncDocument::set(const SyncValue &value, const WriteOptions &options)
{
    return DocumentCalls<QVariantMap>(*d).set(value, options);
}

QFuture<QVariantMap> SyncDocument::update(const SyncValue &fields, const WriteOptions &options)
{
    return DocumentCalls<QVariantMap>(*d).update(fields, options);
}

QFuture<QVariantMap> SyncDocument::mutate(const Mutator &mutator, const WriteOptions &options)
{
    return DocumentCalls<QVariantMap>(*d).mutate(mutator, options);
}

QFuture<void> SyncDocument::removeDocument() { return removeCall(*d); }

} // namespace Twilio
