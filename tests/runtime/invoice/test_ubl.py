"""The e-invoice is UBL 2.1, and keeps the business rules of EN 16931."""

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from lxml import etree

from runtime.invoice.model import Invoice, Party
from runtime.invoice.ubl import CAC, CBC, EInvoiceLacks, render_ubl
from tests.runtime.invoice import samples

NAMES = {"cac": CAC, "cbc": CBC}


def placed(party: Party, country: str) -> Party:
    return party.model_copy(update={"country": country})


SELLER, BILL_TO = placed(samples.SELLER, "CA"), placed(samples.BILL_TO, "DE")


def of(invoice: Invoice) -> Invoice:
    return invoice.model_copy(update={"seller": SELLER, "bill_to": BILL_TO})


INVOICES = {
    "consolidated": of(samples.consolidated(paid=Decimal("10.00"))),
    "first month": of(samples.first_month()),
    "credit note": of(samples.credit_note()),
    "yen": of(samples.yen()),
    "dinar": of(samples.dinar()),
}
every_invoice = pytest.mark.parametrize("invoice", INVOICES.values(), ids=INVOICES)


@cache
def schema(root: str) -> etree.XMLSchema:
    path = Path(str(files("peppol"))) / "schema" / "maindoc" / f"UBL-{root}-2.1.xsd"
    return etree.XMLSchema(etree.parse(str(path)))


def drawn(invoice: Invoice) -> etree._Element:
    return etree.fromstring(render_ubl(invoice))


def amounts(root: etree._Element, path: str) -> list[Decimal]:
    return [Decimal(each.text or "") for each in root.iterfind(path, NAMES)]


def amount(root: etree._Element, path: str) -> Decimal:
    (one,) = amounts(root, path)
    return one


def lines(root: etree._Element) -> Iterator[etree._Element]:
    yield from root.iterfind("cac:InvoiceLine", NAMES)
    yield from root.iterfind("cac:CreditNoteLine", NAMES)


@pytest.mark.feature("D5")
@every_invoice
def test_it_is_valid_by_the_schema_of_ubl(invoice: Invoice) -> None:
    root = drawn(invoice)
    found = schema(etree.QName(root).localname)
    assert found.validate(root), found.error_log


@pytest.mark.feature("D5")
@every_invoice
def test_totals_follow_from_lines_and_taxes(invoice: Invoice) -> None:
    """BR-CO-10, 13, 14, 15 and 16; none of our documents has allowances of its own."""
    root = drawn(invoice)
    totals = "cac:LegalMonetaryTotal/cbc:"
    net = amount(root, f"{totals}LineExtensionAmount")
    tax = amount(root, "cac:TaxTotal/cbc:TaxAmount")
    gross = amount(root, f"{totals}TaxInclusiveAmount")
    assert sum(amounts(each, "cbc:LineExtensionAmount")[0] for each in lines(root)) == net
    assert amount(root, f"{totals}TaxExclusiveAmount") == net
    assert sum(amounts(root, "cac:TaxTotal/cac:TaxSubtotal/cbc:TaxAmount")) == tax
    assert gross == net + tax
    paid = sum(amounts(root, f"{totals}PrepaidAmount"))
    assert amount(root, f"{totals}PayableAmount") == gross - paid
    sign = -1 if invoice.kind == "credit_note" else 1
    assert (net, gross) == (sign * invoice.totals.net, sign * invoice.totals.gross)


@pytest.mark.feature("D5")
@every_invoice
def test_each_breakdown_is_of_its_lines(invoice: Invoice) -> None:
    """BR-CO-17, BR-CO-18, BR-S-8, BR-S-9, BR-Z-8, BR-E-8: base and tax of a category and rate."""
    root = drawn(invoice)
    seen = set()
    for part in root.iterfind("cac:TaxTotal/cac:TaxSubtotal", NAMES):
        key = tuple(
            part.findtext(f"cac:TaxCategory/cbc:{name}", namespaces=NAMES)
            for name in ("ID", "Percent")
        )
        assert key not in seen
        seen.add(key)
        base = amount(part, "cbc:TaxableAmount")
        own = [
            amount(each, "cbc:LineExtensionAmount")
            for each in lines(root)
            if key
            == tuple(
                each.findtext(f"cac:Item/cac:ClassifiedTaxCategory/cbc:{name}", namespaces=NAMES)
                for name in ("ID", "Percent")
            )
        ]
        assert sum(own) == base
        percent = Decimal(key[1] or "")
        assert (key[0] == "S") == (percent > 0)
        assert abs(amount(part, "cbc:TaxAmount") - base * percent / 100) < 1
    assert seen


@pytest.mark.feature("D5")
@every_invoice
def test_a_line_is_quantity_times_price(invoice: Invoice) -> None:
    """BR-21 to BR-27: what a line must have; its price is not below zero."""
    root = drawn(invoice)
    cent = Decimal(1).scaleb(-invoice.minor_units)
    numbers = []
    for line in lines(root):
        numbers.append(line.findtext("cbc:ID", namespaces=NAMES))
        quantity = sum(
            amounts(line, "cbc:InvoicedQuantity") + amounts(line, "cbc:CreditedQuantity")
        )
        price = amount(line, "cac:Price/cbc:PriceAmount")
        (per,) = amounts(line, "cac:Price/cbc:BaseQuantity") or [Decimal(1)]
        assert price >= 0
        product = (quantity * price / per).quantize(cent, ROUND_HALF_UP)
        assert product == amount(line, "cbc:LineExtensionAmount")
        assert line.findtext("cac:Item/cbc:Name", namespaces=NAMES)
    assert len(numbers) == len(set(numbers)) > 0


@pytest.mark.feature("D5")
def test_a_credit_note_names_the_invoice_it_corrects() -> None:
    invoice = INVOICES["credit note"]
    root = drawn(invoice)
    assert etree.QName(root).localname == "CreditNote"
    assert root.findtext("cbc:CreditNoteTypeCode", namespaces=NAMES) == "381"
    named = root.findtext(
        "cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID", namespaces=NAMES
    )
    corrected = [
        line.corrects
        for line in samples.credit_note().sections[0].packages[0].services[0].lines
        if line.corrects is not None
    ]
    assert named == corrected[0].partition(":")[0]


@pytest.mark.feature("D5")
@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"seller": SELLER.model_copy(update={"country": None})}, "the country of the seller"),
        ({"bill_to": BILL_TO.model_copy(update={"country": None})}, "the country of the bill-to"),
        ({"seller": SELLER.model_copy(update={"tax_id": None})}, "the tax id of the seller"),
        ({"sections": ()}, "a line"),
        ({"number": None}, "a number"),
    ],
)
def test_what_an_e_invoice_must_say_is_asked_for(change: dict[str, object], lacks: str) -> None:
    invoice = INVOICES["first month"].model_copy(update=change)
    with pytest.raises(EInvoiceLacks, match=lacks):
        render_ubl(invoice)


@pytest.mark.feature("D5")
def test_a_customers_text_is_text() -> None:
    name = "<script>alert(1)</script> & =1+1 \u202e\x00\x0b]]>"
    invoice = INVOICES["first month"].model_copy(
        update={"bill_to": BILL_TO.model_copy(update={"name": name})}
    )
    root = drawn(invoice)
    found = root.findtext(
        "cac:AccountingCustomerParty/cac:Party/cac:PartyName/cbc:Name", namespaces=NAMES
    )
    assert found == "<script>alert(1)</script> & =1+1  ]]>"
