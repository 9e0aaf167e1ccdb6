"""The graph of rules: who waits for whom, where each stands, what each took."""

from matplotlib.text import Text

from eeg.report.overview.rules import NEEDS, graph_figure, lanes, layers, needs, rule_section
from tests.report.conftest import RULES, TOOK

RAN = [*RULES, "provenance", "overview"]
ORDER = [name for name in NEEDS if name in RAN]


def test_every_rule_stands_below_all_that_it_waits_for():
    rows = layers(ORDER)
    assert all(rows[before] < rows[name] for name in ORDER for before in needs(name, ORDER))
    assert len({(rows[name], lanes(ORDER)[name]) for name in ORDER}) == len(ORDER)


def test_a_rule_that_did_not_run_hands_on_what_it_waits_for():
    assert needs("windows", ORDER) == ["segment"]
    released = [name for name in NEEDS if name not in ("downsample", "bandpass", "reference", "remove_eog", "segment")]
    assert needs("windows", released) == ["segment_release"]
    assert needs("check", [name for name in NEEDS if name != "simulate"]) == []
    assert needs("score", ORDER) == ["guard_fits"]


def test_the_picture_names_every_rule_and_what_it_took():
    figure = graph_figure(RULES | {"fit": TOOK | {"jobs": 1, "seconds": 7200, "peak_mb": 640}}, ORDER)
    said = [text.get_text() for text in figure.findobj(Text)]
    assert set(ORDER) <= set(said)
    assert "1 job, 2.0 h, 640 MB" in said
    assert said.count("8 jobs, 2 min, 1.2 GB") == len(RULES) - 1
    assert said.count("not counted yet") == 2


def test_the_section_has_a_row_for_every_rule_that_ran_and_words_for_the_picture():
    section = rule_section(RULES)
    assert [row["name"] for row in section["rows"]] == list(RULES)
    assert (section["jobs"], section["total"]) == (8 * len(RULES), duration_of(96 * len(RULES)))
    assert "trial_table after check_cohort, parity; " in section["image"]
    assert rule_section({}) is None


def duration_of(seconds):
    return f"{seconds / 60:.0f} min"
