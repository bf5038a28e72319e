#include "contactform.h"

#include <QtWidgets/qcheckbox.h>
#include <QtWidgets/qformlayout.h>
#include <QtWidgets/qlineedit.h>

using namespace Qt::StringLiterals;

ContactForm::ContactForm(QAbstractItemModel *model, QWidget *parent) : QWidget(parent)
{
    auto *form = new QFormLayout(this);
    m_mapper.setModel(model);
    const QStringList labels { tr("Name"), tr("City"), tr("Phone") };
    for (int column = 0; column < labels.size(); ++column) {
        auto *field = new QLineEdit(this);
        form->addRow(labels.at(column), field);
        m_mapper.addMapping(field, column);
    }
    auto *favourite = new QCheckBox(tr("Favourite"), this);
    form->addRow(QString(), favourite);
    m_mapper.addMapping(favourite, int(labels.size()), "checked");
    // A box has no end of editing that the mapper would wait for
    connect(favourite, &QCheckBox::clicked, &m_mapper, &QDataWidgetMapper::submit);
    setEnabled(false);
}

void ContactForm::setRow(int row)
{
    m_mapper.setCurrentIndex(row);
    setEnabled(row >= 0);
}
