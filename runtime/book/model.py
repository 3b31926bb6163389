"""The rows of the book's files: one closed model per entity.

`None` is an empty cell.  The field's description is the published one.  Each file is
`<entity>.csv`, `.jsonl` or `.parquet` in the book's folder; the files of OPTIONAL_FILES may be
missing.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Identifier = Annotated[str, Field(min_length=1, max_length=200)]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,15}(\.[0-9]{1,12})?$")]
"""An amount of money in major units: `12.50`."""


class BookRow(BaseModel):
    """A row of a book file."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Account(BookRow):
    """A customer, a partner, or the owner: the one account without a parent, who sells."""

    account: Identifier = Field(description="unique key of the account")
    parent: Identifier | None = Field(description="the account above; empty for the owner only")
    name: str = Field(min_length=1, description="as printed on invoices")
    type: Literal["owner", "prospect", "customer", "partner"]
    currency: str = Field(description="ISO 4217 code it is billed in, one of the catalog's")
    bill_group: Identifier | None = Field(description="a bill group; empty only for the owner")
    bill_day: int | None = Field(ge=1, le=31, description="empty: the bill group's")
    usage_bill_day: int | None = Field(ge=1, le=31, description="empty: the bill day")
    invoicer: Identifier | None = Field(description="who receives its invoices; empty: itself")
    jurisdiction: str | None = Field(description="tax jurisdiction, as the tax rows name it")
    tax_exemption: str | None = Field(
        description="why it pays no tax, an exemption of the catalog if it has any; empty: it does"
    )
    tax_id: str | None = Field(description="its own tax registration")
    timezone: str | None = Field(description="IANA zone; empty: the catalog's")
    locale: str | None = Field(description="how its invoices write dates and numbers; en_CA")
    price_book: Identifier | None = Field(description="a price book of the catalog")
    price_plan: Identifier | None = Field(description="a price plan of the catalog")
    rate_plan: Identifier | None = Field(
        description="rates the usage of services that have no nearer rate plan"
    )


class Contact(BookRow):
    """A person or desk at an account; a billing contact is required to be invoiced."""

    account: Identifier
    kind: Literal["billing", "technical", "sales"]
    name: str = Field(min_length=1)
    email: str | None
    street: str | None
    city: str | None
    region: str | None
    postal_code: str | None
    country: str | None = Field(description="ISO 3166-1 alpha-2")


class AccountPackage(BookRow):
    """A package sold to an account."""

    account_package: Identifier = Field(description="unique key of the subscription")
    account: Identifier
    package: Identifier
    frequency: Identifier = Field(description="a frequency the package is sold at: monthly")
    effective: date = Field(description="first day of the subscription")
    cancelled: date | None = Field(description="first day no longer held; empty: not cancelled")
    bill_day: int | None = Field(ge=1, le=31, description="empty: the account's")
    price_book: Identifier | None = Field(description="empty: the account's")
    contract: Identifier | None = Field(
        description="one of the package's contracts; empty: the only one it has"
    )


class AccountService(BookRow):
    """A service instance of an account package."""

    account_service: Identifier = Field(description="unique key of the instance")
    account_package: Identifier
    service: Identifier
    effective: date | None = Field(description="empty: the account package's")
    cancelled: date | None = Field(description="first day no longer held")
    quantity: int | None = Field(ge=1, description="empty: 1")
    rate_plan: Identifier | None = Field(description="rates its usage, before any other plan")


class ServiceIdentifier(BookRow):
    """An identifier's value held by an account service over `[effective, until)`.

    A run as of a day before `recorded` does not know of it; empty: always known.
    """

    account_service: Identifier
    identifier: Identifier = Field(description="its name in the catalog: gateway")
    value: Identifier
    effective: date | None = Field(description="empty: the account service's")
    until: date | None
    recorded: date | None


class StatusChange(BookRow):
    """A status from a day on, of an account service or of an account package (just one).

    A run as of a day before `recorded` does not know of it; empty: always known.
    """

    account_service: Identifier | None
    account_package: Identifier | None
    status: Identifier
    effective: date
    recorded: date | None


class Change(BookRow):
    """What one account, account package or account service has from a day on.

    An empty cell changes nothing; `-` takes away what there was.  A run as of a day before
    `recorded` does not know of the row; empty: always known.
    """

    account: Identifier | None
    account_package: Identifier | None
    account_service: Identifier | None
    effective: date = Field(description="first day; of periods, those that begin on it or later")
    recorded: date | None
    quantity: int | None = Field(ge=1, description="of an account service, from that day on")
    bill_day: int | None = Field(ge=1, le=31, description="of an account or account package")
    price_book: Identifier | None = Field(description="of an account or account package")
    price_plan: Identifier | None = Field(description="of an account")
    rate_plan: Identifier | None = Field(description="of an account or account service")
    contract: Identifier | None = Field(description="of an account package; its term begins anew")


class Override(BookRow):
    """A price or a discount given to one account service, or a discount to an account package.

    A run as of a day before `recorded` does not know of it; empty: always known.
    """

    account_service: Identifier | None
    account_package: Identifier | None
    price: Amount | None = Field(description="for one instance and a full period, or one sale")
    status: Identifier | None = Field(
        description="the service status that the price is for; empty: every billable one"
    )
    discount: Identifier | None = Field(description="a discount of the catalog")
    effective: date = Field(description="first day; of periods, those that begin on it or later")
    until: date | None = Field(description="first day it no longer holds; empty: for ever")
    recorded: date | None
    reason: str = Field(min_length=1, description="why it was given")


class ReceivedPayment(BookRow):
    """A payment that came in; it is recorded once, by its id, and then stays as it was."""

    payment: Identifier = Field(description="unique key of the payment")
    account: Identifier = Field(description="who receives the invoices that it pays")
    received: date = Field(description="the day from which it counts")
    amount: Amount = Field(description="above zero, in major units")
    currency: str = Field(description="ISO 4217 code, one that the account is invoiced in")
    method: str | None = Field(description="how it was paid, as printed: bank transfer")
    reference: str | None = Field(description="what the bank calls it, as printed")
    invoices: str | None = Field(
        description="the invoices it is for, with blanks between, as "
        "`INV-000001=50.00 INV-000002`; empty: the one that is due first, then the next"
    )


ENTITIES: dict[str, type[BookRow]] = {
    "accounts": Account,
    "contacts": Contact,
    "account_packages": AccountPackage,
    "account_services": AccountService,
    "identifiers": ServiceIdentifier,
    "status_changes": StatusChange,
    "changes": Change,
    "overrides": Override,
    "payments": ReceivedPayment,
}

OPTIONAL_FILES = frozenset({"identifiers", "status_changes", "changes", "overrides", "payments"})

RECORDED_FILES = tuple(
    entity for entity, model in ENTITIES.items() if "recorded" in model.model_fields
)
"""The files whose rows a run as of a day before `recorded` does not know of."""
