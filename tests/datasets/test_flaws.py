"""Every flaw is in the files it belongs to, the same each time; flaws of whole files and of the ratings."""

import hashlib
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest

from eeg.datasets import simulated
from eeg.datasets.simulated.cohort import PLACES, file_of
from eeg.datasets.simulated.flaws import FLAWS, form_of, spoil
from eeg.doctor.catalogue import CATALOGUE
from eeg.errors import InputError
from tests.datasets.conftest import SEED, SETTINGS

SCALES = ["Valence", "Arousal", "Dominance", "Liking"]
EVERYWHERE = [(name, form) for name, flaw in FLAWS.items() for form in flaw.forms]
REFUSED = [
    "truncated",
    "packed",
    "other_file",
    "empty",
    "triggers_lost",
    "triggers_extra",
    "triggers_moved",
    "channel_renamed",
]
REFUSED += ["unsafe", "keys", "integers", "ratings_row_absent", "ratings_row_twice", "ratings_text"]
REFUSED += ["ratings_column_absent", "subject_absent"]
"""Flaws that keep a subject from being read at all."""


def contents(folder):
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_every_flaw_is_said_and_known_to_the_doctor():
    assert len({flaw.said for flaw in FLAWS.values()}) == len(FLAWS)
    for name, flaw in FLAWS.items():
        assert {flaw.code or "shape", *flaw.also} <= set(CATALOGUE), name
        assert set(flaw.forms) <= set(PLACES), name
        assert not flaw.said.endswith("."), name


@pytest.mark.parametrize(("name", "form"), EVERYWHERE)
def test_a_flaw_is_in_the_files_it_belongs_to_and_the_same_each_time(cohort, spoilt, name, form):
    before = contents(cohort)
    once, again = (contents(spoilt(name, form, place=place)) for place in ("once", "again"))
    assert once == again
    found = {file for file in before if once.get(file) != before[file]}
    own = {form: PLACES[form].format(subject="s01") for form in PLACES}
    if name.startswith("ratings_"):
        assert found == {"ratings/s01.csv", "metadata_csv/participant_ratings.csv"}
    elif name == "subject_repeated":
        assert found == set(own.values())
    else:
        assert found == {own[form]}
    assert set(once) == set(before) - (found if name == "subject_absent" else set())


@pytest.mark.parametrize("name", ["channel_flat", "trial_repeated", "ratings_blank"])
def test_seed_subject_and_flaw_draw_the_details(cohort, tmp_path, name):
    made = set()
    for seed in range(4):
        folder = tmp_path / str(seed)
        shutil.copytree(cohort, folder)
        spoil(folder, "s01", name, form="python", seed=seed)
        made.add(str(contents(folder)))
    assert len(made) > 1


@pytest.mark.parametrize(("name", "form"), [pair for pair in EVERYWHERE if pair[0] in REFUSED])
def test_what_the_readers_refuse_bears_the_code_of_the_flaw(spoilt, name, form):
    folder = spoilt(name, form)
    with pytest.raises(InputError) as error:
        read(folder, form)
    assert error.value.code == FLAWS[name].code


def read(folder, form):
    table = simulated.trial_table(folder, "s01", form=form)
    reader = simulated.read if form == "original" else simulated.read_trials
    return reader(folder, "s01", table, form=form, baseline=2.0)


def test_an_unknown_flaw_names_the_choices(cohort):
    with pytest.raises(InputError, match=r"one of the flaws header_open, .*Received 'trunkated'. Did you mean trunc"):
        spoil(cohort, "s01", "trunkated", form="original", seed=SEED)


def test_a_flaw_the_form_cannot_have_names_the_choices(cohort):
    expected = r"rows_order in one of the forms python, matlab. Received the form original. Change `simulated.forms`"
    with pytest.raises(InputError, match=expected):
        spoil(cohort, "s01", "rows_order", form="original", seed=SEED)
    assert form_of("rows_order", ["original", "matlab", "python"]) == "matlab"


def test_a_flaw_that_changes_nothing_is_refused(spoilt):
    folder = spoilt("header_open")
    with pytest.raises(InputError, match="files of s01 in which header_open changes something"):
        spoil(folder, "s01", "header_open", form="original", seed=SEED)


@pytest.mark.parametrize("form", list(PLACES))
def test_files_cut_off_packed_exchanged(cohort, spoilt, form):
    before = file_of(cohort, "s01", form).read_bytes()
    path = {
        name: file_of(spoilt(name, form, place=name), "s01", form)
        for name in ("truncated", "packed", "other_file", "empty", "subject_absent")
    }
    cut = path["truncated"].read_bytes()
    assert before.startswith(cut)
    assert 0.5 < len(cut) / len(before) < 0.95
    with zipfile.ZipFile(path["packed"]) as archive:
        assert archive.namelist() == [path["packed"].name]
        assert archive.read(path["packed"].name) == before
    assert path["other_file"].read_bytes().startswith(b"<!DOCTYPE html>")
    assert path["empty"].read_bytes() == b""
    assert not path["subject_absent"].exists()


def test_a_subject_has_the_files_of_the_one_before(tmp_path, cohort, spoilt):
    simulated.write(tmp_path / "others", "s02", SETTINGS, SEED)
    for subject in ("s01", "s03"):
        folder = spoilt("subject_repeated", subject=subject, place=subject)
        for form in PLACES:
            expected = file_of(tmp_path / "others", "s02", form).read_bytes()
            assert file_of(folder, subject, form).read_bytes() == expected


def table(folder, subject="s01"):
    return pd.read_csv(folder / "ratings" / f"{subject}.csv", dtype=str, keep_default_na=False)


def cells(before, after):
    """The cells that differ: (row, column, before, after)."""
    where = np.argwhere((before != after).to_numpy())
    return [(row, before.columns[column], before.iat[row, column], after.iat[row, column]) for row, column in where]


@pytest.mark.parametrize(
    ("name", "values"), [("ratings_blank", {""}), ("ratings_text", {"good"}), ("ratings_above", {"12.0", "0.2"})]
)
def test_one_rating_is_wrong(cohort, spoilt, name, values):
    ((_, column, _, after),) = cells(table(cohort), table(spoilt(name)))
    assert column in SCALES
    assert after in values


def test_rows_and_columns_of_the_ratings(cohort, spoilt):
    before = table(cohort)
    absent, twice, column = (
        table(spoilt(f"ratings_{name}", place=name)) for name in ("row_absent", "row_twice", "column_absent")
    )
    assert len(absent) == len(before) - 1
    assert absent["Trial"].iloc[-1] == "8"
    assert set(absent["Trial"]) < set(before["Trial"])
    assert len(twice) == len(before) + 1
    pd.testing.assert_frame_equal(twice.drop_duplicates(ignore_index=True), before)
    (gone,) = set(before) - set(column)
    assert gone in SCALES
    pd.testing.assert_frame_equal(column, before.drop(columns=gone))


def test_altered_ratings(cohort, spoilt):
    before = table(cohort)
    numbers = before[SCALES].astype(float)
    inverted, rounded, shifted, repeated = (
        table(spoilt(f"ratings_{name}", place=name)) for name in ("inverted", "rounded", "shifted", "repeated")
    )
    high = (numbers[["Valence", "Arousal"]] > 5).all(axis=1)
    expected = numbers.assign(**{name: numbers[name].where(~high, 9 - numbers[name]) for name in SCALES[:2]})
    pd.testing.assert_frame_equal(inverted[SCALES].astype(float), expected)
    assert high.any()
    pd.testing.assert_frame_equal(rounded[SCALES].astype(float), numbers.round())
    raised = shifted["Valence"].astype(float)
    assert ((raised > 5).sum(), raised.max()) > ((numbers["Valence"] > 5).sum(), 1.0)
    assert (raised - numbers["Valence"])[raised < 9].round(2).nunique() == 1
    others = simulated.ratings("s02", SETTINGS, SEED)[SCALES]
    np.testing.assert_array_equal(repeated[SCALES].astype(float), others)
    for after in (inverted, rounded, shifted, repeated):
        pd.testing.assert_frame_equal(after.drop(columns=SCALES), before.drop(columns=SCALES))


def test_ratings_without_anything_to_invert_are_left_alone(tmp_path, cohort):
    shutil.copytree(cohort, tmp_path / "low", ignore=shutil.ignore_patterns("metadata_csv"))
    own = tmp_path / "low" / "ratings" / "s01.csv"
    rows = pd.read_csv(own)
    rows.assign(Valence=rows["Valence"].clip(upper=5.0)).to_csv(own, index=False)
    before = contents(tmp_path / "low")
    with pytest.raises(InputError, match="files of s01 in which ratings_inverted changes something"):
        spoil(tmp_path / "low", "s01", "ratings_inverted", form="original", seed=SEED)
    assert contents(tmp_path / "low")["ratings/s01.csv"] == before["ratings/s01.csv"]


def test_everyone_s_ratings_change_with_the_subject_s(cohort, spoilt):
    folder = spoilt("ratings_shifted", subject="s03")
    before, after = (pd.read_csv(place / "metadata_csv" / "participant_ratings.csv") for place in (cohort, folder))
    pd.testing.assert_frame_equal(after[:8], before[:8])
    own = pd.read_csv(folder / "ratings" / "s03.csv")
    pd.testing.assert_frame_equal(after[8:].reset_index(drop=True), own)
