// no property "uniqueNme" exists
import Twilio.Sync

SyncList {
    uniqueNme: "tasks"
}
