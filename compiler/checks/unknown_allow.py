"""Report an allow comment whose slug is no diagnostic's."""

from __future__ import annotations

from compiler import codes
from compiler.checks.page import TINY, Page
from compiler.checks.wording import suggestion
from compiler.resolve.model import Resolved
from compiler.session import Session
from compiler.suppression import ALLOWABLE, FORM, KNOWN, allows_of
from dsl.diagnostic import Label

CODE = codes.UNKNOWN_ALLOW

PAGE = Page(
    what="A comment `# allow(slug): reason` names in its parentheses something that is not "
    "the slug of a warning.",
    why="It lets nothing pass. A warning is named by its slug, as `ratebook check` and the "
    "pages print it, one in each comment.",
    bad=TINY
    + """\
service type visits = fee  # allow(unused-declaratoin): the May price sheet uses it

service visit {
  type  visits
}
""",
    good=TINY
    + """\
service type visits = fee  # allow(unused-declaration): the May price sheet uses it

service visit {
  type  fee
}
""",
)


def check(resolved: Resolved, session: Session) -> None:
    """Report each, with the slug that may be meant."""
    for allow in allows_of(resolved):
        if allow.slug not in KNOWN:
            session.report(
                CODE,
                f"`{allow.slug}` is not the slug of a warning"
                if allow.slug
                else "the allow comment names no warning",
                Label(allow.named, "no such warning"),
                help=_meant(allow.slug),
            )


def _meant(slug: str) -> str:
    by_code = {code.code.lower(): code.slug for code in KNOWN.values()}
    if slug.lower() in by_code:
        return f"did you mean `{by_code[slug.lower()]}`?"
    if "," in slug:
        return "write one comment for each warning, on lines of their own"
    return suggestion(slug, ALLOWABLE) or f"write it as `{FORM}`, with a slug that was reported"
