"""Invoices to draw: what the runtime would post for a group with two plants, and odd cases.

The amounts follow from the quantities and prices written here; `invoice_of` only adds up.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import TypedDict, Unpack

from runtime.invoice.invariants import all_lines
from runtime.invoice.model import (
    AccountSection,
    AccountSummary,
    BucketStatement,
    BucketTierUse,
    Change,
    Invoice,
    InvoiceLine,
    PackageSection,
    Party,
    PriceSource,
    ServiceSection,
    TaxLine,
    Totals,
    UsageComponent,
    UsageDay,
)

JUNE, JULY, AUGUST = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
FINGERPRINT = "9b1f4c07a2de5f6a8c3310b47e09d2f5c6a1b8e7f4d3920516afbb07cd12e344"

SELLER = Party(
    account="northwind",
    name="Northwind Connectivity Inc.",
    contact="Billing desk",
    email="billing@northwind.example",
    street="120 Front Street West",
    city="Toronto",
    region="ON",
    postal_code="M5J 2M2",
    country="Canada",
    tax_id="RT0001 80412 6631",
)
BILL_TO = Party(
    account="acct-1000",
    name="Lakeshore Foods Group",
    contact="Priya Natarajan",
    email="accounts.payable@lakeshore.example",
    street="88 Harbour Street, Suite 1400",
    city="Toronto",
    region="ON",
    postal_code="M5J 0C3",
    country="Canada",
    tax_id="RT0001 77120 9045",
)


class Overrides(TypedDict, total=False):
    """What a sample changes of an invoice's frame."""

    number: str | None
    seller: Party
    bill_to: Party
    locale: str
    currency: str
    minor_units: int
    changes: tuple[Change, ...]
    buckets: tuple[BucketStatement, ...]
    usage_days: tuple[UsageDay, ...]
    usage_days_total: int
    run: int | None
    previous: Decimal
    paid: Decimal


def source(path: str, line: int, text: str) -> PriceSource:
    return PriceSource(path=path, line=line, text=text)


ACTIVE_80 = source("services.ratebook", 16, "active     80.00 CAD, 60.00 USD")
SUSPENDED_20 = source("services.ratebook", 17, "suspended  20.00 CAD, 15.00 USD")
DATA_10 = source("services.ratebook", 35, "active     10.00 CAD, 7.50 USD")
DATA_0 = source("services.ratebook", 36, "suspended   0.00 CAD, 0.00 USD")
STATIC_IP_6 = source("services.ratebook", 54, "price monthly  6.00 CAD, 4.50 USD")
ACTIVATE_75 = source("services.ratebook", 24, "on activate charge activation 75.00 CAD, 55.00 USD")
HOME_WEB = source(
    "usage.ratebook", 21, "web_data     to north_america  1.20 CAD per GB, 0.90 USD per GB"
)
HOME_BACKUP = source(
    "usage.ratebook", 22, "backup_data  to north_america  0.40 CAD per GB, 0.30 USD per GB"
)
ABROAD_WEB = source("usage.ratebook", 26, "web_data     4.00 CAD per GB, 3.00 USD per GB")
FLAT_9 = source("usage.ratebook", 46, "up to 60 GB  9.00 CAD flat, 7.00 USD flat")
TAX = source("catalog.ratebook", 14, "telecom    CA-ON 13%, CA-QC 14.975%, CA-BC 12%, CA-AB 5%")


def line(number: int, kind: str, service: str, title: str, **given: object) -> InvoiceLine:
    """Make a line of a whole July in advance, but for what is given."""
    facts: dict[str, object] = {
        "number": number,
        "kind": kind,
        "is_credit": False,
        "corrects": None,
        "service": service,
        "service_title": title,
        "usage_class": None,
        "bucket": None,
        "tier": None,
        "status": None,
        "transition": None,
        "description": title,
        "period_start": JULY,
        "period_end": AUGUST,
        "full_start": JULY,
        "full_end": AUGUST,
        "days": 31,
        "full_days": 31,
        "timing": "advance",
        "quantity": Decimal(1),
        "unit": "",
        "unit_price": None,
        "unit_price_per": None,
        "tax_class": "telecom",
        "tax_percent": Decimal(13),
        "tax": Decimal("0.00"),
        "components": (),
        "source": None,
    }
    if "status" in given:
        facts["description"] = f"{title}, {given['status']}"
    return InvoiceLine.model_validate(facts | given)


def usage_line(number: int, **given: object) -> InvoiceLine:
    """Make a usage line of a whole June in arrears, but for what is given."""
    facts: dict[str, object] = {
        "period_start": JUNE,
        "period_end": JULY,
        "full_start": JUNE,
        "full_end": JULY,
        "days": None,
        "full_days": None,
        "timing": "arrears",
        "unit": "GB",
    }
    kind = str(given.pop("kind", "usage"))
    return line(number, kind, "data", "Metered data", **(facts | given))


def part(component: str, quantity: str, **given: object) -> UsageComponent:
    """Make a component; its amount is quantity x price, exact, where it has a price."""
    facts: dict[str, object] = {
        "component": component,
        "rate": None,
        "rate_group": None,
        "rate_plan": "metered",
        "bucket": None,
        "tier": None,
        "quantity": Decimal(quantity),
        "unit": "GB",
        "events": 0,
        "price": None,
        "event_price": None,
        "amount": Decimal(0),
        "source": None,
    }
    facts |= given
    if isinstance(facts["price"], Decimal):
        facts["amount"] = Decimal(quantity) * facts["price"]
    return UsageComponent.model_validate(facts)


def _head_office() -> AccountSection:
    where = {"account": "acct-1000", "account_package": "pkg-501"}
    access = {**where, "account_service": "as-9001"}
    data = {**where, "account_service": "as-9002"}
    address = {**where, "account_service": "as-9003"}
    # 50 GB included, 10 GB for 9.00, 2.437193216 GB at 1.20 = 2.9246318592;
    # 0.812400128 GB abroad at 4.00 = 3.249600512; together 6.1742323712, so 6.17.
    web = (
        part("included", "50", bucket="included_data", tier=0),
        part("flat", "10", bucket="included_data", tier=1, source=FLAT_9),
        part(
            "rated",
            "2.437193216",
            rate="home-1",
            rate_group="home",
            bucket="included_data",
            tier=2,
            events=197,
            price=Decimal("1.20"),
            source=HOME_WEB,
        ),
        part(
            "rated",
            "0.812400128",
            rate="abroad-1",
            rate_group="abroad",
            events=42,
            price=Decimal("4.00"),
            source=ABROAD_WEB,
        ),
    )
    # 118.25 GB at 0.40 = 47.30.
    backup = (
        part(
            "rated",
            "118.25",
            rate="home-2",
            rate_group="home",
            events=30,
            price=Decimal("0.40"),
            source=HOME_BACKUP,
        ),
    )
    return section(
        "acct-1000",
        "Lakeshore Foods Group, Head Office",
        [
            service(
                "as-9001",
                "access",
                "Access line",
                [
                    line(
                        1,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        status="active",
                        quantity=Decimal(3),
                        unit_price=Decimal("80.00"),
                        net=Decimal("240.00"),
                        source=ACTIVE_80,
                    )
                ],
            ),
            service(
                "as-9002",
                "data",
                "Metered data",
                [
                    line(
                        2,
                        "recurring",
                        "data",
                        "Metered data",
                        **data,
                        status="active",
                        unit_price=Decimal("10.00"),
                        net=Decimal("10.00"),
                        source=DATA_10,
                    ),
                    usage_line(
                        3,
                        **data,
                        usage_class="web_data",
                        description="Web data",
                        quantity=Decimal("63.249593344"),
                        net=Decimal("6.17"),
                        components=web,
                    ),
                    usage_line(
                        4,
                        **data,
                        kind="bucket",
                        bucket="included_data",
                        tier=1,
                        description="Included data, up to 60 GB",
                        quantity=Decimal(1),
                        unit="",
                        unit_price=Decimal("9.00"),
                        net=Decimal("9.00"),
                        source=FLAT_9,
                    ),
                    usage_line(
                        5,
                        **data,
                        usage_class="backup_data",
                        description="Backup data",
                        quantity=Decimal("118.25"),
                        unit_price=Decimal("0.40"),
                        unit_price_per="GB",
                        net=Decimal("47.30"),
                        components=backup,
                    ),
                ],
                identifiers=("gw-7001", "gw-7002"),
            ),
            service(
                "as-9003",
                "static_ip",
                "Static IP address",
                [
                    line(
                        6,
                        "recurring",
                        "static_ip",
                        "Static IP address",
                        **address,
                        quantity=Decimal(2),
                        unit_price=Decimal("6.00"),
                        net=Decimal("12.00"),
                        source=STATIC_IP_6,
                    )
                ],
            ),
        ],
    )


def _hamilton() -> AccountSection:
    """Suspended from 16 June: 15 of 30 days taken back at 80.00, charged at 20.00."""
    where = {"account": "acct-1001", "account_package": "pkg-502"}
    access = {**where, "account_service": "as-9011"}
    late_june = {
        "period_start": date(2026, 6, 16),
        "period_end": JULY,
        "full_start": JUNE,
        "full_end": JULY,
        "days": 15,
        "full_days": 30,
    }
    return section(
        "acct-1001",
        "Lakeshore Foods, Hamilton Plant",
        [
            service(
                "as-9011",
                "access",
                "Access line",
                [
                    line(
                        7,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        **late_june,
                        is_credit=True,
                        corrects="INV-000118:4",
                        status="active",
                        quantity=Decimal(-1),
                        unit_price=Decimal("80.00"),
                        net=Decimal("-40.00"),
                        source=ACTIVE_80,
                    ),
                    line(
                        8,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        **late_june,
                        status="suspended",
                        unit_price=Decimal("20.00"),
                        net=Decimal("10.00"),
                        source=SUSPENDED_20,
                    ),
                    line(
                        9,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        status="suspended",
                        unit_price=Decimal("20.00"),
                        net=Decimal("20.00"),
                        source=SUSPENDED_20,
                    ),
                ],
            ),
            service(
                "as-9012",
                "data",
                "Metered data",
                [
                    line(
                        10,
                        "recurring",
                        "data",
                        "Metered data",
                        **where,
                        account_service="as-9012",
                        status="suspended",
                        unit_price=Decimal("0.00"),
                        net=Decimal("0.00"),
                        source=DATA_0,
                    )
                ],
                identifiers=("gw-7010",),
            ),
        ],
    )


def montreal(first: int = 11) -> AccountSection:
    """Sold on 19 June: 12 of 30 days, then July; its lines numbered from `first`."""
    where = {
        "account": "acct-1002",
        "account_package": "pkg-503",
        "tax_percent": Decimal("14.975"),
    }
    access = {**where, "account_service": "as-9021"}
    data = {**where, "account_service": "as-9022"}
    late_june = {
        "period_start": date(2026, 6, 19),
        "period_end": JULY,
        "full_start": JUNE,
        "full_end": JULY,
        "days": 12,
        "full_days": 30,
    }
    activated = {
        "period_start": date(2026, 6, 19),
        "period_end": date(2026, 6, 20),
        "full_start": None,
        "full_end": None,
        "days": None,
        "full_days": None,
        "timing": "once",
    }
    return section(
        "acct-1002",
        "Épicerie du Lac, Montréal",
        [
            service(
                "as-9021",
                "access",
                "Access line",
                [
                    line(
                        first,
                        "transition",
                        "activation",
                        "Activation",
                        **access,
                        **activated,
                        transition="activate",
                        unit_price=Decimal("75.00"),
                        net=Decimal("75.00"),
                        source=ACTIVATE_75,
                    ),
                    line(
                        first + 1,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        **late_june,
                        status="active",
                        unit_price=Decimal("80.00"),
                        net=Decimal("32.00"),
                        source=ACTIVE_80,
                    ),
                    line(
                        first + 2,
                        "recurring",
                        "access",
                        "Access line",
                        **access,
                        status="active",
                        unit_price=Decimal("80.00"),
                        net=Decimal("80.00"),
                        source=ACTIVE_80,
                    ),
                ],
            ),
            service(
                "as-9022",
                "data",
                "Metered data",
                [
                    line(
                        first + 3,
                        "recurring",
                        "data",
                        "Metered data",
                        **data,
                        **late_june,
                        status="active",
                        unit_price=Decimal("10.00"),
                        net=Decimal("4.00"),
                        source=DATA_10,
                    ),
                    line(
                        first + 4,
                        "recurring",
                        "data",
                        "Metered data",
                        **data,
                        status="active",
                        unit_price=Decimal("10.00"),
                        net=Decimal("10.00"),
                        source=DATA_10,
                    ),
                    usage_line(
                        first + 5,
                        **data,
                        usage_class="web_data",
                        description="Web data",
                        period_start=date(2026, 6, 19),
                        quantity=Decimal("12.081006592"),
                        net=Decimal("0.00"),
                        components=(
                            part(
                                "included",
                                "12.081006592",
                                bucket="included_data",
                                tier=0,
                                events=922,
                            ),
                        ),
                    ),
                ],
                identifiers=("gw-7021",),
            ),
        ],
    )


def service(
    account_service: str,
    name: str,
    title: str,
    lines: Sequence[InvoiceLine],
    identifiers: tuple[str, ...] = (),
) -> ServiceSection:
    return ServiceSection(
        account_service=account_service,
        service=name,
        title=title,
        identifiers=identifiers,
        lines=tuple(lines),
        subtotal=_sum(one.net for one in lines),
    )


def section(account: str, name: str, services: Sequence[ServiceSection]) -> AccountSection:
    subtotal = _sum(one.subtotal for one in services)
    package = PackageSection(
        account_package=services[0].lines[0].account_package,
        package="business_connectivity",
        title="Business Connectivity",
        frequency="monthly",
        services=tuple(services),
        subtotal=subtotal,
    )
    return AccountSection(account=account, name=name, packages=(package,), subtotal=subtotal)


HEAD_OFFICE_BUCKET = BucketStatement(
    account="acct-1000",
    account_service="as-9002",
    service_title="Metered data",
    bucket="included_data",
    title="Included data",
    unit="GB",
    period_start=JUNE,
    period_end=JULY,
    days=30,
    full_days=30,
    included=Decimal(50),
    rolled_over=Decimal(0),
    used_before=Decimal(0),
    used=Decimal("62.437193216"),
    left=Decimal(0),
    rolls_over=False,
    shares=(),
    tiers=(
        BucketTierUse(
            tier=0,
            charge="included",
            lower=Decimal(0),
            upper=Decimal(50),
            used=Decimal(50),
            flat=None,
        ),
        BucketTierUse(
            tier=1,
            charge="flat",
            lower=Decimal(50),
            upper=Decimal(60),
            used=Decimal(10),
            flat=Decimal("9.00"),
        ),
        BucketTierUse(
            tier=2,
            charge="rated",
            lower=Decimal(60),
            upper=None,
            used=Decimal("2.437193216"),
            flat=None,
        ),
    ),
)
# 12 of 30 days of 50 GB: 20 GB; of 60 GB: 24 GB.
MONTREAL_BUCKET = BucketStatement(
    account="acct-1002",
    account_service="as-9022",
    service_title="Metered data",
    bucket="included_data",
    title="Included data",
    unit="GB",
    period_start=date(2026, 6, 19),
    period_end=JULY,
    days=12,
    full_days=30,
    included=Decimal(20),
    rolled_over=Decimal(0),
    used_before=Decimal(0),
    used=Decimal("12.081006592"),
    left=Decimal("7.918993408"),
    rolls_over=False,
    shares=(),
    tiers=(
        BucketTierUse(
            tier=0,
            charge="included",
            lower=Decimal(0),
            upper=Decimal(20),
            used=Decimal("12.081006592"),
            flat=None,
        ),
        BucketTierUse(
            tier=1,
            charge="flat",
            lower=Decimal(20),
            upper=Decimal(24),
            used=Decimal(0),
            flat=Decimal("9.00"),
        ),
        BucketTierUse(
            tier=2, charge="rated", lower=Decimal(24), upper=None, used=Decimal(0), flat=None
        ),
    ),
)
CHANGES = (
    Change(
        account="acct-1001",
        account_service="as-9011",
        service_title="Access line",
        day=date(2026, 6, 16),
        from_status="active",
        to_status="suspended",
        days=15,
        full_days=30,
        old_price=Decimal("80.00"),
        new_price=Decimal("20.00"),
    ),
    Change(
        account="acct-1002",
        account_service="as-9021",
        service_title="Access line",
        day=date(2026, 6, 19),
        from_status="ordered",
        to_status="active",
        days=12,
        full_days=30,
        old_price=None,
        new_price=Decimal("80.00"),
    ),
)


def usage_days(rows: int) -> tuple[UsageDay, ...]:
    """Make so many rows, two classes a day, from 1 June on."""
    return tuple(
        UsageDay(
            day=JUNE + timedelta(days=row // 2),
            account_service="as-9002",
            service_title="Metered data",
            usage_class=("web_data", "backup_data")[row % 2],
            events=100 + 37 * row % 211,
            quantity=Decimal(2_000_000_000 + 48_611_200 * row) / 1_000_000_000,
            unit="GB",
        )
        for row in range(rows)
    )


def consolidated(**frame: Unpack[Overrides]) -> Invoice:
    """The group's invoice: the head office and two plants, all that an invoice can show."""
    facts: Overrides = {
        "changes": CHANGES,
        "buckets": (HEAD_OFFICE_BUCKET, MONTREAL_BUCKET),
        "usage_days": usage_days(60),
        "usage_days_total": 74,
        "previous": Decimal("412.35"),
    }
    return invoice_of([_head_office(), _hamilton(), montreal()], **(facts | frame))


def first_month(**frame: Unpack[Overrides]) -> Invoice:
    """A new customer: activation, 12 days of June, July in advance."""
    facts: Overrides = {
        "changes": CHANGES[1:],
        "buckets": (MONTREAL_BUCKET,),
        "number": "INV-000143",
        "bill_to": BILL_TO.model_copy(
            update={
                "account": "acct-1002",
                "name": "Épicerie du Lac, Montréal",
                "street": "1200, rue Saint-Paul Ouest",
                "city": "Montréal",
                "region": "QC",
                "postal_code": "H3C 1H2",
                "tax_id": None,
            }
        ),
    }
    return invoice_of([montreal(first=1)], **(facts | frame))


def nothing_due() -> Invoice:
    """A zero invoice without a line."""
    return invoice_of([], number="INV-000144")


def credit_note() -> Invoice:
    """The suspension alone: more is taken back than charged."""
    whole = _hamilton()
    lines = whole.packages[0].services[0].lines[:2]
    numbered = [one.model_copy(update={"number": n}) for n, one in enumerate(lines, start=1)]
    access = service("as-9011", "access", "Access line", numbered)
    return invoice_of(
        [section("acct-1001", "Lakeshore Foods, Hamilton Plant", [access])],
        number="CN-000007",
        changes=CHANGES[:1],
        previous=Decimal("90.40"),
    )


def draft() -> Invoice:
    return consolidated(number=None, run=None)


def invoice_of(sections: Sequence[AccountSection], **frame: Unpack[Overrides]) -> Invoice:
    """Add up sections, with the tax of each rate on the sum of its lines, half up."""
    minor_units = frame.get("minor_units", 2)
    cent = Decimal(1).scaleb(-minor_units)
    lines = [
        one
        for account in sections
        for package in account.packages
        for held in package.services
        for one in held.lines
    ]
    places = {Decimal(13): "CA-ON", Decimal("14.975"): "CA-QC"}
    taxes = []
    shares: dict[int, Decimal] = {}
    for percent, jurisdiction in places.items():
        taxed = [one for one in lines if one.tax_percent == percent]
        base = _sum(one.net for one in taxed)
        if not taxed:
            continue
        amount = (base * percent / 100).quantize(cent, ROUND_HALF_UP)
        shares |= _shared(amount, {one.number: one.net * percent / 100 for one in taxed}, cent)
        taxes.append(
            TaxLine(
                tax="sales_tax",
                tax_class="telecom",
                jurisdiction=jurisdiction,
                percent=percent,
                base=base,
                amount=amount,
                exemption=None,
                source=TAX,
            )
        )
    net, tax = _sum(one.net for one in lines), _sum(one.amount for one in taxes)
    paid, previous = frame.get("paid", Decimal("0.00")), frame.get("previous", Decimal("0.00"))
    days = frame.get("usage_days", ())
    has_usage = any(one.timing == "arrears" for one in lines)
    return Invoice(
        format=1,
        number=frame.get("number", "INV-000142"),
        kind="credit_note" if net < 0 else "invoice",
        issue_date=JULY,
        due_date=date(2026, 7, 31),
        currency=frame.get("currency", "CAD"),
        minor_units=minor_units,
        locale=frame.get("locale", "en_CA"),
        catalog="connectivity",
        catalog_title="Northwind Connectivity",
        seller=frame.get("seller", SELLER),
        bill_to=frame.get("bill_to", BILL_TO),
        recurring_start=JUNE if lines else None,
        recurring_end=AUGUST if lines else None,
        usage_start=JUNE if has_usage else None,
        usage_end=JULY if has_usage else None,
        sections=tuple(_with_tax(account, shares) for account in sections),
        taxes=tuple(taxes),
        totals=Totals(net=net, tax=tax, gross=net + tax, paid=paid, due=net + tax - paid),
        summary=AccountSummary(
            previous_balance=previous,
            this_invoice=net + tax,
            balance_due=previous + net + tax - paid,
            due_date=date(2026, 7, 31),
        ),
        buckets=frame.get("buckets", ()),
        changes=frame.get("changes", ()),
        usage_days=days,
        usage_days_total=frame.get("usage_days_total", len(days)),
        usage_day_limit=60,
        bill_group="business",
        terms_days=30,
        run=frame.get("run", 12),
        fingerprint=FINGERPRINT,
        usage_cutoff=JULY,
    )


def _shared(amount: Decimal, exact: dict[int, Decimal], cent: Decimal) -> dict[int, Decimal]:
    """Share a rounded amount out by largest remainder."""
    floors = {number: share // cent * cent for number, share in exact.items()}
    odd = int((amount - _sum(floors.values())) / cent)
    by_remainder = sorted(exact, key=lambda number: (floors[number] - exact[number], number))
    step = cent if odd > 0 else -cent
    for number in by_remainder[: abs(odd)]:
        floors[number] += step
    return floors


def _with_tax(account: AccountSection, shares: dict[int, Decimal]) -> AccountSection:
    def taxed(held: ServiceSection) -> ServiceSection:
        lines = tuple(
            one.model_copy(update={"tax": shares.get(one.number, Decimal(0))}) for one in held.lines
        )
        return held.model_copy(update={"lines": lines})

    packages = tuple(
        package.model_copy(update={"services": tuple(taxed(held) for held in package.services)})
        for package in account.packages
    )
    return account.model_copy(update={"packages": packages})


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, Decimal("0.00"))


def line_numbered(invoice: Invoice, number: int) -> InvoiceLine:
    return next(one for one in all_lines(invoice) if one.number == number)


def yen() -> Invoice:
    """One line in a currency without minor units, at a price below one."""
    return _plain("INV-JPY", "ja_JP", "JPY", 0, Decimal("0.5"), Decimal(25001), Decimal(12501))


def dinar() -> Invoice:
    """One line in a currency of three places, at a price of six."""
    quantity = Decimal(1_000_000)
    return _plain("INV-KWD", "en_US", "KWD", 3, Decimal("0.000021"), quantity, Decimal("21.000"))


def _plain(
    number: str,
    locale: str,
    currency: str,
    minor_units: int,
    price: Decimal,
    quantity: Decimal,
    net: Decimal,
) -> Invoice:
    messages = usage_line(
        1,
        account="acct-7",
        account_package="pkg-7",
        account_service="as-7",
        usage_class="messages",
        description="Messages",
        unit="each",
        unit_price=price,
        unit_price_per="each",
        quantity=quantity,
        net=net,
        components=(part("rated", str(quantity), unit="each", price=price, rate_group="home"),),
    )
    held = service("as-7", "messaging", "Messaging", [messages])
    return invoice_of(
        [section("acct-7", "Kintsugi Trading", [held])],
        number=number,
        locale=locale,
        currency=currency,
        minor_units=minor_units,
    )
