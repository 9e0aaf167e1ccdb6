"""Every kind of page in a real browser, wide and narrow, light and dark, on the screen and on paper."""

import pytest

from tests.browser.harness import SCHEMES, WIDTHS, problems, visit

PAGES = ("index", "hostile", "s01", "hostile_subject", "check", "parity", "notebook")
UPRIGHT, ACROSS = (round((side - 2 * 12) / 25.4 * 96) for side in (210, 297))
"""Width of an A4 sheet between its margins, in CSS pixels."""


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_is_cut_fails_or_reaches_out(browser, site, name, width, scheme):
    with visit(browser, site / f"{name}.html", width=width, scheme=scheme) as opened:
        assert problems(opened) == []


@pytest.mark.parametrize("name", PAGES)
def test_paper_holds_everything(browser, site, name):
    sheet = ACROSS if name in ("index", "hostile") else UPRIGHT
    with visit(browser, site / f"{name}.html", width=sheet, media="print") as opened:
        assert problems(opened) == []
        assert opened.page.evaluate("document.documentElement.scrollWidth") <= sheet
        assert all(choice.is_hidden() for choice in opened.page.locator(".choose").all())
