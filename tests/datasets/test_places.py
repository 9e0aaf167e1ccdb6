import os
import shutil
from pathlib import Path

import pytest

from eeg.datasets.deap.folders import entries
from eeg.datasets.deap.places import FORMS, Places
from eeg.errors import InputError

TABLE = "participant_ratings.csv"


def touch(*paths):
    for path in paths:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


@pytest.fixture
def folder(tmp_path):
    """All three forms of two subjects, and the table, in DEAP's folders under a name with blanks."""
    place = tmp_path / "my copy of DEAP"
    for name, suffix in FORMS.values():
        touch(place / name / f"s02{suffix}", place / name / f"s01{suffix}")
    touch(place / "metadata_csv" / TABLE)
    return place


def refused(call, message, code):
    with pytest.raises(InputError, match=message) as raised:
        call()
    assert raised.value.code == code
    return raised.value


def test_all_forms_are_found(folder):
    places = Places(folder)
    assert places.present() == ["original", "python", "matlab"]
    assert places.chosen() == "original"
    assert list(places.files("python")) == ["s01", "s02"]
    assert places.file("s02", "matlab") == folder / "data_preprocessed_matlab" / "s02.mat"
    assert places.table() == folder / "metadata_csv" / TABLE


@pytest.mark.parametrize("asked", FORMS)
def test_the_asked_form_is_chosen(folder, asked):
    assert Places(folder, form=asked).chosen() == asked


@pytest.mark.parametrize(("gone", "chosen"), [(["original"], "python"), (["original", "python"], "matlab")])
def test_auto_is_the_first_form_that_is_there(folder, gone, chosen):
    for form in gone:
        shutil.rmtree(folder / FORMS[form][0])
    assert Places(folder).chosen() == chosen


def test_flat_folder(folder, tmp_path):
    flat = tmp_path / "flat"
    flat.mkdir()
    for path in folder.rglob("*.*"):
        shutil.copy(path, flat)
    places = Places(flat)
    assert places.present() == ["original", "python", "matlab"]
    assert places.file("s01", "python") == flat / "s01.dat"
    assert places.table() == flat / TABLE


@pytest.mark.parametrize("form", FORMS)
def test_the_folder_of_a_form_itself(folder, form):
    places = Places(folder / FORMS[form][0])
    assert places.present() == [form]
    assert places.table() == folder / "metadata_csv" / TABLE


def test_the_folder_of_a_form_as_a_relative_path(folder, monkeypatch):
    monkeypatch.chdir(folder / "data_original")
    assert Places(Path()).table().samefile(folder / "metadata_csv" / TABLE)


@pytest.mark.parametrize("name", ["metadata_csv", "metadata_xls", "metadata_ods", "metadata", "", "data_original"])
@pytest.mark.parametrize("suffix", [".csv", ".xls", ".ods"])
def test_table_in_every_usual_place(folder, name, suffix):
    (folder / "metadata_csv" / TABLE).unlink()
    path = folder / name / f"participant_ratings{suffix}"
    touch(path)
    assert Places(folder).table() == path
    assert Places(folder).needed_table() == path


def test_csv_comes_before_xls_and_ods(folder):
    touch(folder / "participant_ratings.xls", folder / "metadata_ods" / "participant_ratings.ods")
    assert Places(folder).table() == folder / "metadata_csv" / TABLE


def test_capitals_make_no_difference(tmp_path):
    touch(tmp_path / "DATA_ORIGINAL" / "S01.BDF", tmp_path / "Metadata_CSV" / "Participant_Ratings.CSV")
    assert Places(tmp_path).file("s01", "original").name == "S01.BDF"
    assert Places(tmp_path).table().name == "Participant_Ratings.CSV"


def test_other_files_and_hidden_ones_are_no_recordings(folder):
    place = folder / "data_original"
    touch(place / "._s03.bdf", place / "s04.bdf.md5", place / "s1.bdf", place / "notes.txt", place / "s05.dat")
    assert list(Places(folder).files("original")) == ["s01", "s02"]


def test_configured_places(folder, tmp_path):
    shutil.move(folder / "data_original", folder / "bdf")
    shutil.move(folder / "metadata_csv" / TABLE, tmp_path / "mine.csv")
    places = Places(folder, original="bdf", ratings=str(tmp_path / "mine.csv"))
    assert places.file("s01", "original") == folder / "bdf" / "s01.bdf"
    assert places.table() == tmp_path / "mine.csv"


def test_table_beside_a_configured_folder_elsewhere(folder, tmp_path):
    elsewhere = tmp_path / "other disk"
    shutil.move(folder / "data_original", elsewhere / "data_original")
    shutil.move(folder / "metadata_csv", elsewhere / "metadata_csv")
    places = Places(folder, original="../other disk/data_original")
    assert places.table().samefile(elsewhere / "metadata_csv" / TABLE)


def test_missing_folder(tmp_path):
    message = (
        r"nowhere: expected a folder with the DEAP recordings. Received no such folder. Give the folder that holds"
    )
    refused(Places(tmp_path / "nowhere").present, message, "file_missing")


def test_a_file_or_an_archive_as_folder(tmp_path):
    touch(tmp_path / "s01.bdf", tmp_path / "data_preprocessed_python.tar.gz")
    refused(Places(tmp_path / "s01.bdf").present, "Received a file. Give the folder", "file_missing")
    message = "Received a packed file. Unpack it and give the folder it makes"
    refused(Places(tmp_path / "data_preprocessed_python.tar.gz").present, message, "packed")


def test_folder_without_recordings(tmp_path):
    touch(tmp_path / ".DS_Store")
    refused(Places(tmp_path).present, "expected recordings named s01.bdf.*Received an empty folder", "file_missing")
    touch(*(tmp_path / name for name in ("a.txt", "b.txt", "c.txt", "d.txt")))
    error = refused(Places(tmp_path).chosen, r"Received only a\.txt, b\.txt, c\.txt, \.\.\.", "file_missing")
    assert error.file == tmp_path


def test_folder_above_the_right_one(folder):
    error = refused(Places(folder.parent).present, "Received one deeper, in my copy of DEAP/", "file_missing")
    assert error.remedy == f"Give the folder {folder} (make run DATA=...)."


@pytest.mark.parametrize(
    "name", ["data_preprocessed_python.zip", "s01.bdf.gz", "data_original/s01.dat.zip", "deap.tar", "s01.7z", "x.RAR"]
)
def test_packed_recordings(tmp_path, name):
    touch(tmp_path / name)
    message = rf"Received {Path(name).name}, still packed. Unpack it there"
    refused(Places(tmp_path).present, message, "packed")


def test_an_absent_form_names_the_others(folder):
    shutil.rmtree(folder / "data_preprocessed_python")
    message = (
        r"s01\.dat, \.\.\., since the config says `deap\.form: python`. "
        r"Received only the form original \(s01\.bdf, \.\.\.\) and matlab \(s01\.mat, \.\.\.\)\. "
        r"Set `deap\.form` to original or auto, or add data_preprocessed_python/"
    )
    refused(Places(folder, form="python").chosen, message, "file_missing")


@pytest.mark.parametrize(
    "name", ["data_preprocessed_python.zip", "data_preprocessed_python/s01.dat.zip", "s01.zip", "s02.dat.bz2"]
)
def test_an_absent_form_that_is_still_packed(folder, name):
    shutil.rmtree(folder / "data_preprocessed_python")
    touch(folder / name)
    message = rf"{Path(name).name}: .*deap.form: python.* Received {Path(name).name}, still packed"
    refused(Places(folder, form="python").chosen, message, "packed")


def test_an_absent_form_beside_the_archive_of_another(folder):
    shutil.rmtree(folder / "data_preprocessed_python")
    touch(folder / "data_original.zip")
    refused(Places(folder, form="python").chosen, "Received only the form original", "file_missing")


def test_unknown_subject_lists_those_there(folder):
    message = r"s03\.bdf\. Received the subjects s01, s02\. Correct `subjects:`"
    refused(lambda: Places(folder).file("s03", "original"), message, "file_missing")


@pytest.mark.parametrize("name", ["s03.bdf.gz", "s03.zip", "S03.BDF.7z"])
def test_subject_still_packed(folder, name):
    touch(folder / "data_original" / name)
    message = rf"recording s03\.bdf. Received {name}, still packed"
    refused(lambda: Places(folder).file("s03", "original"), message, "packed")


def test_two_files_of_one_subject(folder):
    touch(folder / "data_original" / "S01.BDF")
    if len(entries(folder / "data_original")) == 2:
        pytest.skip("this file system takes both names for one")
    refused(Places(folder).present, r"one file a subject. Received .*01.* twice", "subjects_repeated")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            {"original": "bdf"},
            r"bdf: expected a folder, as `deap\.original` in the config says. Received nothing there",
        ),
        (
            {"python": "notes.txt"},
            r"notes\.txt: expected a folder, as `deap\.python` in the config says. Received a file",
        ),
        (
            {"ratings": "mine.csv"},
            r"mine\.csv: expected a file, as `deap\.ratings` in the config says. Received nothing",
        ),
        ({"ratings": "metadata_csv"}, r"`deap\.ratings` in the config says. Received a folder"),
        (
            {"matlab": "empty"},
            r"files s01\.mat, \.\.\. in the folder that `deap\.matlab` in the config names. Received none",
        ),
    ],
)
def test_configured_places_that_are_not_there(folder, given, message):
    touch(folder / "notes.txt")
    (folder / "empty").mkdir()
    places = Places(folder, **given)
    refused(lambda: (places.present(), places.table()), message, "file_missing")


def test_configured_folder_of_packed_files(folder):
    touch(folder / "mine" / "s01.dat.gz")
    refused(Places(folder, python="mine").present, r"Received s01\.dat\.gz, still packed", "packed")


def test_table_missing(folder):
    (folder / "metadata_csv" / TABLE).unlink()
    assert Places(folder).table() is None
    message = r"ratings in participant_ratings\.csv, \.xls or \.ods. Received no such file there, nor in metadata_csv/"
    error = refused(Places(folder).needed_table, message, "file_missing")
    assert error.remedy.startswith("Unpack DEAP's metadata_csv.zip beside the recordings")


@pytest.mark.parametrize("name", ["metadata_csv.zip", "metadata_xls.tar.gz", "participant_ratings.csv.gz"])
def test_table_still_packed(folder, name):
    (folder / "metadata_csv" / TABLE).unlink()
    touch(folder / name)
    refused(Places(folder / "data_original").needed_table, rf"Received {name}, still packed", "packed")


@pytest.mark.parametrize("denied", ["", "data_original"])
def test_folder_that_may_not_be_read(folder, monkeypatch, denied):
    iterdir = Path.iterdir

    def closed(path):
        if path == folder / denied:
            raise PermissionError(13, "Permission denied")
        return iterdir(path)

    monkeypatch.setattr(Path, "iterdir", closed)
    error = refused(Places(folder).present, "a file or folder that may be read. Received no permission", "unreadable")
    assert error.file == folder / denied


def test_a_closed_parent_is_passed_over(folder, monkeypatch):
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder)
    assert Places(folder / "data_original").table() is None
