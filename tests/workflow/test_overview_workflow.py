"""What the overview and Snakemake's own report say of the workflow is what the workflow does."""

import re

import pytest

from eeg.report.overview.rules import NEEDS, needs
from tests.report.test_captions import ROOT, SHOWN

pytestmark = pytest.mark.workflow


def before(rule, edges):
    found = set()
    for name in edges.get(rule, ()):
        found |= {name} | before(name, edges)
    return found


def as_shown(rule):
    """The name under which the overview has a rule: one for every network, estimator and protocol."""
    return re.sub("^(fit|yardsticks)_.*", r"\1", rule)


def test_the_overview_s_graph_of_rules_is_that_of_the_workflow(experiment):
    text = experiment.snakemake("--rulegraph").stdout
    names = {number: as_shown(name) for number, name in re.findall(r'(\d+)\[label = "(\w+)"', text)}
    present = [name for name in NEEDS if name in names.values()]
    assert set(names.values()) - {"all"} == set(present)
    real = {}
    for first, second in re.findall(r"(\d+) -> (\d+)", text):
        real.setdefault(names[second], set()).add(names[first])
    shown = {name: needs(name, present) for name in present}
    assert {name: before(name, shown) for name in present} == {name: before(name, real) - {name} for name in present}


@pytest.mark.slow
def test_snakemake_s_report_holds_every_page_table_and_text_with_its_caption(experiment):
    done = experiment.snakemake("--report", "report.html")
    assert done.returncode == 0, done.stdout
    report = (experiment.folder / "report.html").read_text(encoding="utf-8")
    for name in SHOWN - {"subject"}:
        caption = (ROOT / "report" / f"{name}.rst").read_text(encoding="utf-8")
        assert " ".join(caption.split()[:5]) in report, name
    assert "s02: is the recording good" in report
    assert "SIMULATED RECORDINGS" in report
