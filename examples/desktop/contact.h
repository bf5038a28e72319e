#pragma once

#include <QtCore/qobjectdefs.h>
#include <QtCore/qstring.h>

#include <utility>
#include <vector>

//! What an item of the map holds. Its properties are the columns of the views.
struct Contact
{
    Q_GADGET
    Q_PROPERTY(QString name MEMBER name)
    Q_PROPERTY(QString city MEMBER city)
    Q_PROPERTY(QString phone MEMBER phone)
    Q_PROPERTY(bool favourite MEMBER favourite)

public:
    QString name = {};
    QString city = {};
    QString phone = {};
    bool favourite = false;
};

//! Some, each with its key.
std::vector<std::pair<QString, Contact>> sampleContacts();
