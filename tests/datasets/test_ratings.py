import zipfile

import numpy as np
import pandas as pd
import pytest
import xlwt

from eeg.datasets.deap import ratings as source
from eeg.errors import InputError
from tests.datasets.deap_files import SHOWN, ratings, write_table

COLUMNS = ["Participant_id", "Trial", "Experiment_id", *source.RATINGS]


def table(participants=(1, 23)):
    """The rows of two people with start times and, for one of them, familiarity."""
    rows = pd.concat([ratings(number) for number in participants], ignore_index=True)
    rows.insert(3, "Start_time", 1_695_918 + 800_000 * rows["Trial"])
    return rows.assign(Familiarity=np.where(rows["Participant_id"] == 23, np.nan, 4.0))


def write_xls(path, rows):
    book = xlwt.Workbook()
    sheet = book.add_sheet("participant_ratings")
    for line, cells in enumerate([list(rows), *rows.to_numpy().tolist()]):
        for column, cell in enumerate(cells):
            if cell == cell:
                sheet.write(line, column, cell)
    book.save(str(path))


def write_ods(path, rows):
    """A spreadsheet with nothing but the cells."""

    def cell(value):
        if isinstance(value, str):
            return f'<table:table-cell office:value-type="string"><text:p>{value}</text:p></table:table-cell>'
        if value != value:
            return "<table:table-cell/>"
        return f'<table:table-cell office:value-type="float" office:value="{value}"/>'

    lines = [list(rows), *rows.to_numpy().tolist()]
    body = "".join(f"<table:table-row>{''.join(map(cell, line))}</table:table-row>" for line in lines)
    names = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{short}:1.0"' for short in ("office", "table", "text")
    )
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        packed.writestr(
            "content.xml",
            f'<?xml version="1.0"?><office:document-content{names}><office:body><office:spreadsheet>'
            f'<table:table table:name="one">{body}</table:table>'
            "</office:spreadsheet></office:body></office:document-content>",
        )


def write_csv(path, rows):
    rows.to_csv(path, index=False)


@pytest.mark.parametrize(("suffix", "write"), [(".csv", write_csv), (".xls", write_xls), (".ods", write_ods)])
def test_every_kind_of_file_gives_the_same_table(tmp_path, suffix, write):
    path = tmp_path / f"participant_ratings{suffix}"
    write(path, table())
    found = source.read(path)
    assert found.dtypes[["Participant_id", "Trial", "Experiment_id"]].tolist() == [np.int64] * 3
    pd.testing.assert_frame_equal(found, table()[[*COLUMNS, "Start_time", "Familiarity"]], check_dtype=False)


def test_xls_and_ods_may_have_capital_endings(tmp_path):
    write_xls(tmp_path / "Participant_Ratings.XLS", table())
    assert len(source.read(tmp_path / "Participant_Ratings.XLS")) == 6


DIALECTS = {
    "semicolons and decimal commas": lambda rows: rows.to_csv(index=False, sep=";", decimal=",").encode(),
    "tabs": lambda rows: rows.to_csv(index=False, sep="\t").encode(),
    "tabs and decimal commas": lambda rows: rows.to_csv(index=False, sep="\t", decimal=",").encode(),
    "bars": lambda rows: rows.to_csv(index=False, sep="|").encode(),
    "quotes": lambda rows: rows.to_csv(index=False, quoting=1).encode(),
    "quotes and decimal commas": lambda rows: rows.to_csv(index=False, quoting=1, decimal=",").encode(),
    "a byte order mark": lambda rows: rows.to_csv(index=False).encode("utf-8-sig"),
    "UTF-16": lambda rows: rows.to_csv(index=False).encode("utf-16"),
    "Latin-1": lambda rows: rows.assign(Comment="été").to_csv(index=False).encode("latin-1"),
    "Windows line ends": lambda rows: rows.to_csv(index=False, lineterminator="\r\n").encode(),
    "old Macintosh line ends": lambda rows: rows.to_csv(index=False, lineterminator="\r").encode(),
    "blank lines": lambda rows: f"\n{rows.to_csv(index=False)}\n\n,,,,,,,,\n".encode(),
    "blanks about the cells": lambda rows: rows.to_csv(index=False).replace(",", " , ").encode(),
    "other names": lambda rows: (
        rows.rename(columns=lambda name: f" {name.upper().replace('_', ' ')}").to_csv().encode()
    ),
    "other order": lambda rows: rows[rows.columns[::-1]].to_csv(index=False).encode(),
    "NaN and NA": lambda rows: rows.to_csv(index=False, na_rep="NaN").encode(),
    "no commas after the last value": lambda rows: rows.to_csv(index=False).replace(",\n", "\n").encode(),
}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_dialect_of_csv_gives_the_same_table(tmp_path, dialect):
    path = tmp_path / "participant_ratings.csv"
    path.write_bytes(DIALECTS[dialect](table()))
    pd.testing.assert_frame_equal(
        source.read(path), table()[[*COLUMNS, "Start_time", "Familiarity"]], check_dtype=False
    )


def test_optional_columns_may_be_missing_and_blank_ratings_stay_blank(tmp_path):
    rows = ratings()
    rows.loc[1, "Dominance"] = np.nan
    found = source.read(write_table(tmp_path, rows))
    assert list(found) == COLUMNS
    assert found["Dominance"].isna().tolist() == [False, True, False]
    assert source.start_times(found, "s01") is None


WRONG = {
    "without a column": (lambda text: text.replace("Arousal", "Excitement"), "Received no Arousal .*by comma: .*Excit"),
    "a column twice": (lambda text: text.replace("Dominance", "valence "), "Received no Dominance"),
    "two names of one column": (lambda text: text.replace("Familiarity", "LIKING"), "Received Liking twice"),
    "separated by blanks": (lambda text: text.replace(",", " "), "Received no Participant_id, Trial, Experiment_id"),
    "a word": (
        lambda text: text.replace("4.01", "high", 1),
        r"numbers in the column Valence. Received 'high' in line 2",
    ),
    "infinity": (
        lambda text: text.replace("4.01", "inf", 1),
        r"numbers in the column Valence. Received 'inf' in line 2",
    ),
    "a broken trial": (
        lambda text: text.replace("1,3,", "1,2.5,", 1),
        "from 1 in the column Trial. Received '2.5' in line 2",
    ),
    "no participant": (lambda text: text.replace("\n1,", "\n,", 1), "column Participant_id. Received '' in line 2"),
    "a trial 0": (lambda text: text.replace("23,1,", "23,0,"), "column Trial. Received '0' in line 7"),
    "decimal commas": (lambda text: text.replace(".", ","), "expected 9 values in line 2, one a column. Received 14"),
    "cut off": (lambda text: text[:-12], "expected 9 values in line 7, one a column. Received"),
    "empty": (lambda text: "", "names of the columns in the first row. Received an empty table of 0 bytes"),
    "only commas": (lambda text: ",,,,\n" * 3, "Received an empty table of 15 bytes"),
    "a web page": (lambda text: "<!DOCTYPE html>\n<p>Log in</p>", "Received no Participant_id.*<!DOCTYPE html>"),
    "a spreadsheet": (lambda text: "PK\x03\x04" + text, "as the ending .csv says. Received the file of a spreadsheet"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_other_tables_are_refused(tmp_path, kind):
    change, message = WRONG[kind]
    path = tmp_path / "participant_ratings.csv"
    path.write_text(change(table().to_csv(index=False)))
    with pytest.raises(InputError, match=message) as raised:
        source.read(path)
    assert raised.value.code == "ratings_file"
    assert raised.value.file == path


@pytest.mark.parametrize("suffix", [".xls", ".ods"])
def test_text_under_the_name_of_a_spreadsheet(tmp_path, suffix):
    path = tmp_path / f"participant_ratings{suffix}"
    write_csv(path, table())
    with pytest.raises(InputError, match="expected a spreadsheet, as its ending says. Received ") as raised:
        source.read(path)
    assert raised.value.code == "ratings_file"


def test_other_endings_and_folders_of_that_name(tmp_path):
    with pytest.raises(InputError, match=r"a table that ends in \.csv, \.xls, \.ods\. Received \.txt"):
        source.read(tmp_path / "participant_ratings.txt")
    (tmp_path / "participant_ratings.csv").mkdir()
    with pytest.raises(InputError, match=r"a file or folder that can be read\. Received Is a directory"):
        source.read(tmp_path / "participant_ratings.csv")


def test_rated_is_in_presentation_order():
    trials = source.rated(table(), "s23", file=None)
    assert list(trials) == [*source.COLUMNS]
    assert trials["subject"].tolist() == ["s23"] * 3
    assert trials["trial"].tolist() == [1, 2, 3]
    assert trials["video"].tolist() == list(SHOWN)
    np.testing.assert_allclose(trials["arousal"], [2.33, 3.33, 4.33])
    assert set(trials["order"]) == {"presentation"}


ROWS = {
    "none": (lambda rows: rows[:0], r"ratings of s01 \(Participant_id 1\)\. Received none"),
    "a gap": (lambda rows: rows[rows["Trial"] != 2], "every trial of s01, numbered from 1. Received no trial 2"),
    "from 2 on": (lambda rows: rows.assign(Trial=rows["Trial"] + 1), "Received no trial 1"),
    "twice": (lambda rows: rows.assign(Trial=rows["Trial"].replace(3, 2)), "Received trial 2 more than once"),
    "a video twice": (
        lambda rows: rows.assign(Experiment_id=rows["Experiment_id"].replace(3, 2)),
        r"every video of s01 once \(Experiment_id\)\. Received 2 more than once",
    ),
}


@pytest.mark.parametrize("kind", ROWS)
def test_rows_that_are_no_trials(tmp_path, kind):
    change, message = ROWS[kind]
    with pytest.raises(InputError, match=message) as raised:
        source.rated(change(ratings()), "s01", file=tmp_path)
    assert raised.value.code == "ratings_rows"
    assert raised.value.file == tmp_path


def test_start_times_are_seconds_by_trial():
    starts = source.start_times(table(), "s23")
    assert starts.index.tolist() == [1, 2, 3]
    # 0.1 ms each
    np.testing.assert_allclose(starts, [249.5918, 329.5918, 409.5918])
    assert source.start_times(table().assign(Start_time=np.nan), "s01") is None


def test_participants():
    assert source.participants(table()) == ["s01", "s23"]
