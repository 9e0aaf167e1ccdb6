"""Every flaw the simulator knows, in every form, in one cohort: found under its own code, and nothing else is.

`make doctor` does the same in ten cohorts, and looks at fifty clean ones.
"""

import pytest

from benchmarks import doctor
from eeg.datasets.simulated.flaws import FLAWS


@pytest.fixture(scope="module")
def clean(tmp_path_factory):
    return doctor.Cohort(tmp_path_factory.mktemp("cohort"), seed=21).write()


def test_a_clean_cohort_has_rare_classes_at_most(clean):
    for form in doctor.FORMS:
        assert {code for _, code, _ in doctor.odd(clean.examine(form))} <= {"rare_class"}
    assert not doctor.odd([clean.compared(subject, "python") for subject in doctor.SUBJECTS])


@pytest.mark.parametrize("name", FLAWS)
def test_a_flaw_is_found_under_its_own_code_and_nothing_else_is(clean, name):
    for case in doctor.cases(clean, (name,)):
        assert case["hit"], case
        assert not case["false"], case
        assert not (case["code"] == "" and case["refused"]), case
