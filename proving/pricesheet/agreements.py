"""What is agreed beside the catalog's own prices: price books and plans, contracts, discounts."""

from __future__ import annotations

from collections.abc import Iterator

from compiler.catalog.commercial import (
    Contract,
    ContractMinimum,
    ContractPenalty,
    Discount,
    DiscountTerms,
)
from compiler.catalog.model import Catalog
from compiler.catalog.price_books import PlanDiscount, PriceBook, PricePlan
from compiler.facts import frequency_words
from proving.pricesheet.model import (
    Cell,
    Chapter,
    Item,
    Row,
    anchor,
    facts,
    joined,
)
from proving.pricesheet.prices import price_table, service_rows
from proving.pricesheet.words import Words
from runtime.program.terms import Level

OWN_PRICES = "What it does not price is at the catalog's own price."


def agreements(catalog: Catalog, words: Words) -> tuple[Chapter, ...]:
    """Give a chapter a kind of agreement."""
    return (
        Chapter(
            "Price books",
            OWN_PRICES,
            tuple(_price_book(each, catalog, words) for each in catalog.price_books),
        ),
        Chapter(
            "Price plans",
            OWN_PRICES,
            tuple(_price_plan(each, catalog, words) for each in catalog.price_plans),
        ),
        Chapter(
            "Contracts",
            OWN_PRICES,
            tuple(_contract(each, catalog, words) for each in catalog.contracts),
        ),
        Chapter(
            "Discounts", "", tuple(_discount(each, catalog, words) for each in catalog.discounts)
        ),
    )


def _prices(level: Level, owner: str, catalog: Catalog, words: Words) -> Iterator[Row]:
    """Give the rows of what an owner prices, service by service."""
    for own in catalog.price_sets:
        if (own.level, own.owner) == (level, owner):
            service: Cell = (words.to("service", own.service),)
            for place, row in enumerate(service_rows(own, words)):
                yield row if place else {**row, "Service": service}


def _price_book(own: PriceBook, catalog: Catalog, words: Words) -> Item:
    rows = list(_prices("price_book", own.id, catalog, words))
    if own.regions and rows:
        rows[0] = {**rows[0], "Region": ("every",)}
    for region in own.regions:
        name = region.id.partition(".")[2]
        where: Cell = (f"{name} ({', '.join(region.countries)})",)
        for place, row in enumerate(_prices("region", region.id, catalog, words)):
            rows.append(row if place else {**row, "Region": where})
    return Item(
        anchor=anchor("price_book", own.id),
        title=own.title,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=(price_table(rows, words, ("Region", "Service")),) if rows else (),
    )


def _price_plan(own: PricePlan, catalog: Catalog, words: Words) -> Item:
    rows = list(_prices("price_plan", own.id, catalog, words))
    rate_plan: Cell = () if own.rate_plan is None else (words.to("rate_plan", own.rate_plan),)
    return Item(
        anchor=anchor("price_plan", own.id),
        title=own.title,
        name=own.id,
        tags=("negotiated",),
        description=own.description,
        blocks=(
            facts(
                ("Reason", own.reason),
                ("Usage", ("by ", *rate_plan) if rate_plan else ()),
                *(("Discount", _plan_discount(each, words)) for each in own.discounts),
            ),
            *((price_table(rows, words, ("Service",)),) if rows else ()),
        ),
    )


def _plan_discount(own: PlanDiscount, words: Words) -> Cell:
    return (f"{_terms(own.terms, words)} for ", words.to(own.kind, own.target))


def _contract(own: Contract, catalog: Catalog, words: Words) -> Item:
    rows = list(_prices("contract", own.id, catalog, words))
    renews = "" if own.renewal_months is None else f"for {own.renewal_months} months at a time"
    held = joined(
        words.to("package", package.id)
        for package in catalog.packages
        if any(each.id == own.id for each in package.contracts)
    )
    return Item(
        anchor=anchor("contract", own.id),
        title=own.title,
        name=own.id,
        tags=(f"{own.term_months} months",),
        description=own.description,
        blocks=(
            facts(
                ("Term", f"{own.term_months} months"),
                ("Renews", renews or "no: it ends with its term"),
                ("For packages", held),
                *(("Minimum", _minimum(each, words)) for each in own.minimums),
                ("Leaving early", () if own.penalty is None else _penalty(own.penalty, words)),
            ),
            *((price_table(rows, words, ("Service",)),) if rows else ()),
        ),
    )


def _minimum(own: ContractMinimum, words: Words) -> Cell:
    often = "over the term" if own.months is None else f"{frequency_words(own.months)}"
    billed: Cell = (" charged as ", words.to("service", own.fee_service))
    ahead = "prepaid, " if own.is_prepaid else ""
    amounts = words.moneys(own.amounts)
    if own.service is None:
        return (f"{ahead}{amounts} {often}, what is short", *billed)
    return (
        f"{ahead}{own.quantity:,} × ",
        words.to("service", own.service),
        f" {often}, each short {amounts},",
        *billed,
    )


def _penalty(own: ContractPenalty, words: Words) -> Cell:
    what = words.moneys(own.amounts)
    if not own.amounts:
        what = f"{own.percent.normalize():f}% of the charges that remain"
    return (f"{what}, charged as ", words.to("service", own.fee_service))


def _discount(own: Discount, catalog: Catalog, words: Words) -> Item:
    held = joined(
        words.to("package", package.id)
        for package in catalog.packages
        if any(each.id == own.id for each in package.discounts)
    )
    return Item(
        anchor=anchor("discount", own.id),
        title=own.title,
        name=own.id,
        tags=(),
        description=own.description,
        blocks=(facts(("Gives", _terms(own.terms, words)), ("With every sale of", held)),),
    )


def _terms(own: DiscountTerms, words: Words) -> str:
    what = {
        "percent": f"{own.percent.normalize():f}% off",
        "amount": f"{words.moneys(own.amounts)} off",
        "override": f"a price of {words.moneys(own.amounts)}",
    }[own.kind]
    if own.periods is None:
        return what
    return f"{what}, for {own.periods} billing period{'' if own.periods == 1 else 's'}"
