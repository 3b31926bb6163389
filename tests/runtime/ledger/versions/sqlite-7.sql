CREATE TABLE words (
	words INTEGER NOT NULL,
	pieces TEXT NOT NULL,
	PRIMARY KEY (words)
)
----
CREATE TRIGGER words_no_replace BEFORE INSERT ON words WHEN EXISTS (SELECT 1 FROM words WHERE words = NEW.words) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: words'); END
----
CREATE TRIGGER words_no_update BEFORE UPDATE ON words BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: words'); END
----
CREATE TRIGGER words_no_delete BEFORE DELETE ON words BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: words'); END
----
CREATE TABLE schema_version (
	version INTEGER NOT NULL,
	PRIMARY KEY (version)
)
----
CREATE TABLE runs (
	run INTEGER NOT NULL,
	as_of TEXT NOT NULL,
	catalog TEXT NOT NULL,
	fingerprint TEXT NOT NULL,
	rounding TEXT NOT NULL,
	kept_events BIGINT NOT NULL,
	known TEXT,
	PRIMARY KEY (run)
)
----
CREATE TRIGGER runs_no_replace BEFORE INSERT ON runs WHEN EXISTS (SELECT 1 FROM runs WHERE run = NEW.run) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: runs'); END
----
CREATE TRIGGER runs_no_update BEFORE UPDATE ON runs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: runs'); END
----
CREATE TRIGGER runs_no_delete BEFORE DELETE ON runs BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: runs'); END
----
CREATE TABLE number_series (
	owner TEXT NOT NULL,
	series TEXT NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (owner, series)
)
----
CREATE TABLE payments (
	payment TEXT NOT NULL,
	account TEXT NOT NULL,
	currency TEXT NOT NULL,
	minor_units INTEGER NOT NULL,
	minor BIGINT NOT NULL,
	received TEXT NOT NULL,
	method TEXT,
	reference TEXT,
	directed TEXT,
	PRIMARY KEY (payment)
)
----
CREATE INDEX payments_by_account ON payments (account, currency)
----
CREATE TRIGGER payments_no_replace BEFORE INSERT ON payments WHEN EXISTS (SELECT 1 FROM payments WHERE payment = NEW.payment) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: payments'); END
----
CREATE TRIGGER payments_no_update BEFORE UPDATE ON payments BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: payments'); END
----
CREATE TRIGGER payments_no_delete BEFORE DELETE ON payments BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: payments'); END
----
CREATE TABLE line_forms (
	line_form INTEGER NOT NULL,
	run INTEGER NOT NULL,
	words INTEGER NOT NULL,
	service_words INTEGER NOT NULL,
	package_words INTEGER NOT NULL,
	account_words INTEGER NOT NULL,
	kind TEXT NOT NULL,
	service TEXT NOT NULL,
	status TEXT,
	transition TEXT,
	usage_class TEXT,
	bucket TEXT,
	tier INTEGER,
	occurrence INTEGER,
	period_start TEXT NOT NULL,
	period_end TEXT NOT NULL,
	full_start TEXT,
	full_end TEXT,
	days INTEGER,
	full_days INTEGER,
	quantity BIGINT NOT NULL,
	unit_price TEXT,
	minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	is_credit BOOLEAN NOT NULL,
	tax_class TEXT,
	taxes TEXT NOT NULL,
	source_path TEXT,
	source_line INTEGER,
	source_text TEXT,
	proration TEXT,
	discount TEXT,
	PRIMARY KEY (line_form),
	FOREIGN KEY(run) REFERENCES runs (run),
	FOREIGN KEY(words) REFERENCES words (words),
	FOREIGN KEY(service_words) REFERENCES words (words),
	FOREIGN KEY(package_words) REFERENCES words (words),
	FOREIGN KEY(account_words) REFERENCES words (words)
)
----
CREATE TRIGGER line_forms_no_replace BEFORE INSERT ON line_forms WHEN EXISTS (SELECT 1 FROM line_forms WHERE line_form = NEW.line_form) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: line_forms'); END
----
CREATE TRIGGER line_forms_no_update BEFORE UPDATE ON line_forms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: line_forms'); END
----
CREATE TRIGGER line_forms_no_delete BEFORE DELETE ON line_forms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: line_forms'); END
----
CREATE TABLE invoice_forms (
	invoice_form INTEGER NOT NULL,
	words INTEGER NOT NULL,
	recurring_start TEXT,
	recurring_end TEXT,
	taxes TEXT NOT NULL,
	PRIMARY KEY (invoice_form),
	FOREIGN KEY(words) REFERENCES words (words)
)
----
CREATE TRIGGER invoice_forms_no_replace BEFORE INSERT ON invoice_forms WHEN EXISTS (SELECT 1 FROM invoice_forms WHERE invoice_form = NEW.invoice_form) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoice_forms'); END
----
CREATE TRIGGER invoice_forms_no_update BEFORE UPDATE ON invoice_forms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoice_forms'); END
----
CREATE TRIGGER invoice_forms_no_delete BEFORE DELETE ON invoice_forms BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoice_forms'); END
----
CREATE TABLE form_lines (
	invoice_form INTEGER NOT NULL,
	section INTEGER NOT NULL,
	line INTEGER NOT NULL,
	line_form INTEGER NOT NULL,
	net_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	PRIMARY KEY (invoice_form, section, line),
	FOREIGN KEY(invoice_form) REFERENCES invoice_forms (invoice_form),
	FOREIGN KEY(line_form) REFERENCES line_forms (line_form)
)
----
CREATE TRIGGER form_lines_no_replace BEFORE INSERT ON form_lines WHEN EXISTS (SELECT 1 FROM form_lines WHERE invoice_form = NEW.invoice_form AND section = NEW.section AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: form_lines'); END
----
CREATE TRIGGER form_lines_no_update BEFORE UPDATE ON form_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: form_lines'); END
----
CREATE TRIGGER form_lines_no_delete BEFORE DELETE ON form_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: form_lines'); END
----
CREATE TABLE invoices (
	number TEXT NOT NULL,
	run INTEGER NOT NULL,
	owner TEXT NOT NULL,
	series TEXT NOT NULL,
	sequence BIGINT NOT NULL,
	kind TEXT NOT NULL,
	invoicer TEXT NOT NULL,
	currency TEXT NOT NULL,
	minor_units INTEGER NOT NULL,
	issue_date TEXT NOT NULL,
	due_date TEXT NOT NULL,
	net_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	gross_minor BIGINT NOT NULL,
	document TEXT NOT NULL,
	form INTEGER,
	PRIMARY KEY (number),
	UNIQUE (owner, series, sequence),
	FOREIGN KEY(run) REFERENCES runs (run),
	FOREIGN KEY(form) REFERENCES invoice_forms (invoice_form)
)
----
CREATE INDEX invoices_by_invoicer ON invoices (invoicer, currency)
----
CREATE INDEX ix_invoices_run ON invoices (run)
----
CREATE TRIGGER invoices_no_replace BEFORE INSERT ON invoices WHEN EXISTS (SELECT 1 FROM invoices WHERE number = NEW.number) OR EXISTS (SELECT 1 FROM invoices WHERE owner = NEW.owner AND series = NEW.series AND sequence = NEW.sequence) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoices'); END
----
CREATE TRIGGER invoices_no_update BEFORE UPDATE ON invoices BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoices'); END
----
CREATE TRIGGER invoices_no_delete BEFORE DELETE ON invoices BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: invoices'); END
----
CREATE TABLE sections (
	line_id INTEGER NOT NULL,
	invoice TEXT NOT NULL,
	line INTEGER NOT NULL,
	account TEXT NOT NULL,
	account_package TEXT NOT NULL,
	account_service TEXT NOT NULL,
	name TEXT,
	identifiers TEXT,
	PRIMARY KEY (line_id),
	UNIQUE (invoice, line),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX sections_by_account_service ON sections (account_service)
----
CREATE TRIGGER sections_no_replace BEFORE INSERT ON sections WHEN EXISTS (SELECT 1 FROM sections WHERE line_id = NEW.line_id) OR EXISTS (SELECT 1 FROM sections WHERE invoice = NEW.invoice AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: sections'); END
----
CREATE TRIGGER sections_no_update BEFORE UPDATE ON sections BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: sections'); END
----
CREATE TRIGGER sections_no_delete BEFORE DELETE ON sections BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: sections'); END
----
CREATE TABLE corrections (
	invoice TEXT NOT NULL,
	line INTEGER NOT NULL,
	corrects BIGINT NOT NULL,
	corrected_invoice TEXT NOT NULL,
	corrected_line INTEGER NOT NULL,
	PRIMARY KEY (invoice, line),
	FOREIGN KEY(invoice) REFERENCES invoices (number),
	FOREIGN KEY(corrected_invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_corrections_corrected_invoice ON corrections (corrected_invoice)
----
CREATE TRIGGER corrections_no_replace BEFORE INSERT ON corrections WHEN EXISTS (SELECT 1 FROM corrections WHERE invoice = NEW.invoice AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: corrections'); END
----
CREATE TRIGGER corrections_no_update BEFORE UPDATE ON corrections BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: corrections'); END
----
CREATE TRIGGER corrections_no_delete BEFORE DELETE ON corrections BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: corrections'); END
----
CREATE TABLE lines (
	line_id BIGINT NOT NULL,
	run INTEGER NOT NULL,
	invoice TEXT NOT NULL,
	line INTEGER NOT NULL,
	account TEXT NOT NULL,
	account_package TEXT NOT NULL,
	account_service TEXT NOT NULL,
	corrects BIGINT,
	tax_minor BIGINT NOT NULL,
	kind TEXT NOT NULL,
	service TEXT NOT NULL,
	status TEXT,
	transition TEXT,
	usage_class TEXT,
	bucket TEXT,
	tier INTEGER,
	occurrence INTEGER,
	period_start TEXT NOT NULL,
	period_end TEXT NOT NULL,
	full_start TEXT,
	full_end TEXT,
	days INTEGER,
	full_days INTEGER,
	quantity BIGINT NOT NULL,
	unit_price TEXT,
	minor BIGINT NOT NULL,
	currency TEXT NOT NULL,
	is_credit BOOLEAN NOT NULL,
	tax_class TEXT,
	taxes TEXT NOT NULL,
	source_path TEXT,
	source_line INTEGER,
	source_text TEXT,
	proration TEXT,
	discount TEXT,
	PRIMARY KEY (line_id),
	UNIQUE (invoice, line),
	FOREIGN KEY(run) REFERENCES runs (run),
	FOREIGN KEY(invoice) REFERENCES invoices (number),
	FOREIGN KEY(corrects) REFERENCES lines (line_id)
)
----
CREATE INDEX lines_by_account_service ON lines (account_service)
----
CREATE TRIGGER lines_no_replace BEFORE INSERT ON lines WHEN EXISTS (SELECT 1 FROM lines WHERE line_id = NEW.line_id) OR EXISTS (SELECT 1 FROM lines WHERE invoice = NEW.invoice AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: lines'); END
----
CREATE TRIGGER lines_no_update BEFORE UPDATE ON lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: lines'); END
----
CREATE TRIGGER lines_no_delete BEFORE DELETE ON lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: lines'); END
----
CREATE TABLE documents (
	invoice TEXT NOT NULL,
	is_written BOOLEAN NOT NULL,
	PRIMARY KEY (invoice),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_documents_is_written ON documents (is_written)
----
CREATE TABLE entries (
	entry BIGINT NOT NULL,
	kind TEXT NOT NULL,
	day TEXT NOT NULL,
	account TEXT NOT NULL,
	currency TEXT NOT NULL,
	minor BIGINT NOT NULL,
	payment TEXT,
	credit_note TEXT,
	invoice TEXT,
	takes_back BIGINT,
	reference TEXT,
	reason TEXT,
	after_run INTEGER NOT NULL,
	PRIMARY KEY (entry),
	FOREIGN KEY(payment) REFERENCES payments (payment),
	FOREIGN KEY(credit_note) REFERENCES invoices (number),
	FOREIGN KEY(invoice) REFERENCES invoices (number),
	FOREIGN KEY(takes_back) REFERENCES entries (entry)
)
----
CREATE INDEX entries_by_account ON entries (account, currency)
----
CREATE TRIGGER entries_no_replace BEFORE INSERT ON entries WHEN EXISTS (SELECT 1 FROM entries WHERE entry = NEW.entry) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: entries'); END
----
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: entries'); END
----
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: entries'); END
----
CREATE TABLE credit_notes (
	number TEXT NOT NULL,
	invoice TEXT NOT NULL,
	reason TEXT NOT NULL,
	PRIMARY KEY (number),
	FOREIGN KEY(number) REFERENCES invoices (number),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_credit_notes_invoice ON credit_notes (invoice)
----
CREATE TRIGGER credit_notes_no_replace BEFORE INSERT ON credit_notes WHEN EXISTS (SELECT 1 FROM credit_notes WHERE number = NEW.number) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credit_notes'); END
----
CREATE TRIGGER credit_notes_no_update BEFORE UPDATE ON credit_notes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credit_notes'); END
----
CREATE TRIGGER credit_notes_no_delete BEFORE DELETE ON credit_notes BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credit_notes'); END
----
CREATE TABLE deliveries (
	invoice TEXT NOT NULL,
	recipient TEXT NOT NULL,
	digest TEXT NOT NULL,
	channel TEXT NOT NULL,
	suffixes TEXT NOT NULL,
	status TEXT NOT NULL,
	attempts INTEGER NOT NULL,
	reason TEXT,
	PRIMARY KEY (invoice, recipient, digest),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_deliveries_status ON deliveries (status)
----
CREATE TABLE credited_lines (
	credit_note TEXT NOT NULL,
	line INTEGER NOT NULL,
	credited INTEGER NOT NULL,
	minor BIGINT NOT NULL,
	PRIMARY KEY (credit_note, line),
	FOREIGN KEY(credit_note) REFERENCES credit_notes (number)
)
----
CREATE TRIGGER credited_lines_no_replace BEFORE INSERT ON credited_lines WHEN EXISTS (SELECT 1 FROM credited_lines WHERE credit_note = NEW.credit_note AND line = NEW.line) BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credited_lines'); END
----
CREATE TRIGGER credited_lines_no_update BEFORE UPDATE ON credited_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credited_lines'); END
----
CREATE TRIGGER credited_lines_no_delete BEFORE DELETE ON credited_lines BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: credited_lines'); END
----
CREATE VIEW all_lines AS
SELECT l.line_id, l.run, l.invoice, l.line, l.account, l.account_package, l.account_service,
       c.corrects, l.tax_minor, l.kind, l.service, l.status, l.transition, l.usage_class, l.bucket, l.tier, l.occurrence, l.period_start, l.period_end, l.full_start, l.full_end, l.days, l.full_days, l.quantity, l.unit_price, l.minor, l.currency, l.is_credit, l.tax_class, l.taxes, l.source_path, l.source_line, l.source_text, l.proration, l.discount
FROM lines AS l
LEFT JOIN corrections AS c ON c.invoice = l.invoice AND c.line = l.line
UNION ALL
SELECT s.line_id + f.line - s.line, i.run, s.invoice, f.line, s.account, s.account_package,
       s.account_service, c.corrects, f.tax_minor, w.kind, w.service, w.status, w.transition, w.usage_class, w.bucket, w.tier, w.occurrence, w.period_start, w.period_end, w.full_start, w.full_end, w.days, w.full_days, w.quantity, w.unit_price, w.minor, w.currency, w.is_credit, w.tax_class, w.taxes, w.source_path, w.source_line, w.source_text, w.proration, w.discount
FROM sections AS s
JOIN invoices AS i ON i.number = s.invoice
JOIN form_lines AS f ON f.invoice_form = i.form AND f.section = s.line
JOIN line_forms AS w ON w.line_form = f.line_form
LEFT JOIN corrections AS c ON c.invoice = s.invoice AND c.line = f.line
----
INSERT INTO schema_version (version) VALUES (7)
