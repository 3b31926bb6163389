"""What a program asks for that this runtime does not bill: refused, never billed wrongly."""

from __future__ import annotations

from collections.abc import Iterator

from runtime.program.model import Program


def find_unbillable(program: Program) -> tuple[str, ...]:
    """Say of each such line of the catalog where it stands and what it asks for."""
    lines = {line.id: f"{line.path}:{line.line}" for line in program.sources}
    found = sorted({(source, what) for source, what in _found(program)})
    return tuple(
        f"{lines[source]}: {what} cannot be billed by this version" for source, what in found
    )


def _found(program: Program) -> Iterator[tuple[int, str]]:
    yield from _offers(program)
    yield from _billing(program)


def _offers(program: Program) -> Iterator[tuple[int, str]]:
    for package in program.packages:
        if package.proration != "days":
            yield package.source, "a proration by other than days"
    for item in program.package_services:
        if item.rate_plan is not None:
            yield item.source, "a package's own rate plan for a service"


def _billing(program: Program) -> Iterator[tuple[int, str]]:
    for inclusion in program.tax_inclusions:
        yield inclusion.source, "a tax that prices include"
    for exemption in program.tax_exemptions:
        yield exemption.source, "an exemption of a tax"
    for group in program.bill_groups:
        if group.delivery != "offline":
            yield group.source, "the delivery of invoices by e-mail"
        if not group.are_zero_invoices_sent:
            yield group.source, "the suppression of zero invoices"
    for template in program.invoice_templates:
        yield template.source, "a template of invoices"
    for attachment in program.invoice_attachments:
        yield attachment.source, "an attachment of invoices"
    for amount in program.carry_forwards:
        yield amount.source, "the carrying forward of small totals"
