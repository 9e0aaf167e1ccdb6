"""Every kind of page in a real browser, wide and narrow, light and dark, on the screen and on paper."""

import pytest

from tests.browser.harness import SCHEMES, WIDTHS, problems, visit

PAGES = ("index", "hostile", "s01", "hostile_subject", "check", "parity", "notebook")


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_is_cut_fails_or_reaches_out(browser, site, name, width, scheme):
    with visit(browser, site / f"{name}.html", width=width, scheme=scheme) as opened:
        assert problems(opened) == []
