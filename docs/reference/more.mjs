// What headers leave to the names of things, for the reference, which has to say it of each.
const removes = what => `Removes the ${what} from the service, for everybody.`
const dates = {
    dateCreated: 'When it was made, in UTC; null while unknown.', dateUpdated: 'When it was written last, in UTC; null while unknown.',
    dateExpires: 'When it goes by itself, in UTC; null = never.'
}
export const more = {
    'LocalSyncServer::listening': 'Whether clients can connect.', 'LocalSyncServer::keyPath': 'The PEM file of the key of certificatePath.',
    'OpenOptions::mode': 'What to do if there is no such object, or if there is one.', 'PageQuery::order': 'The end to start from.',
    'SyncClient::lists': 'As documents, for lists.', 'SyncClient::maps': 'As documents, for maps.', 'SyncClient::streams': 'As documents, for streams.',
    'SyncClient::list': 'A new list without a unique name. It has this client as parent.',
    'SyncClient::map': 'A new map without a unique name. It has this client as parent.',
    'SyncClient::stream': 'A new stream without a unique name. It has this client as parent.',
    'SyncClient::connectionState': 'Where it is; changes are told by connectionStateChanged().',
    'SyncClient::tokenExpired': 'The token has expired; the client is Denied until it gets another one.',
    'SyncCollection::Role': 'The roles of every row.', 'SyncList::ItemIndexRole': 'The same as ItemKeyRole.',
    'SyncDocument::removeDocument': removes('document'), 'SyncList::removeList': removes('list'), 'SyncMap::removeMap': removes('map'),
    'SyncStream::removeStream': removes('stream'), 'SyncList::remove': removes('item'), 'SyncMap::remove': removes('item'),
    'SyncLists::removeItem': removes('item'), 'SyncMaps::removeItem': removes('item'), 'SyncMapEntry::remove': removes('item'),
    'SyncHandle::client': 'The client that opens the object; null at first.', 'SyncHandle::setClient': 'Opens the object with another client.',
    'SyncHandle::uniqueName': 'The name that was set; else the one that the object has.', 'SyncHandle::setUniqueName': 'Names what to open.',
    'SyncHandle::sid': 'The SID that was set; else the one that the object has.', 'SyncHandle::setSid': 'Names what to open by its SID.',
    'SyncHandle::mode': 'How it is opened; OpenOrCreate at first.', 'SyncHandle::setMode': 'How it is to be opened.',
    'SyncHandle::status': 'Whether it is open.', 'SyncHandle::subscriptionState': 'Whether its events come.',
    'SyncHandle::hasPendingWrites': 'Whether writes of this object wait or are under way.',
    'SyncHandle::dateUpdated': 'UTC; invalid while unknown.', 'SyncHandle::dateCreatedOrNull': dates.dateCreated,
    'SyncHandle::dateUpdatedOrNull': dates.dateUpdated, 'SyncHandle::dateExpiresOrNull': dates.dateExpires,
    'SyncHandle::creationTtlOrNull': 'Seconds until a created object expires, or null; used on creation only.',
    'SyncHandle::setCreationTtlOrNull': 'Seconds until a created object expires, or null.',
    'SyncItem::value': 'Decoded on each call.', 'SyncItem::json': 'The text the service sent, with every digit.', 'SyncItem::revision': 'Opaque; another one with each change.',
    'SyncItem::dateCreated': dates.dateCreated, 'SyncItem::dateUpdated': dates.dateUpdated, 'SyncItem::dateExpires': dates.dateExpires,
    'SyncMapEntry::map': 'The map; null at first.', 'SyncMapEntry::key': 'The key in it.', 'SyncMapEntry::exists': 'Whether there is an item under the key.',
    'SyncMapEntry::update': 'As SyncMap::update() for this key; fails at once without a map.',
    'SyncMetrics::bytesSent': 'As bytesReceived.', 'SyncMetrics::roundTrip99': 'Of 99 in 100.', 'SyncMetrics::requestsInFlight': 'Requests that wait for an answer.',
    'SyncPaginator::hasNextPage': 'Whether nextPage() has one to go to.', 'SyncPaginator::hasPrevPage': 'Whether prevPage() has one to go to.',
    'SyncPaginator::mapItems': 'As listItems(), of a map.', 'SyncPaginator::prevPage': 'A new paginator; fails if there is no page to go to.',
    'SyncSortFilterModel::sortOrder': 'The order of sortRole.', 'SyncStreamMessage::sid': 'The SID of the message.',
    'SyncValue::isValid': 'False for what is no object, of which errorString() tells.', 'SyncValue::toJsonObject': 'Decoded; numbers are as exact as a QJsonObject has them.'
}
