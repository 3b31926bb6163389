"""Documents speak the language of the account, from one table of phrases."""

import re
from pathlib import Path

import pypdfium2
import pytest

from runtime.invoice.html import render_html
from runtime.invoice.labels import direction_of, labeller, language_of, languages
from runtime.invoice.own_template import TEMPLATES
from runtime.invoice.page import _KINDS, _ONE_KIND
from runtime.invoice.pdf import render_pdf
from runtime.invoice.text import render_text
from tests.runtime.invoice import samples

LANGUAGES = ("en", "de", "fr", "es", "ja", "ar", "he")


def in_templates() -> set[str]:
    """Give every phrase that a template of ours labels."""
    found: set[str] = set()
    for file in sorted(Path(TEMPLATES).rglob("*.j2")):
        for part in re.findall(r"\{[{%].*?[%}]\}", file.read_text("utf-8")):
            for before in re.findall(r"([^|]*)\|\s*label", part):
                found.update(
                    re.findall(r'"([^"]*)"(?=[^"]*$)|\("([^"]*)" if .* else "([^"]*)"\)', before)
                )
    return {phrase for each in found for phrase in each if phrase}


@pytest.mark.feature("D5")
def test_each_phrase_is_there_in_each_language_with_its_places() -> None:
    assert tuple(languages()) == LANGUAGES
    for language, phrases in languages().items():
        for phrase, words in phrases.items():
            assert words.strip(), (language, phrase)
            places = [sorted(re.findall(r"\{\d\}", text)) for text in (phrase, words)]
            assert places[0] == places[1], (language, phrase)


@pytest.mark.feature("D5")
def test_what_templates_say_stands_in_the_table() -> None:
    said = in_templates()
    assert len(said) > 80
    known = languages()["en"]
    assert said - known.keys() - {" · "} == set()
    assert {*_KINDS.values(), *_ONE_KIND.values()} <= known.keys()


@pytest.mark.feature("D5")
@pytest.mark.parametrize("language", [name for name in LANGUAGES if name != "en"])
def test_no_label_of_a_document_is_left_in_english(language: str) -> None:
    locale = {"ja": "ja_JP", "ar": "ar_SA", "he": "he_IL"}.get(language, language)
    html = render_html(samples.consolidated(locale=locale)).partition("<body>")[2]
    text = re.sub(r"<[^>]*>", "\n", html)
    printed = {each.strip("\u200e ") for each in text.split("\n")}
    phrases = languages()[language]
    english = {phrase for phrase, words in phrases.items() if words != phrase}
    same = {"Description", "Service", "Credit", "Total"} | set(phrases.values())
    assert printed & english - same == set()
    assert labeller(language)("Bill to") in printed
    assert labeller(language)("Bill to") in render_text(samples.consolidated(locale=locale))


@pytest.mark.feature("D5")
@pytest.mark.parametrize(
    ("locale", "language", "direction"),
    [
        ("en_CA", "en", "ltr"),
        ("de_AT", "de", "ltr"),
        ("pt_BR", "en", "ltr"),
        ("ar_EG", "ar", "rtl"),
        ("he", "he", "rtl"),
        ("fa_IR", "en", "ltr"),
    ],
)
def test_a_locale_is_labelled_in_its_language_or_in_english(
    locale: str, language: str, direction: str
) -> None:
    assert (language_of(locale), direction_of(locale)) == (language, direction)
    html = render_html(samples.first_month(locale=locale))
    assert f'<html lang="{language}" dir="{direction}">' in html


@pytest.mark.feature("D5")
def test_from_right_to_left_a_sign_stays_before_its_figure_and_a_name_whole() -> None:
    html = render_html(samples.consolidated(locale="ar_SA"))
    assert "\u200e-40.00" in html
    assert "\u200eNorthwind Connectivity Inc.\u200e" in html
    assert "\u202e" not in render_html(
        samples.consolidated(
            locale="ar_SA",
            bill_to=samples.BILL_TO.model_copy(update={"name": "a\u202eb\u2067c\u200f"}),
        )
    )


@pytest.mark.feature("D5")
@pytest.mark.parametrize(("locale", "font"), [("ja_JP", "NotoSansJP"), ("ar_SA", "NotoSansArabic")])
def test_japanese_and_arabic_are_set_in_the_fonts_of_the_extra(locale: str, font: str) -> None:
    pdf = render_pdf(render_html(samples.first_month(locale=locale)))
    document = pypdfium2.PdfDocument(pdf)
    fonts = {
        text.get_font().get_base_name().rpartition("+")[2]
        for page in document
        for text in page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_TEXT])
    }
    assert any(name.startswith(font) for name in fonts)
    assert {name.partition("-")[0] for name in fonts} == {"Inter", font}
