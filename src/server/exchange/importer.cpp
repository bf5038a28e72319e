#include "server/exchange/importer.h"

#include "server/data/objectstore.h"

#include <QtCore/qdir.h>
#include <QtCore/qfile.h>

#include <set>
#include <tuple>

using namespace Qt::StringLiterals;

namespace Twilio::Server {
namespace {

SyncError troubleWith(const QString &where, const QString &trouble)
{
    return SyncError(where + u": "_s + trouble, unusableFile);
}

} // namespace

Importer::Importer(SyncData &data, const Services &services) : m_store(data.store()), m_services(services) { }

SyncResult<Nothing> Importer::import(const QString &path)
{
    m_plan.clear();
    const QDir folder(path);
    QStringList files { path };
    if (folder.exists()) {
        files.clear();
        const QStringList names = folder.entryList({ u"*.json"_s }, QDir::Files, QDir::Name);
        for (const QString &name : names)
            files << folder.filePath(name);
        if (files.isEmpty())
            return troubleWith(path, u"expected files called *.json in this folder"_s);
    }
    for (const QString &file : std::as_const(files)) {
        if (auto result = read(file); errorOf(result))
            return result;
    }
    return checkAndApply();
}

SyncResult<Nothing> Importer::importText(const QString &file, const QByteArray &text)
{
    m_plan.clear();
    if (auto result = plan(file, text); errorOf(result))
        return result;
    return checkAndApply();
}

SyncResult<Nothing> Importer::read(const QString &file)
{
    QFile source(file);
    if (!source.open(QFile::ReadOnly))
        return troubleWith(file, source.errorString());
    return plan(file, source.readAll());
}

SyncResult<Nothing> Importer::plan(const QString &file, const QByteArray &text)
{
    auto services = readImport(file, text, m_store.now());
    if (const SyncError *error = errorOf(services))
        return *error;
    for (ImportedService &service : std::get<0>(services))
        m_plan.push_back(std::move(service));
    return Nothing();
}

SyncResult<Nothing> Importer::checkAndApply()
{
    if (auto result = check(); errorOf(result))
        return result;
    apply();
    return Nothing();
}

// Afterwards nothing can go wrong.
SyncResult<Nothing> Importer::check() const
{
    std::set<std::tuple<QString, ObjectKind, QString>> names;
    std::set<QByteArray> sids;
    for (const ImportedService &service : m_plan) {
        if (const auto checked = m_services.check(service.changes); errorOf(checked))
            return troubleWith(service.where, errorOf(checked)->message());
        for (const ImportedObject &object : service.objects) {
            const auto &name = object.uniqueName;
            if (name
                && (!names.insert({ service.sid, object.kind, *name }).second
                    || m_store.find(service.sid, object.kind, *name)))
                return troubleWith(object.where + u".uniqueName"_s, u"\"%1\" is there already"_s.arg(*name));
            if (!object.sid.isEmpty() && (!sids.insert(object.sid).second || m_store.find(object.sid)))
                return troubleWith(object.where + u".sid"_s,
                                   u"%1 is there already"_s.arg(QLatin1StringView(object.sid)));
            std::set<ItemId> items;
            for (const ImportedItem &item : object.items) {
                if (!items.insert(item.id).second)
                    return troubleWith(object.where + u".items"_s,
                                       u"the key \"%1\" is there twice"_s.arg(item.id.key));
            }
        }
    }
    return Nothing();
}

void Importer::apply()
{
    for (const ImportedService &service : m_plan) {
        m_store.useService(service.sid);
        if (service.changes != ServiceChanges())
            m_store.updateService(service.sid, service.changes);
        for (const ImportedObject &object : service.objects)
            make(service.sid, object);
    }
    m_plan.clear();
}

void Importer::make(const QString &service, const ImportedObject &object)
{
    const Origin by = systemOrigin();
    SyncObject &made = m_store.create(
            { service, object.kind, object.uniqueName, {}, object.data, object.lifetime, object.sid }, by);
    for (const auto &[identity, permission] : object.permissions)
        m_store.setPermission(made, identity, permission);
    for (const ImportedItem &item : object.items) {
        if (object.kind == ObjectKind::List) {
            m_store.skipTo(made, item.id.index);
            m_store.appendItem(made, item.data, item.lifetime, by);
        } else {
            m_store.putItem(made, item.id, item.data, item.lifetime, by);
        }
    }
    if (object.nextIndex > made.nextIndex)
        m_store.skipTo(made, object.nextIndex);
}

} // namespace Twilio::Server
