"""The notebooks, their cells run in order on a made-up run; the tiny experiment executes them as the workflow does."""

import ast
import copy
from pathlib import Path
from types import SimpleNamespace

import jupytext
import nbformat
import numpy as np
import pandas as pd
import pytest

from eeg import storage
from eeg.datasets import fif
from eeg.features.branch import raw_windows
from eeg.features.trials import Trials
from eeg.report import words
from eeg.report.notebook import notebook_page
from eeg.targets import labels
from tests.factories import split_trials
from tests.report.conftest import SUBJECTS
from tests.stored import CUT, record

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"


@pytest.fixture
def run(monkeypatch):
    """Run the cells of a notebook in which a text occurs, or all; return what they show, as Jupyter would."""

    def executed(name, holding=""):
        shown, names = [], {"__name__": "notebook"}
        monkeypatch.setattr("IPython.display.display", shown.append)
        for cell in jupytext.read(NOTEBOOKS / f"{name}.py").cells:
            if cell.cell_type == "code" and holding in cell.source:
                *body, last = ast.parse(cell.source).body
                ends_in_value = isinstance(last, ast.Expr)
                exec(compile(ast.Module([*body, *[last] * (not ends_in_value)], []), name, "exec"), names)
                if ends_in_value:
                    shown.append(eval(compile(ast.Expression(last.value), name, "eval"), names))
        return [one for one in shown if one is not None]

    return executed


@pytest.fixture
def made(cohort, config, make, tmp_path, monkeypatch):
    """A run of the cohort, as far as `inspect` reads it; a function writes it under one config."""
    trials = make["trial_table"]("s01")
    epochs = make["make_epochs"](trials, channels=("Fz", "Cz"))
    x, numbers = 1e6 * epochs.get_data(), trials["trial"].tolist()
    branch = raw_windows(Trials(x, numbers, ["Fz", "Cz"], 128.0, 384), **CUT)
    split = split_trials(trials[["subject", "trial"]], labels(trials, config["targets"]["quadrant"]))

    def write(**changes):
        whole, folder = {**copy.deepcopy(config), **changes}, tmp_path / "results"
        protocol = words.in_order(whole["protocols"])[0]
        parts = dict.fromkeys(whole["protocols"], SUBJECTS)
        storage.write_json(folder / "provenance.json", {"config": whole, "parts": parts})
        for name in ("scores", "summary", "comparisons"):
            table = cohort[name]
            storage.write_csv(folder / f"{name}.csv", table[table["protocol"].isin(whole["protocols"])])
        storage.write_csv(folder / "trials/s01.csv", trials)
        fif.write(folder / "trials/s01_epo.fif", epochs)
        storage.write_array(folder / "inputs/windows/s01.npy", branch.array)
        storage.write_csv(folder / "inputs/windows/s01.csv", branch.table)
        storage.write_json(folder / "inputs/windows/s01.json", branch.about)
        storage.write_csv(folder / f"splits/{protocol}/windows/s01.csv", split)
        about = {"sha256": storage.sha256(folder / f"splits/{protocol}/windows/s01.csv")}
        about |= {"statement": f"Said of {protocol}."}
        storage.write_json(folder / f"splits/{protocol}/windows/s01.json", about)
        cell = (protocol, "quadrant", "cnn_lstm")
        own = cohort["predictions"][cell].query("subject == 's01'")
        storage.write_parquet(folder.joinpath("predictions", *cell, "s01.parquet"), own)
        storage.write_csv(folder.joinpath("history", *cell, "s01.csv"), make["make_history"]())
        given = record(windows=8)
        given["folds"][0] |= {"best_epoch": 3}
        storage.write_json(folder.joinpath("fits", *cell, "s01.json"), given)
        monkeypatch.chdir(tmp_path)
        return own

    return write


def tables_of(shown):
    return [one for one in shown if isinstance(one, pd.DataFrame)]


def text_of(shown):
    return " ".join(one.data for one in shown if hasattr(one, "data"))


def test_inspect_shows_the_main_table_and_one_subject_trial_by_trial(made, run, capsys):
    own = made()
    shown, printed = run("inspect"), capsys.readouterr().out
    main, models, scores, answers, confusion, folds, fits = tables_of(shown)
    assert words.SIMULATED in printed
    assert set(main.index[main["note"].str.startswith("LEAKY")]) == {"window LEAKY"}
    assert main.loc["window LEAKY", "note"].str.startswith("LEAKY").all()
    assert "video_prior has outside information under trial, window" in printed
    assert list(models) == ["model", "network", "branch", "target"]
    assert list(scores) == ["trial", "subject", "subject_video", "window (LEAKY)"]
    means = own.groupby("trial")[[f"logit_{code}" for code in range(4)]].mean().to_numpy().argmax(axis=1)
    hits = means == own.groupby("trial")["label"].first().to_numpy()
    assert (answers["right"] == "yes").to_numpy().tolist() == hits.tolist()
    assert np.trace(confusion) == hits.sum()
    assert confusion.to_numpy().sum() == 24
    assert folds.loc[0].tolist() == [6, 14, 4]
    assert fits["train"].tolist() == [8]
    assert "Said of trial." in printed
    assert text_of(shown).count("<img ") == 6


def test_inspect_marks_a_subject_s_answers_where_the_run_has_nothing_but_a_leaky_protocol(made, run, capsys):
    made(protocols=["window"], source="recordings")
    shown, printed = run("inspect"), capsys.readouterr().out
    main, _, scores, _, confusion, *_ = tables_of(shown)
    assert "Source of the recordings: recordings." in printed
    assert words.SIMULATED not in printed
    assert "LEAKY (window): cnn_lstm predicts quadrant of s01" in printed
    assert main["note"].str.startswith("LEAKY").all()
    assert list(scores) == ["window (LEAKY)"]
    assert all(name.endswith("(LEAKY)") for name in confusion)
    assert text_of(shown).count('alt="LEAKY') == 2


def test_leakage_says_where_the_meter_was_not_run(made, run, config, capsys):
    made(leaks={**config["leaks"], "enabled": False})
    assert run("leakage", holding="results") == []
    assert "The leak meter was not run" in capsys.readouterr().out


def test_an_executed_notebook_becomes_a_page(config, words_of):
    table = pd.DataFrame({"a": ["<b>"]}, index=pd.Index(["row"], name="name")).to_html()
    shown = [
        nbformat.v4.new_output("stream", name="stdout", text="<script>alert(1)</script>"),
        nbformat.v4.new_output("execute_result", data={"text/plain": "a", "text/html": table}, execution_count=1),
    ]
    cells = [
        nbformat.v4.new_markdown_cell("# A title\n\nSome *text*."),
        nbformat.v4.new_code_cell("table", outputs=shown),
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    results = SimpleNamespace(simulated=True, repaired=[], source="simulated", config=config)
    page = notebook_page(notebook, "mine", results, provenance={"commit": "0123abc"})
    assert "<h1>A title</h1>" in page
    assert "<script" not in page
    assert '<th scope="row">row</th>' in page
    assert page.count('<th scope="col">') == 4
    said = words_of(page)
    assert words.SIMULATED in said
    assert "Some text ." in said
    assert "notebooks/mine.py" in said
    assert 'href="mine.ipynb"' in page
    assert notebook.cells[0].source.startswith("# A title")
