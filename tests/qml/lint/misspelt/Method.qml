// Property "psh" not found
import QtQml
import Twilio.Sync

SyncList {
    id: list

    Component.onCompleted: list.psh({ title: "Milk" })
}
