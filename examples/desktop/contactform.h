#pragma once

#include <QtWidgets/qdatawidgetmapper.h>
#include <QtWidgets/qwidget.h>

QT_FORWARD_DECLARE_CLASS(QAbstractItemModel)

//! Shows one row of a model in fields of a form, and writes what is typed there when it is complete.
class ContactForm : public QWidget
{
    Q_OBJECT

public:
    //! The columns are name, city, phone and favourite.
    explicit ContactForm(QAbstractItemModel *model, QWidget *parent = nullptr);

    void setRow(int row);

private:
    QDataWidgetMapper m_mapper;
};
