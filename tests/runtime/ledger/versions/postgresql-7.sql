CREATE TABLE words (
	words BIGINT NOT NULL,
	pieces TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (words)
)
----
CREATE FUNCTION words_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: words' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER words_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON words FOR EACH STATEMENT EXECUTE FUNCTION words_append_only()
----
ALTER TABLE words ENABLE ALWAYS TRIGGER words_append_only
----
CREATE TABLE schema_version (
	version INTEGER NOT NULL,
	PRIMARY KEY (version)
)
----
CREATE TABLE runs (
	run INTEGER NOT NULL,
	as_of TEXT COLLATE "C" NOT NULL,
	catalog TEXT COLLATE "C" NOT NULL,
	fingerprint TEXT COLLATE "C" NOT NULL,
	rounding TEXT COLLATE "C" NOT NULL,
	kept_events BIGINT NOT NULL,
	known TEXT COLLATE "C",
	PRIMARY KEY (run)
)
----
CREATE FUNCTION runs_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: runs' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON runs FOR EACH STATEMENT EXECUTE FUNCTION runs_append_only()
----
ALTER TABLE runs ENABLE ALWAYS TRIGGER runs_append_only
----
CREATE TABLE number_series (
	owner TEXT COLLATE "C" NOT NULL,
	series TEXT COLLATE "C" NOT NULL,
	last BIGINT NOT NULL,
	PRIMARY KEY (owner, series)
)
----
CREATE TABLE payments (
	payment TEXT COLLATE "C" NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	minor_units INTEGER NOT NULL,
	minor BIGINT NOT NULL,
	received TEXT COLLATE "C" NOT NULL,
	method TEXT COLLATE "C",
	reference TEXT COLLATE "C",
	directed TEXT COLLATE "C",
	PRIMARY KEY (payment)
)
----
CREATE INDEX payments_by_account ON payments (account, currency)
----
CREATE FUNCTION payments_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: payments' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER payments_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION payments_append_only()
----
ALTER TABLE payments ENABLE ALWAYS TRIGGER payments_append_only
----
CREATE TABLE line_forms (
	line_form BIGINT NOT NULL,
	run INTEGER NOT NULL,
	words BIGINT NOT NULL,
	service_words BIGINT NOT NULL,
	package_words BIGINT NOT NULL,
	account_words BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	service TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C",
	transition TEXT COLLATE "C",
	usage_class TEXT COLLATE "C",
	bucket TEXT COLLATE "C",
	tier INTEGER,
	occurrence INTEGER,
	period_start TEXT COLLATE "C" NOT NULL,
	period_end TEXT COLLATE "C" NOT NULL,
	full_start TEXT COLLATE "C",
	full_end TEXT COLLATE "C",
	days INTEGER,
	full_days INTEGER,
	quantity BIGINT NOT NULL,
	unit_price TEXT COLLATE "C",
	minor BIGINT NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	is_credit BOOLEAN NOT NULL,
	tax_class TEXT COLLATE "C",
	taxes TEXT COLLATE "C" NOT NULL,
	source_path TEXT COLLATE "C",
	source_line INTEGER,
	source_text TEXT COLLATE "C",
	proration TEXT COLLATE "C",
	discount TEXT COLLATE "C",
	PRIMARY KEY (line_form),
	FOREIGN KEY(run) REFERENCES runs (run),
	FOREIGN KEY(words) REFERENCES words (words),
	FOREIGN KEY(service_words) REFERENCES words (words),
	FOREIGN KEY(package_words) REFERENCES words (words),
	FOREIGN KEY(account_words) REFERENCES words (words)
)
----
CREATE FUNCTION line_forms_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: line_forms' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER line_forms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON line_forms FOR EACH STATEMENT EXECUTE FUNCTION line_forms_append_only()
----
ALTER TABLE line_forms ENABLE ALWAYS TRIGGER line_forms_append_only
----
CREATE TABLE invoice_forms (
	invoice_form BIGINT NOT NULL,
	words BIGINT NOT NULL,
	recurring_start TEXT COLLATE "C",
	recurring_end TEXT COLLATE "C",
	taxes TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (invoice_form),
	FOREIGN KEY(words) REFERENCES words (words)
)
----
CREATE FUNCTION invoice_forms_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: invoice_forms' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER invoice_forms_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoice_forms FOR EACH STATEMENT EXECUTE FUNCTION invoice_forms_append_only()
----
ALTER TABLE invoice_forms ENABLE ALWAYS TRIGGER invoice_forms_append_only
----
CREATE TABLE form_lines (
	invoice_form BIGINT NOT NULL,
	section INTEGER NOT NULL,
	line INTEGER NOT NULL,
	line_form BIGINT NOT NULL,
	net_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	PRIMARY KEY (invoice_form, section, line),
	FOREIGN KEY(invoice_form) REFERENCES invoice_forms (invoice_form),
	FOREIGN KEY(line_form) REFERENCES line_forms (line_form)
)
----
CREATE FUNCTION form_lines_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: form_lines' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER form_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON form_lines FOR EACH STATEMENT EXECUTE FUNCTION form_lines_append_only()
----
ALTER TABLE form_lines ENABLE ALWAYS TRIGGER form_lines_append_only
----
CREATE TABLE invoices (
	number TEXT COLLATE "C" NOT NULL,
	run INTEGER NOT NULL,
	owner TEXT COLLATE "C" NOT NULL,
	series TEXT COLLATE "C" NOT NULL,
	sequence BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	invoicer TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	minor_units INTEGER NOT NULL,
	issue_date TEXT COLLATE "C" NOT NULL,
	due_date TEXT COLLATE "C" NOT NULL,
	net_minor BIGINT NOT NULL,
	tax_minor BIGINT NOT NULL,
	gross_minor BIGINT NOT NULL,
	document TEXT COLLATE "C" NOT NULL,
	form BIGINT,
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
CREATE FUNCTION invoices_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: invoices' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER invoices_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON invoices FOR EACH STATEMENT EXECUTE FUNCTION invoices_append_only()
----
ALTER TABLE invoices ENABLE ALWAYS TRIGGER invoices_append_only
----
CREATE TABLE sections (
	line_id BIGINT NOT NULL,
	invoice TEXT COLLATE "C" NOT NULL,
	line INTEGER NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	account_package TEXT COLLATE "C" NOT NULL,
	account_service TEXT COLLATE "C" NOT NULL,
	name TEXT COLLATE "C",
	identifiers TEXT COLLATE "C",
	PRIMARY KEY (line_id),
	UNIQUE (invoice, line),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX sections_by_account_service ON sections (account_service)
----
CREATE FUNCTION sections_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: sections' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER sections_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON sections FOR EACH STATEMENT EXECUTE FUNCTION sections_append_only()
----
ALTER TABLE sections ENABLE ALWAYS TRIGGER sections_append_only
----
CREATE TABLE corrections (
	invoice TEXT COLLATE "C" NOT NULL,
	line INTEGER NOT NULL,
	corrects BIGINT NOT NULL,
	corrected_invoice TEXT COLLATE "C" NOT NULL,
	corrected_line INTEGER NOT NULL,
	PRIMARY KEY (invoice, line),
	FOREIGN KEY(invoice) REFERENCES invoices (number),
	FOREIGN KEY(corrected_invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_corrections_corrected_invoice ON corrections (corrected_invoice)
----
CREATE FUNCTION corrections_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: corrections' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER corrections_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON corrections FOR EACH STATEMENT EXECUTE FUNCTION corrections_append_only()
----
ALTER TABLE corrections ENABLE ALWAYS TRIGGER corrections_append_only
----
CREATE TABLE lines (
	line_id BIGINT NOT NULL,
	run INTEGER NOT NULL,
	invoice TEXT COLLATE "C" NOT NULL,
	line INTEGER NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	account_package TEXT COLLATE "C" NOT NULL,
	account_service TEXT COLLATE "C" NOT NULL,
	corrects BIGINT,
	tax_minor BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	service TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C",
	transition TEXT COLLATE "C",
	usage_class TEXT COLLATE "C",
	bucket TEXT COLLATE "C",
	tier INTEGER,
	occurrence INTEGER,
	period_start TEXT COLLATE "C" NOT NULL,
	period_end TEXT COLLATE "C" NOT NULL,
	full_start TEXT COLLATE "C",
	full_end TEXT COLLATE "C",
	days INTEGER,
	full_days INTEGER,
	quantity BIGINT NOT NULL,
	unit_price TEXT COLLATE "C",
	minor BIGINT NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	is_credit BOOLEAN NOT NULL,
	tax_class TEXT COLLATE "C",
	taxes TEXT COLLATE "C" NOT NULL,
	source_path TEXT COLLATE "C",
	source_line INTEGER,
	source_text TEXT COLLATE "C",
	proration TEXT COLLATE "C",
	discount TEXT COLLATE "C",
	PRIMARY KEY (line_id),
	UNIQUE (invoice, line),
	FOREIGN KEY(run) REFERENCES runs (run),
	FOREIGN KEY(invoice) REFERENCES invoices (number),
	FOREIGN KEY(corrects) REFERENCES lines (line_id)
)
----
CREATE INDEX lines_by_account_service ON lines (account_service)
----
CREATE FUNCTION lines_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: lines' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON lines FOR EACH STATEMENT EXECUTE FUNCTION lines_append_only()
----
ALTER TABLE lines ENABLE ALWAYS TRIGGER lines_append_only
----
CREATE TABLE documents (
	invoice TEXT COLLATE "C" NOT NULL,
	is_written BOOLEAN NOT NULL,
	PRIMARY KEY (invoice),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_documents_is_written ON documents (is_written)
----
CREATE TABLE entries (
	entry BIGINT NOT NULL,
	kind TEXT COLLATE "C" NOT NULL,
	day TEXT COLLATE "C" NOT NULL,
	account TEXT COLLATE "C" NOT NULL,
	currency TEXT COLLATE "C" NOT NULL,
	minor BIGINT NOT NULL,
	payment TEXT COLLATE "C",
	credit_note TEXT COLLATE "C",
	invoice TEXT COLLATE "C",
	takes_back BIGINT,
	reference TEXT COLLATE "C",
	reason TEXT COLLATE "C",
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
CREATE FUNCTION entries_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: entries' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER entries_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON entries FOR EACH STATEMENT EXECUTE FUNCTION entries_append_only()
----
ALTER TABLE entries ENABLE ALWAYS TRIGGER entries_append_only
----
CREATE TABLE credit_notes (
	number TEXT COLLATE "C" NOT NULL,
	invoice TEXT COLLATE "C" NOT NULL,
	reason TEXT COLLATE "C" NOT NULL,
	PRIMARY KEY (number),
	FOREIGN KEY(number) REFERENCES invoices (number),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_credit_notes_invoice ON credit_notes (invoice)
----
CREATE FUNCTION credit_notes_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: credit_notes' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER credit_notes_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credit_notes FOR EACH STATEMENT EXECUTE FUNCTION credit_notes_append_only()
----
ALTER TABLE credit_notes ENABLE ALWAYS TRIGGER credit_notes_append_only
----
CREATE TABLE deliveries (
	invoice TEXT COLLATE "C" NOT NULL,
	recipient TEXT COLLATE "C" NOT NULL,
	digest TEXT COLLATE "C" NOT NULL,
	channel TEXT COLLATE "C" NOT NULL,
	suffixes TEXT COLLATE "C" NOT NULL,
	status TEXT COLLATE "C" NOT NULL,
	attempts INTEGER NOT NULL,
	reason TEXT COLLATE "C",
	PRIMARY KEY (invoice, recipient, digest),
	FOREIGN KEY(invoice) REFERENCES invoices (number)
)
----
CREATE INDEX ix_deliveries_status ON deliveries (status)
----
CREATE TABLE credited_lines (
	credit_note TEXT COLLATE "C" NOT NULL,
	line INTEGER NOT NULL,
	credited INTEGER NOT NULL,
	minor BIGINT NOT NULL,
	PRIMARY KEY (credit_note, line),
	FOREIGN KEY(credit_note) REFERENCES credit_notes (number)
)
----
CREATE FUNCTION credited_lines_append_only() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'the ledger is append-only: credited_lines' USING ERRCODE = 'integrity_constraint_violation'; END $$
----
CREATE TRIGGER credited_lines_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON credited_lines FOR EACH STATEMENT EXECUTE FUNCTION credited_lines_append_only()
----
ALTER TABLE credited_lines ENABLE ALWAYS TRIGGER credited_lines_append_only
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
