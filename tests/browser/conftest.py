"""A browser, and a folder with one page of every kind, made from the same facts as in tests/report."""

from types import SimpleNamespace

import nbformat
import pytest

from eeg.explanations import explained
from eeg.report import figures
from eeg.report.check import CheckFacts, check_page
from eeg.report.explanations import subject_section
from eeg.report.notebook import notebook_page
from eeg.report.overview import OverviewFacts, links, overview_page
from eeg.report.page import embed
from eeg.report.parity import parity_page
from eeg.report.subject import subject_page
from tests.browser.harness import ARGUMENTS, CHROMIUM
from tests.report import test_check_page, test_explanations, test_leaks, test_parity_page, test_subject_sections
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
    for address in [*(f"{subject}.html" for subject in SUBJECTS), *LINKS.values(), "notebook.ipynb"]:
        (reports / address).parent.resolve().mkdir(exist_ok=True, parents=True)
        (reports / address).resolve().touch()
    for name, page in pages(cohort, config, make).items():
        (reports / f"{name}.html").write_text(page, encoding="utf-8")
    return reports


def pages(cohort, config, make):
    """Return one page of every kind by the name of its file; `hostile` and `check` are full of markup."""
    some = {name: cohort[name].query(CELLS) for name in OverviewFacts.TABLES}
    return {
        "index": overview_page(whole_overview(cohort, config, make)),
        "hostile": overview_page(hostile_overview(some, config, make)),
        "s01": subject_page(whole_subject(cohort, config, make)),
        "hostile_subject": subject_page(hostile_subject(cohort, config, make)),
        "check": check_page(checks()),
        "notebook": notebook_page(executed(cohort, config), "notebook", results(config), provenance=PROVENANCE),
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


def whole_subject(cohort, config, make, name="s01", model="mlp", **changes):
    """Return the facts of a subject's page that has all one can have."""
    drops = test_explanations.drops().replace({"subject": {"s01": name}})
    maps = explained(drops, cell=("trial", "valence", model), method=test_explanations.METHOD)
    cells = [("window", "valence", model), ("subject", "valence", model)]
    tested = cohort["predictions"]["trial", "valence", "mlp"].replace({"subject": {"s01": name}})
    return make["subject_facts"](
        cohort,
        config,
        subject=name,
        history={cell: make["make_history"]() for cell in cells},
        predictions=cohort["predictions"] | dict.fromkeys(cells, tested),
        stages=test_subject_sections.STAGES,
        excerpt=test_subject_sections.an_excerpt(),
        entropy=make["make_entropy"](),
        explained=subject_section(maps.values, name, config),
        records={("trial", "valence", model): test_subject_sections.record("diverged: epoch 4")},
        **changes,
    )


def hostile_subject(cohort, config, make):
    """Return the facts of a subject's page in which every name a person can choose is markup."""
    names = {"subject": {"s01": HOSTILE}, "model": {"svm": HOSTILE}}
    finding = dict.fromkeys(("code", "message", "where", "remedy"), HOSTILE) | {"severity": "warn"}
    changes = {
        "check": make["make_check"]() | {"findings": [finding], "bads": [HOSTILE]},
        "eog": make["make_eog"](statement=HOSTILE),
        "scores": cohort["scores"].replace(names),
        "provenance": {"commit": HOSTILE},
    }
    return whole_subject(cohort, config, make, name=HOSTILE, model=HOSTILE, **changes)


def hostile_overview(tables, config, make):
    """Return the facts of an overview in which every name a person can choose is markup."""
    named = {name: table.replace({"svm": HOSTILE, "s01": HOSTILE}) for name, table in tables.items()}
    changes = {"subjects": {"s02": HOSTILE, "s03": "ok"}, "provenance": {"date": HOSTILE}, "troubles": [HOSTILE]}
    return make["overview_facts"](named, config | {"folder": HOSTILE}, **changes)


def executed(cohort, config):
    """Return a notebook that shows a wide table, a picture and printed text, with markup in what it prints."""
    table = cohort["summary"].assign(hostile=HOSTILE)
    picture = embed(
        figures.main_figure(cohort["summary"], cohort["scores"], simulated=True), "All scores of the cohort."
    )
    shown = [
        nbformat.v4.new_output("stream", name="stdout", text=f"{HOSTILE} {'/a/long/folder' * 12}"),
        *(
            nbformat.v4.new_output("display_data", data={"text/plain": HOSTILE, "text/html": html})
            for html in (table.set_index(["protocol", "target"]).to_html(), picture)
        ),
        nbformat.v4.new_output("display_data", data={"text/plain": HOSTILE}),
    ]
    text = "# What came out\n\nOf `results`: one *row* a model, and a [link](../summary.csv)."
    code = f"import pandas\n\ntable = '{'long' * 40}'  # and a remark\ntable"
    cells = [nbformat.v4.new_markdown_cell(text), nbformat.v4.new_code_cell(code, outputs=shown)]
    return nbformat.v4.new_notebook(cells=cells)


def results(config):
    """Return what a notebook's page asks of the results it has read."""
    return SimpleNamespace(simulated=True, repaired=["s02"], source="simulated", config=config)


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
