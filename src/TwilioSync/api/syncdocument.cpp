#include "TwilioSync/api/syncdocument.h"

#include "TwilioSync/api/arguments_p.h"
#include "TwilioSync/api/handlecalls_p.h"
#include "TwilioSync/api/synchandle_p.h"
#include "TwilioSync/session/documententity.h"

namespace Twilio {

class DocumentPrivate : public HandleSignals<SyncObject>, public DocumentObserver
{
public:
    DocumentPrivate() : HandleSignals(ObjectKind::Document) { }

    [[nodiscard]] DocumentEntity &document() const { return static_cast<DocumentEntity &>(*entity); }
    [[nodiscard]] SyncDocument *handle() const { return static_cast<SyncDocument *>(object); }

    //! Raw JSON; stays as it was when the handle is closed or the document removed.
    QByteArray contents = QByteArrayLiteral("{}");

protected:
    void attached() override
    {
        document().store().observers.add(this);
        hold(document().store().contents());
    }
    void detached(Entity &old) override { static_cast<DocumentEntity &>(old).store().observers.remove(this); }
    void emitRemoved(bool isLocal) override
    {
        Q_EMIT handle()->removed(isLocal, SyncValue::fromCheckedJson(contents).toVariantMap());
    }
    void contentsChanged(const QByteArray &now, const QByteArray &before, bool isLocal) override
    {
        tellLater(); // the state comes before what happened
        hold(now);
        postEvent([this, now, before, isLocal] {
            Q_EMIT handle()->updated(SyncValue::fromCheckedJson(now).toVariantMap(), isLocal,
                                     SyncValue::fromCheckedJson(before).toVariantMap());
        });
    }

private:
    void hold(const QByteArray &now)
    {
        if (std::exchange(contents, now) != now)
            post([this] { Q_EMIT handle()->valueChanged(); });
    }
};

namespace {

DocumentPrivate &documentOf(const std::unique_ptr<HandlePrivate> &d)
{
    return static_cast<DocumentPrivate &>(*d);
}

// A future of what the document is after \a write.
QFuture<QVariantMap> valueWrite(DocumentPrivate &handle,
                                std::initializer_list<std::optional<SyncError>> checks, Write write,
                                Mutator mutator = {})
{
    return writeCall<QVariantMap>(handle, checks, std::move(write), std::move(mutator),
                                  [](const WriteOutcome &outcome) {
                                      return SyncValue::fromCheckedJson(outcome.json).toVariantMap();
                                  });
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
    return valueWrite(documentOf(d), { checkValue("value", value), checkTtl(options.ttl) },
                      writeOf(*d, WriteOperation::Set, {}, value, options.ttl));
}

QFuture<QVariantMap> SyncDocument::update(const SyncValue &fields, const WriteOptions &options)
{
    return valueWrite(documentOf(d), { checkValue("fields", fields), checkTtl(options.ttl) },
                      writeOf(*d, WriteOperation::Merge, {}, fields, options.ttl));
}

QFuture<QVariantMap> SyncDocument::mutate(const Mutator &mutator, const WriteOptions &options)
{
    return valueWrite(documentOf(d), { checkMutator(mutator), checkTtl(options.ttl) },
                      writeOf(*d, WriteOperation::Mutate, {}, {}, options.ttl), mutator);
}

QFuture<void> SyncDocument::removeDocument()
{
    return voidWrite(*d, {}, writeOf(*d, WriteOperation::RemoveObject));
}

} // namespace Twilio
