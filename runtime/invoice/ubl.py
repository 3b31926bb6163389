"""An invoice as a structured e-invoice: UBL 2.1, in the terms of EN 16931.

An invoice is an `Invoice` (type 380); a credit note a `CreditNote` (381) whose amounts have the
opposite sign, and which names the invoices it corrects.  One VAT breakdown is printed for each
category and rate: sums of what the lines hold.  A line is quantity times price where that
gives its net, else once its net; its days, tiers or rates then stand in its description.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from types import MappingProxyType
from xml.etree import ElementTree as ET

from runtime.invoice.document_failed import DocumentFailed
from runtime.invoice.format import clean_text
from runtime.invoice.invariants import all_lines
from runtime.invoice.model import Invoice, InvoiceLine, Party

EN_16931 = "urn:cen.eu:en16931:2017"
_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CBC = f"{_UBL}CommonBasicComponents-2"
CAC = f"{_UBL}CommonAggregateComponents-2"

UNITS: Mapping[str, str] = MappingProxyType(
    {
        "B": "AD",
        "byte": "AD",
        "kB": "2P",
        "MB": "4L",
        "GB": "E34",
        "TB": "E35",
        "s": "SEC",
        "second": "SEC",
        "minute": "MIN",
        "hour": "HUR",
        "day": "DAY",
    }
)
"""Our units in UN/ECE Recommendation 20; all else is C62, one, and named in the description."""

ONE = "C62"
_WIDE = Context(prec=100, rounding=ROUND_HALF_UP)


class EInvoiceLacks(DocumentFailed):
    """An invoice lacks what every e-invoice must say; the message names it."""


@dataclass(frozen=True, slots=True)
class _Category:
    """What a line bears: S a rate, E exempt with its reason, Z zero."""

    code: str
    percent: Decimal
    reason: str | None


@dataclass(frozen=True, slots=True)
class _Kind:
    """How an invoice and a credit note differ."""

    root: str
    type_code: str
    type_element: str
    line: str
    quantity: str
    sign: int


_INVOICE = _Kind("Invoice", "380", "InvoiceTypeCode", "InvoiceLine", "InvoicedQuantity", 1)
_CREDIT = _Kind("CreditNote", "381", "CreditNoteTypeCode", "CreditNoteLine", "CreditedQuantity", -1)


def render_ubl(invoice: Invoice) -> bytes:
    """Return an invoice as UBL 2.1 in UTF-8.

    Raises:
        EInvoiceLacks: a party has no country, the seller no tax id, or there is no line.
    """
    _require(invoice)
    kind = _CREDIT if invoice.kind == "credit_note" else _INVOICE
    writer = _Writer(invoice, kind)
    namespace = f"{_UBL}{kind.root}-2"
    for prefix, uri in (("", namespace), ("cac", CAC), ("cbc", CBC)):
        ET.register_namespace(prefix, uri)
    root = ET.Element(f"{{{namespace}}}{kind.root}")
    root.extend(writer.head())
    root.extend(writer.parties())
    root.extend(writer.money())
    root.extend(writer.line(line) for line in all_lines(invoice))
    ET.indent(root, " ")
    text: bytes = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
    return text + b"\n"


def _require(invoice: Invoice) -> None:
    lacking = []
    for party, name in ((invoice.seller, "seller"), (invoice.bill_to, "bill-to")):
        if party.country is None:
            lacking.append(f"the country of the {name} {party.account}")
    if invoice.seller.tax_id is None:
        lacking.append(f"the tax id of the seller {invoice.seller.account}")
    if not invoice.sections:
        lacking.append("a line")
    if invoice.number is None:
        lacking.append("a number: it is not posted")
    if lacking:
        raise EInvoiceLacks(f"an e-invoice needs {', '.join(lacking)}")


class _Writer:
    """Makes the parts of one document, in the order in which UBL wants them."""

    def __init__(self, invoice: Invoice, kind: _Kind) -> None:
        self.invoice = invoice
        self.kind = kind
        self.reasons = {
            tax.tax_class: tax.exemption for tax in invoice.taxes if tax.exemption is not None
        }

    def head(self) -> Iterator[ET.Element]:
        """Give what the document is, and what it corrects."""
        invoice = self.invoice
        yield _text("CustomizationID", EN_16931)
        yield _text("ID", invoice.number)
        yield _text("IssueDate", invoice.issue_date)
        if self.kind is _INVOICE:
            yield _text("DueDate", invoice.due_date)
        yield _text(self.kind.type_element, self.kind.type_code)
        yield _text("DocumentCurrencyCode", invoice.currency)
        yield _text("BuyerReference", invoice.bill_to.account)
        yield self._whole_period()
        corrected = {line.corrects.rpartition(":")[0]: 1 for line in self._lines() if line.corrects}
        for number in corrected:
            yield _group(
                "BillingReference", _group("InvoiceDocumentReference", _text("ID", number))
            )

    def parties(self) -> Iterator[ET.Element]:
        """Give the seller and the buyer."""
        yield _group("AccountingSupplierParty", _party(self.invoice.seller))
        yield _group("AccountingCustomerParty", _party(self.invoice.bill_to))

    def money(self) -> Iterator[ET.Element]:
        """Give terms, the breakdown of taxes and the totals."""
        invoice, totals = self.invoice, self.invoice.totals
        if self.kind is _INVOICE:
            words = f"Net {invoice.terms_days} days, due {invoice.due_date}"
            yield _group("PaymentTerms", _text("Note", words))
        yield _group(
            "TaxTotal", self._amount("TaxAmount", totals.tax), *map(self._subtotal, self._taxes())
        )
        prepaid = [self._amount("PrepaidAmount", totals.paid)] if totals.paid else []
        yield _group(
            "LegalMonetaryTotal",
            self._amount("LineExtensionAmount", totals.net),
            self._amount("TaxExclusiveAmount", totals.net),
            self._amount("TaxInclusiveAmount", totals.gross),
            *prepaid,
            self._amount("PayableAmount", totals.due),
        )

    def line(self, line: InvoiceLine) -> ET.Element:
        """Give one line."""
        quantity, price, per = _factors(line, self.invoice.minor_units)
        unit = UNITS.get(line.unit, ONE) if quantity == line.quantity else ONE
        price_parts = [_money("PriceAmount", price, self.invoice.currency)]
        if per != 1:
            price_parts.append(_text("BaseQuantity", per, unitCode=unit))
        return _group(
            self.kind.line,
            _text("ID", line.number),
            _text(self.kind.quantity, _plain(quantity * self.kind.sign), unitCode=unit),
            self._amount("LineExtensionAmount", line.net),
            _period(line.period_start, line.period_end),
            _group(
                "Item",
                _text("Description", _words(line)),
                _text("Name", line.description),
                self._category("ClassifiedTaxCategory", self._of(line), with_reason=False),
            ),
            _group("Price", *price_parts),
        )

    def _lines(self) -> Iterable[InvoiceLine]:
        return all_lines(self.invoice)

    def _whole_period(self) -> ET.Element:
        lines = list(self._lines())
        start = min(line.period_start for line in lines)
        return _period(start, max(line.period_end for line in lines))

    def _of(self, line: InvoiceLine) -> _Category:
        percent = line.tax_percent or Decimal(0)
        if percent:
            return _Category("S", percent, None)
        reason = self.reasons.get(line.tax_class or "")
        if reason is None and line.tax_percent is None:
            reason = "Not subject to tax"
        return _Category("Z" if reason is None else "E", percent, reason)

    def _taxes(self) -> Iterable[tuple[_Category, Decimal, Decimal]]:
        """Sum the lines by what they bear: its base and its tax."""
        sums: dict[_Category, tuple[Decimal, Decimal]] = {}
        for line in self._lines():
            category = self._of(line)
            base, tax = sums.get(category, (Decimal(0), Decimal(0)))
            sums[category] = base + line.net, tax + line.tax
        return [(category, base, tax) for category, (base, tax) in sums.items()]

    def _subtotal(self, row: tuple[_Category, Decimal, Decimal]) -> ET.Element:
        category, base, tax = row
        return _group(
            "TaxSubtotal",
            self._amount("TaxableAmount", base),
            self._amount("TaxAmount", tax),
            self._category("TaxCategory", category, with_reason=True),
        )

    def _category(self, name: str, category: _Category, *, with_reason: bool) -> ET.Element:
        has_reason = with_reason and category.reason is not None
        return _group(
            name,
            _text("ID", category.code),
            _text("Percent", _plain(category.percent)),
            *([_text("TaxExemptionReason", category.reason)] if has_reason else []),
            _group("TaxScheme", _text("ID", "VAT")),
        )

    def _amount(self, name: str, amount: Decimal) -> ET.Element:
        signed = amount * self.kind.sign
        places = Decimal(1).scaleb(-self.invoice.minor_units)
        return _money(name, signed.quantize(places, context=_WIDE), self.invoice.currency)


def _factors(line: InvoiceLine, minor_units: int) -> tuple[Decimal, Decimal, Decimal]:
    """Give quantity, price and what the price is for, so that they come to the net.

    Where they do not (parts of a period, several rates, tiers), the line is once its net.
    """
    price = line.unit_price
    if price is not None and price >= 0:
        per = _per(line.unit_price_per)
        places = Decimal(1).scaleb(-minor_units)
        product = _WIDE.divide(_WIDE.multiply(line.quantity, price), per)
        if product.quantize(places, context=_WIDE) == line.net:
            return line.quantity, price, per
    return Decimal(-1 if line.net < 0 else 1), abs(line.net), Decimal(1)


def _per(words: str | None) -> Decimal:
    """Give the number in `1000 each`; one where there is none."""
    first = (words or "").partition(" ")[0].replace(",", "").replace("_", "")
    return Decimal(first) if first.isdigit() and int(first) else Decimal(1)


def _words(line: InvoiceLine) -> str:
    """Say what a line's quantity and price were, which need not be those that are printed."""
    words = f"{line.service_title}, {line.account_service}"
    if line.days is not None and line.days != line.full_days:
        words += f", {line.days} of {line.full_days} days"
    if line.unit:
        words += f", {_plain(line.quantity)} {line.unit}"
    if line.corrects is not None:
        words += f", corrects {line.corrects}"
    return words


def _party(party: Party) -> ET.Element:
    address = [
        _text(name, value)
        for name, value in (
            ("StreetName", party.street),
            ("CityName", party.city),
            ("PostalZone", party.postal_code),
            ("CountrySubentity", party.region),
        )
        if value is not None
    ]
    country = _group("Country", _text("IdentificationCode", party.country))
    scheme = _group("TaxScheme", _text("ID", "VAT"))
    tax_id = party.tax_id
    parts = [
        _group("PartyIdentification", _text("ID", party.account)),
        _group("PartyName", _text("Name", party.name)),
        _group("PostalAddress", *address, country),
        *([] if tax_id is None else [_group("PartyTaxScheme", _text("CompanyID", tax_id), scheme)]),
        _group("PartyLegalEntity", _text("RegistrationName", party.name)),
    ]
    contact = [
        _text(name, value)
        for name, value in (("Name", party.contact), ("ElectronicMail", party.email))
        if value is not None
    ]
    return _group("Party", *parts, *([_group("Contact", *contact)] if contact else []))


def _period(start: date, end: date) -> ET.Element:
    """Give a half-open period by its first and last day."""
    last = max(start, end - timedelta(days=1))
    return _group("InvoicePeriod", _text("StartDate", start), _text("EndDate", last))


def _money(name: str, amount: Decimal, currency: str) -> ET.Element:
    return _text(name, _plain(amount), currencyID=currency)


def _plain(value: Decimal) -> str:
    return format(abs(value) if value.is_zero() else value, "f")


def _group(name: str, *parts: ET.Element) -> ET.Element:
    element = ET.Element(f"{{{CAC}}}{name}")
    element.extend(parts)
    return element


def _text(name: str, value: object, **attributes: str) -> ET.Element:
    element = ET.Element(f"{{{CBC}}}{name}", attributes)
    element.text = clean_text(str(value))
    return element
