"""A browser, and a folder with one page of every kind, made from the same facts as in tests/report."""

import pytest

from eeg.explanations import explained
from eeg.report.check import CheckFacts, check_page
from eeg.report.overview import OverviewFacts, links, overview_page
from eeg.report.parity import parity_page
from eeg.report.subject import subject_page
from tests.browser.harness import ARGUMENTS, CHROMIUM
from tests.report import test_check_page, test_explanations, test_leaks, test_parity_page
from tests.report.conftest import PROVENANCE, RULES, SUBJECTS, cohort, config, make

__all__ = ["cohort", "config", "make"]

HOSTILE = "<img src=x onerror=alert(1)>"
LINKS = links(paired=True, notebooks=["inspect"])
CELLS = "protocol in ('trial', 'window') and target in ('valence', 'quadrant')"


@pytest.fixture(scope="session")
def browser():
    if not CHROMIUM.exists():
        pytest.skip(f"there is no browser at {CHROMIUM}")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=str(CHROMIUM), args=list(ARGUMENTS))
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def site(tmp_path_factory, cohort, config, make):
    """A folder like `results/`, in `reports/` of which stands one page of every kind; what else they link is empty."""
    results = tmp_path_factory.mktemp("site")
    reports = results / "reports"
    reports.mkdir()
    for address in [*(f"{subject}.html" for subject in SUBJECTS), *LINKS.values()]:
        (reports / address).parent.resolve().mkdir(exist_ok=True, parents=True)
        (reports / address).resolve().touch()
    for name, page in pages(cohort, config, make).items():
        (reports / f"{name}.html").write_text(page, encoding="utf-8")
    return reports


def pages(cohort, config, make):
    """Return one page of every kind by the name of its file; `hostile` and `check` are full of markup."""
    history = {("window", "valence", "mlp"): make["make_history"]()}
    some = {name: cohort[name].query(CELLS) for name in OverviewFacts.TABLES}
    return {
        "index": overview_page(whole_overview(cohort, config, make)),
        "hostile": overview_page(hostile_overview(some, config, make)),
        "s01": subject_page(make["subject_facts"](cohort, config, history=history)),
        "check": check_page(checks()),
        "parity": parity_page(
            [parity("s01"), parity("s02", test_parity_page.WRONG)], source="simulated", provenance={}
        ),
    }


def whole_overview(cohort, config, make):
    """Return the facts of an overview that has all an overview can have."""
    provenance = PROVENANCE | {"rules": RULES}
    found = explained(test_explanations.drops(), cell=("trial", "arousal", "ccnn"), method=test_explanations.METHOD)
    more = {"links": LINKS, "meter": test_leaks.tables(), "explained": found, "provenance": provenance}
    return make["overview_facts"](cohort, config, **more)


def hostile_overview(tables, config, make):
    """Return the facts of an overview in which every name a person can choose is markup."""
    named = {name: table.replace({"svm": HOSTILE, "s01": HOSTILE}) for name, table in tables.items()}
    changes = {"subjects": {"s02": HOSTILE, "s03": "ok"}, "provenance": {"date": HOSTILE}, "troubles": [HOSTILE]}
    return make["overview_facts"](named, config | {"folder": HOSTILE}, **changes)


def parity(subject, *findings):
    return test_parity_page.report(subject, *findings)


def checks():
    """Return the facts of a page of checks with findings, places, remedies and bad channels of every kind."""
    flat, good, ended = test_check_page.FLAT, test_check_page.GOOD, test_check_page.ENDED
    reports = [
        test_check_page.report("s01", good),
        test_check_page.report("s02", good, flat, bads=["T7", "Oz"]),
        test_check_page.report("s04", ended | {"message": HOSTILE * 3, "where": "/a/long/folder" * 12}),
    ]
    whole = {"subject": "cohort", "verdict": "ok", "findings": [good]}
    return CheckFacts("deap", "original", reports, whole, {"commit": "0123abc"})
