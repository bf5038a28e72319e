// no matching signal found for handler "onItemAded"
import Twilio.Sync

SyncList {
    onItemAded: (item, isLocal) => console.log(item.index, isLocal)
}
