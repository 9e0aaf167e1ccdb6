"""What `make check` says at the end: the checks with the comparison, and its exit status."""

import pytest

from eeg import doctor, verdicts
from eeg.storage import write_json


def experiment(folder, *, compared):
    """Write the reports of two subjects, one of them compared with the release."""
    good = {"verdict": "ok", "findings": [doctor.passed("files", "All was read.")]}
    for subject in ("s01", "s02"):
        write_json(folder / f"results/check/{subject}.json", {"subject": subject, **good})
    write_json(folder / "results/parity/s02.json", {"subject": "s02", "findings": [compared]})
    left = [doctor.finding("parity_trials", "Of a release that is gone.")]
    write_json(folder / "results/parity/s01.json", {"subject": "s01", "findings": left})
    write_json(folder / "results/parity/s09.json", {"subject": "s09", "findings": [doctor.finding("units", "Old.")]})
    cohort = {"subject": "cohort", "subjects": ["s01", "s02"], "paired": ["s02"], **good}
    write_json(folder / "results/check/cohort.json", cohort)


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [("parity_trials", 1, "1 ok, 0 warn, 1 refuse"), ("parity_signal", 0, "1 ok, 1 warn, 0 refuse")],
)
def test_the_comparison_counts_as_a_check(tmp_path, capsys, code, status, said):
    experiment(tmp_path, compared=doctor.finding(code, "The rows are others.", remedy="Get it anew."))
    assert verdicts.main(str(tmp_path)) == status
    text = capsys.readouterr().out
    assert said in text
    assert "The rows are others." in text
    assert "Old." not in text
    assert "gone" not in text
