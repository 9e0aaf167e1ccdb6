from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from eeg import evaluate
from eeg.ids import given
from eeg.inputs import Inputs, arrangement, relabelling, table_of
from eeg.models import Outcome, Result
from eeg.preprocess.scale import Scaler
from eeg.protocols import WHOLE
from eeg.scalers import Fitted, Key
from eeg.seeds import generator
from eeg.targets import labels
from tests.factories import VALENCE, split_trials, split_windows, trial_table, window_table

IDENTITY = Fitted(Key(), Scaler.identity((3,)), pd.DataFrame())


class Spy:
    """Remembers what it was given; answers with the mean of each window."""

    held = False

    def __init__(self, width=1):
        self.seen, self.width = [], width

    def stacks(self, folds):
        return [folds[start : start + self.width] for start in range(0, len(folds), self.width)]

    def learn(self, folds, watch):
        watch("epoch 1", 1.0)
        return [self.result(fold) for fold in folds]

    def result(self, fold):
        self.seen.append((fold.train.all(), fold.train.labels, fold.validate.all(), fold.seed))
        history = [{"epoch": 1, "loss": 0.5, "accuracy": 1, "val_loss": 1, "val_accuracy": 0}]
        held = self.logits(fold.validate) if self.held and fold.calibrate else None
        return Result(Outcome(status="ok", history=history), self.logits(fold.test), held=held)

    def logits(self, samples):
        mean = samples.all().reshape(len(samples), -1).mean(axis=1)
        return np.stack([-mean, mean], axis=1).astype(np.float32)


def made(subjects=("s01", "s02"), kind="windows"):
    """Inputs whose every value is 100 * subject + trial, so that a window tells where it came from."""
    arrays, tables = {}, []
    for number, subject in enumerate(subjects, start=1):
        trials = trial_table(subject)
        value = (100 * number + trials["trial"].to_numpy(np.float32))[:, None, None]
        shape = (12, 80, 3) if kind == "windows" else (12, 5, 3, 2)
        arrays[subject] = np.broadcast_to(value if kind == "windows" else value[..., None], shape)
        tables.append(table_of(window_table(), trials, labels(trials, VALENCE)))
    return Inputs(kind, ["Fz", "Cz", "Pz"], arrays, pd.concat(tables, ignore_index=True))


def tasks(split, scalers=(IDENTITY,)):
    inputs = made(("s01",))
    folds = split["fold"].unique().tolist()
    arrange = arrangement("series", inputs.channels, inputs.shape)
    return evaluate.tasks(inputs, split, arrange=arrange, scalers=scalers, seeds={fold: fold for fold in folds})


def run(split, scalers=(IDENTITY,)):
    spy = Spy()
    return spy, *evaluate.tables(evaluate.learn(spy, tasks(split, scalers)))


@pytest.fixture
def by_trial():
    return split_trials(trial_table(), np.arange(12) % 2, 3, 0.25)


def test_every_window_is_tested_once_with_its_own_label(by_trial):
    _, predictions, _, _ = run(by_trial)
    assert len(predictions) == 60
    assert not predictions.duplicated(["subject", "trial", "window"]).any()
    assert (predictions["label"] == (predictions["trial"] % 2 == 0)).all()
    assert list(predictions) == ["subject", "trial", "window", "fold", "label", "logit_0", "logit_1"]
    assert predictions.dtypes["logit_0"] == np.float32
    np.testing.assert_allclose(predictions["logit_1"], 100 + predictions["trial"])


def test_training_gets_training_trials_and_no_other(by_trial):
    spy, _, records, _ = run(by_trial)
    for fold, (x, y, held, _) in enumerate(spy.seen):
        roles = by_trial[by_trial["fold"] == fold].groupby("role")["trial"].agg(set)
        assert set(x[:, 0, 0] - 100) == roles["train"]
        assert set(held[:, 0, 0] - 100) == roles["validate"]
        assert set(zip(x[:, 0, 0] - 100, y, strict=True)) == {(trial, int(trial % 2 == 0)) for trial in roles["train"]}
        assert {run[1] for run in records[fold]["train"]["windows"]} == roles["train"]


def test_windows_are_scaled_by_the_scaler_of_their_fold_or_of_their_trial(by_trial):
    def shifted(by, key):
        return Fitted(key, Scaler(np.full(3, by), np.ones(3), np.zeros(3), np.ones(3), "zscore"), pd.DataFrame())

    of_folds = [shifted(1000.0 * fold, Key(fold=fold)) for fold in range(3)]
    _, predictions, _, _ = run(by_trial, scalers=of_folds)
    np.testing.assert_allclose(predictions["logit_1"], 100 + predictions["trial"] - 1000 * predictions["fold"])
    of_trials = [shifted(100.0 + trial, Key(subject="s01", trial=trial)) for trial in range(12, 0, -1)]
    spy, predictions, _, _ = run(by_trial, scalers=of_trials)
    assert (predictions["logit_1"] == 0).all()
    assert all((train == 0).all() and (held == 0).all() for train, _, held, _ in spy.seen)


def test_records_hold_what_was_given(by_trial):
    _, _, records, history = run(by_trial)
    record = records[0]
    assert record["train"]["n_windows"] == 5 * len(record["train"]["windows"])
    assert record["train"]["windows"][0][2:] == [0, 5]
    assert len(record["train"]["sha256"]) == 64
    assert {record["train"]["sha256"], records[1]["train"]["sha256"]} != {record["train"]["sha256"]}
    assert list(history) == ["fold", "epoch", "loss", "accuracy", "val_loss", "val_accuracy"]
    assert history["fold"].tolist() == [0, 1, 2]


def test_records_hold_what_settings_and_channels_were_chosen_by(by_trial):
    folds = tasks(by_trial)
    n_train = len(folds[0].index["train"])
    outcome = Outcome("ok", tuning={"chosen": {"C": 1.0}}, searched=np.array([0, 1, n_train]))
    results = [Result(outcome, np.zeros((len(task.index["test"]), 2), np.float32)) for task in folds]
    learnt = [evaluate.Learnt(task, result, 1.0) for task, result in zip(folds, results, strict=True)]
    chosen = {"bads": "drop", "chosen_by": "looks"}
    _, records, _ = evaluate.tables(learnt, channel_choice=chosen)
    rows = np.r_[folds[0].index["train"][:2], folds[0].index["validate"][:1]]
    assert records[0]["tuning"] == {"chosen": {"C": 1.0}, **given(folds[0].table.iloc[rows])}
    assert [record["channel_choice"] for record in records] == [chosen] * 3
    _, _, records, _ = run(by_trial)
    assert [(record["tuning"], record["channel_choice"]) for record in records] == [(None, None)] * 3


def test_windows_of_one_trial_are_told_apart():
    windows = window_table().assign(subject="s01")
    split = split_windows(windows, windows["trial"] % 2)
    _, predictions, records, _ = run(split)
    assert len(predictions) == 60
    given = sum(stop - start for _, _, start, stop in records[0]["train"]["windows"])
    assert given == records[0]["train"]["n_windows"] == (split.query("fold == 0")["role"] == "train").sum()


def test_windows_of_several_subjects_come_from_their_own_arrays():
    inputs = made()
    index = np.array([0, 61, 7, 119])
    rows = inputs.table.iloc[index]
    expected = rows["subject"].map({"s01": 100, "s02": 200}) + rows["trial"]
    np.testing.assert_array_equal(inputs.gather(index)[:, 0, 0], expected)


class Counted:
    """An array that counts the values which are read from it."""

    def __init__(self, array):
        self.array, self.shape, self.n_read = array, array.shape, 0

    def __getitem__(self, index):
        found = self.array[index]
        self.n_read += found.size
        return found


def test_gathering_a_batch_of_overlapping_windows_reads_that_batch_alone():
    x = generator("counted").standard_normal((12, 80, 3), np.float32)
    array, trials = Counted(x), trial_table()
    table = table_of(window_table(n_windows=33, step=2), trials, labels(trials, VALENCE))
    inputs = Inputs("windows", ["Fz", "Cz", "Pz"], {"s01": array}, table)
    index = np.array([395, 0, 34, 1])
    batch = inputs.gather(index)
    assert array.n_read == batch.size == 4 * 16 * 3
    for one, row in zip(batch, table.iloc[index].itertuples(), strict=True):
        np.testing.assert_array_equal(one, x[row.trial - 1, row.start : row.start + 16])


def test_a_grid_follows_the_cells_of_the_channels():
    cells = {"E1": [0, 0], "E2": [0, 8], "E3": [8, 4]}
    arrange, shape = arrangement("grid", list(cells), (3, 2), cells=cells)
    grid = arrange(np.arange(6.0).reshape(1, 3, 2))
    assert shape == (9, 9, 2)
    np.testing.assert_array_equal([grid[0, row, column] for row, column in cells.values()], [[0, 1], [2, 3], [4, 5]])


@pytest.mark.parametrize(("input_kind", "shape"), [("grid", (9, 9, 2)), ("flat", (6,)), ("series", (3, 2))])
def test_arrangement_says_the_shape_it_gives(input_kind, shape):
    inputs = made(kind="entropy")
    function, said = arrangement(input_kind, inputs.channels, inputs.shape)
    assert function(inputs.gather(np.arange(4))).shape == (4, *shape)
    assert said == shape


class Shelf(dict):
    def take(self, place):
        return self.get(place)

    def put(self, place, results, seconds):
        self[place] = (results, seconds)


@pytest.mark.parametrize(("width", "stacks"), [(1, 3), (2, 2), (5, 1)])
def test_finished_stacks_are_not_learnt_again(by_trial, width, stacks):
    shelf, first, second = Shelf(), Spy(width), Spy(width)
    learnt = evaluate.learn(first, tasks(by_trial), shelf=shelf)
    assert sorted(shelf) == list(range(stacks))
    del shelf[stacks - 1]
    again = evaluate.learn(second, tasks(by_trial), shelf=shelf)
    assert [seed for *_, seed in second.seen] == list(range(3))[(stacks - 1) * width :]
    for one, other in zip(evaluate.tables(learnt)[::2], evaluate.tables(again)[::2], strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize(
    ("width", "told"),
    [
        (1, [("fold 1 of 3, epoch 1", 1 / 3), ("fold 2 of 3, epoch 1", 2 / 3), ("fold 3 of 3, epoch 1", 1.0)]),
        (2, [("folds 1 to 2 of 3, epoch 1", 2 / 3), ("fold 3 of 3, epoch 1", 1.0)]),
    ],
)
def test_a_watch_hears_which_fold_is_learnt_and_how_much_is_done(by_trial, width, told):
    heard = []
    evaluate.learn(Spy(width), tasks(by_trial), watch=lambda words, share: heard.append((words, pytest.approx(share))))
    assert heard == told


def test_the_share_done_is_of_what_a_job_that_goes_on_has_to_learn(by_trial):
    shelf, heard = Shelf(), []
    evaluate.learn(Spy(1), tasks(by_trial), shelf=shelf)
    del shelf[2]
    evaluate.learn(Spy(1), tasks(by_trial), shelf=shelf, watch=lambda words, share: heard.append((words, share)))
    assert heard == [("fold 3 of 3, epoch 1", 1.0)]
    del shelf[1], shelf[2]
    evaluate.learn(Spy(1), tasks(by_trial), shelf=shelf, watch=lambda words, share: heard.append((words, share)))
    assert heard[1:] == [("fold 2 of 3, epoch 1", 0.5), ("fold 3 of 3, epoch 1", 1.0)]


def test_inner_splits_keep_trials_together_or_subjects_where_subjects_are_left_out(by_trial):
    fold = tasks(by_trial)[0].fold
    assert np.array_equal(fold.train.groups[:, 0], fold.train.trials)
    inputs = made(("s01", "s02", "s03", "s04"))
    trials = pd.concat([trial_table(subject) for subject in inputs.arrays])
    role = trials["subject"].map({"s01": "train", "s02": "train", "s03": "validate", "s04": "test"})
    split = trials[["subject", "trial"]].assign(fold=0, role=role, window=WHOLE)
    arrange = arrangement("series", inputs.channels, inputs.shape)
    fold = evaluate.tasks(inputs, split, arrange=arrange, scalers=[IDENTITY], seeds={0: 1})[0].fold
    assert fold.train.groups.shape == (120, 1)
    assert len(np.unique(fold.train.groups)) == 2
    assert len(np.unique(fold.train.trials)) == 24
    assert not np.isin(fold.train.groups, fold.validate.groups).any()
    crossed = split[(trials["video"].to_numpy() % 2 == 0) == (role.to_numpy() == "test")]
    fold = evaluate.tasks(inputs, crossed, arrange=arrange, scalers=[IDENTITY], seeds={0: 1})[0].fold
    assert [len(np.unique(ids)) for ids in fold.train.groups.T] == [2, 6]


def learnt_threshold(split, exclude=0.0):
    """The folds of a subject whose valence rises from trial to trial, high above the median of the training trials."""
    trials = trial_table().assign(valence=np.arange(12.0))
    target = {"rating": "valence", "threshold": "subject_median", "tie": "low", "exclude": exclude}
    inputs = made(("s01",))
    inputs = replace(inputs, relabel=relabelling(trials, target))
    arrange = arrangement("series", inputs.channels, inputs.shape)
    spy, folds = Spy(), split["fold"].unique().tolist()
    found = evaluate.tasks(inputs, split, arrange=arrange, scalers=[IDENTITY], seeds={fold: fold for fold in folds})
    return spy, *evaluate.tables(evaluate.learn(spy, found))


def test_a_learnt_threshold_is_each_fold_s_own_and_its_trials_are_recorded(by_trial):
    spy, predictions, records, _ = learnt_threshold(by_trial)
    for fold, record in enumerate(records):
        own = by_trial[by_trial["fold"] == fold]
        seen = own.loc[own["role"] != "test", "trial"]
        high = set(seen[seen - 1 > np.median(seen - 1)])
        x, y = spy.seen[fold][:2]
        assert {int(value - 100) for value in x[y == 1, 0, 0]} <= high
        tested = predictions[predictions["fold"] == fold]
        assert (tested["label"] == (tested["trial"] - 1 > np.median(seen - 1))).all()
        assert {trial for _, trial, _, _ in record["threshold"]["windows"]} == set(seen)


def test_trials_of_no_class_are_tested_and_teach_nothing(by_trial):
    spy, predictions, records, _ = learnt_threshold(by_trial, exclude=2.0)
    assert len(predictions) == 60
    assert (predictions["label"] == -1).any()
    assert all((y >= 0).all() for _, y, _, _ in spy.seen)
    for fold, record in enumerate(records):
        without = set(predictions.loc[(predictions["label"] == -1) & (predictions["fold"] == fold), "trial"])
        assert not {trial for _, trial, _, _ in record["train"]["windows"]} & without


def test_a_temperature_is_fitted_where_enough_trials_are_held_out_and_recorded_with_them(by_trial, monkeypatch):
    plain = run(by_trial)
    assert [record["temperature"] for record in plain[2]] == [None] * 3
    assert [record["temperature_value"] for record in plain[2]] == [1.0] * 3
    monkeypatch.setattr(evaluate, "FEWEST_TRIALS", 1)
    monkeypatch.setattr(Spy, "held", True)
    _, predictions, records, _ = run(by_trial)
    for record in records:
        assert record["temperature"] == record["validate"]
        rows = predictions["fold"] == record["fold"]
        scaled = plain[1].loc[rows, "logit_1"] / record["temperature_value"]
        np.testing.assert_allclose(predictions.loc[rows, "logit_1"], scaled, rtol=1e-5)
