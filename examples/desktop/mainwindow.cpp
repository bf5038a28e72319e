#include "mainwindow.h"

#include "contactform.h"
#include "samples.h"

#include <TwilioSync/SyncException>
#include <TwilioSync/SyncSortFilterModel>

#include <QtCore/quuid.h>
#include <QtWidgets/qheaderview.h>
#include <QtWidgets/qlabel.h>
#include <QtWidgets/qlineedit.h>
#include <QtWidgets/qsplitter.h>
#include <QtWidgets/qstatusbar.h>
#include <QtWidgets/qtableview.h>
#include <QtWidgets/qtabwidget.h>
#include <QtWidgets/qtoolbar.h>
#include <QtWidgets/qtreeview.h>

using namespace Qt::StringLiterals;
using namespace Twilio;

MainWindow::MainWindow(const QUrl &url, const SyncClient::TokenProvider &tokens)
    : m_table(new QTableView(this))
    , m_state(new QLabel(this))
{
    // Each property of a Contact is a column that the views show and edit. Such views do not ask for more
    // rows: load them all.
    SyncMapOf<Contact>(&m_contacts).declareRoles();
    m_contacts.setLoadAll(true);
    m_contacts.setUniqueName(u"contacts"_s);
    m_contacts.setClient(&m_client);
    m_client.setUrl(url);
    m_client.setTokenProvider(tokens);

    auto *found = new SyncSortFilterModel(this);
    found->setSourceModel(&m_contacts);
    found->setSortRole(u"name"_s);
    found->setFilterRole(u"name"_s);

    m_table->setModel(found);
    m_table->setSelectionBehavior(QAbstractItemView::SelectRows);
    m_table->setSelectionMode(QAbstractItemView::SingleSelection);
    m_table->setAlternatingRowColors(true);
    m_table->setShowGrid(false);
    m_table->verticalHeader()->hide();
    m_table->horizontalHeader()->setSectionResizeMode(QHeaderView::Stretch);
    auto *tree = new QTreeView(this);
    tree->setModel(found);
    tree->setSelectionModel(m_table->selectionModel());
    tree->setRootIsDecorated(false);
    auto *tabs = new QTabWidget(this);
    tabs->addTab(m_table, tr("Table"));
    tabs->addTab(tree, tr("Tree"));
    auto *form = new ContactForm(found, this);
    auto *splitter = new QSplitter(this);
    splitter->addWidget(tabs);
    splitter->addWidget(form);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    setCentralWidget(splitter);

    auto *tools = addToolBar(tr("Contacts"));
    tools->setMovable(false);
    connect(tools->addAction(tr("Add")), &QAction::triggered, this, &MainWindow::addContact);
    m_remove = tools->addAction(tr("Remove"));
    m_remove->setEnabled(false);
    connect(m_remove, &QAction::triggered, this, &MainWindow::removeContact);
    connect(tools->addAction(tr("Add samples")), &QAction::triggered, this, &MainWindow::addSamples);
    auto *search = new QLineEdit(this);
    search->setPlaceholderText(tr("Search names"));
    search->setClearButtonEnabled(true);
    search->setMaximumWidth(220);
    auto *gap = new QWidget(this);
    gap->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Preferred);
    tools->addWidget(gap);
    tools->addWidget(search);
    connect(search, &QLineEdit::textChanged, found, &SyncSortFilterModel::setFilterText);
    statusBar()->addPermanentWidget(m_state);

    connect(m_table->selectionModel(), &QItemSelectionModel::currentRowChanged, this,
            [this, form](const QModelIndex &current) {
                form->setRow(current.row());
                m_remove->setEnabled(current.isValid());
            });
    connect(&m_client, &SyncClient::connectionStateChanged, this, &MainWindow::showState);
    connect(&m_client, &SyncClient::pendingWritesChanged, this, &MainWindow::showState);
    connect(&m_contacts, &SyncMap::countChanged, this, &MainWindow::showState);
    connect(&m_client, &SyncClient::connectionError, this, &MainWindow::report);
    connect(&m_contacts, &SyncMap::writeBackFailed, this,
            [this](const QString &, const QString &, const SyncError &error) { report(error); });
    showState();
    setWindowTitle(tr("Contacts"));
    resize(760, 420);
}

void MainWindow::addSamples()
{
    ::addSamples(SyncMapOf<Contact>(&m_contacts), [this](const SyncError &error) {
        report(error);
        Q_EMIT samplesAdded(error);
    });
}

void MainWindow::select(int row) { m_table->selectRow(row); }

void MainWindow::addContact()
{
    SyncMapOf<Contact>(&m_contacts)
            .set(QUuid::createUuid().toString(QUuid::WithoutBraces), { .name = tr("New contact") })
            .then(this, [](const auto &) {})
            .onFailed(this, [this](const SyncException &exception) { report(exception.error()); });
}

void MainWindow::removeContact()
{
    const QString key = m_table->currentIndex().siblingAtColumn(0).data(SyncMap::ItemKeyRole).toString();
    m_contacts.remove(key).onFailed(this,
                                    [this](const SyncException &exception) { report(exception.error()); });
}

void MainWindow::showState()
{
    QString text =
            tr("%n contact(s)", nullptr, m_contacts.count()) + u" · "_s + m_client.connectionStateName();
    if (m_client.pendingWrites() > 0)
        text += u" · "_s + tr("%n write(s) waiting", nullptr, m_client.pendingWrites());
    m_state->setText(text);
}

void MainWindow::report(const SyncError &error)
{
    if (!error.isNull())
        statusBar()->showMessage(error.message(), 10'000);
}
