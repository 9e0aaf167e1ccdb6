import json
from dataclasses import replace

import numpy as np
import pytest

from eeg import models
from eeg.errors import InputError
from eeg.models._inner import inner_splits
from eeg.models._tuning import TunedLearner
from eeg.samples import Samples

LOGISTIC = {"C": [1e4], "class_weight": "balanced", "rows_per_trial": None, "inner_folds": 2}
SVM = LOGISTIC | {"gamma": ["scale"], "kernel": "rbf", "components": 50}
MLP = {"hidden": [4], "dropout": 0.0, "activation": "relu"}
TRAINING = {"epochs": 5, "batch": 8, "learning_rate": 1e-9, "patience": None, "clip": None}
TRAINING |= {"balance": None, "precision": "float32"}
WHOLE = "balanced accuracy on whole trials held out"


def windows(n_trials=24, *, per_trial=5, n_classes=2, groups=None):
    """Windows whose first feature is their number and whose trials have one class each."""
    trials = np.repeat(np.arange(n_trials), per_trial)
    x = np.stack([np.arange(len(trials)), trials], axis=1).astype(np.float32)
    return Samples(lambda index: x[index], trials % n_classes, trials, (2,), groups)


def noise(n_features=60, n_trials=40, *, seed=3, gain=0.7):
    """Noise with a class difference in one feature; three windows a trial."""
    generator = np.random.default_rng(seed)
    trials = np.repeat(np.arange(n_trials), 3)
    x = generator.standard_normal((len(trials), n_features))
    x[:, 0] += gain * (2 * (trials % 2) - 1)
    return Samples(lambda index: x[index], trials % 2, trials, (n_features,))


def folded(samples, seed=1, *, test=None):
    nothing = samples.subset(np.arange(0))
    return models.Fold(samples, nothing, nothing if test is None else test, seed)


class Spy:
    """Hits every so many windows held out, as its `skill` says, and remembers the folds it was given."""

    device = "cpu"

    def __init__(self, settings, training, seen=None, saved=None):
        self.skill, self.seen, self.saved = settings["skill"], seen, saved

    def learn(self, folds, watch=models.unwatched):
        [fold] = folds
        if self.seen is not None:
            self.seen.append((self.skill, fold))
        hits = np.arange(len(fold.test)) % 10 < self.skill
        codes = np.where(hits, fold.test.labels, 1 - fold.test.labels)
        watch("learnt", 1.0)
        return [models.Result(models.Outcome("ok"), np.eye(fold.test.labels.max(initial=1) + 1)[codes])]

    def save(self, result, path):
        self.saved.append(self.skill)


def spying(skills, candidates=8, folds=3, **lists):
    """A tuned learner of spies; the first skill is the configured one."""
    return TunedLearner(
        lambda settings, training: Spy(settings, training, **lists),
        {"settings": {"skill": skills[0]}, "training": None},
        search={"skill": skills},
        candidates=candidates,
        folds=folds,
    )


def tuned(name, shape, settings, search, *, training=None, keep=False, candidates=8, folds=3):
    tuning = {"search": search, "candidates": candidates, "folds": folds}
    return models.learner(name, shape, 2, settings=settings, training=training, keep=keep, tuning=tuning)


def tuning_of(learner, samples, seed=1):
    return learner.learn([folded(samples, seed)])[0].outcome.tuning


def test_the_learning_rate_that_learns_is_chosen_again_to_the_bit_and_its_values_kept():
    search = {"learning_rate": [1e-9, 0.05]}
    learner = tuned("mlp", (3,), MLP, search, training=TRAINING, keep=True)
    samples, other = noise(3, gain=2.0), noise(3, seed=5, gain=2.0)
    first = learner.learn([folded(samples, test=other)])[0]
    assert first.outcome.tuning["chosen"] == {"learning_rate": 0.05}
    assert first.outcome.tuning["score"] > 0.9
    assert (first.logits.argmax(axis=1) == other.labels).mean() > 0.9
    learner.learn([folded(other, 2)])
    again = learner.learn([folded(samples, test=other)])[0]
    assert again.outcome.tuning == first.outcome.tuning
    assert again.outcome.history == first.outcome.history
    assert np.array_equal(again.logits, first.logits)
    model = learner.learners[learner.candidates.index({"learning_rate": 0.05})].model
    for variable, value in zip(model.variables, first.values, strict=True):
        variable.assign(value)
    assert np.allclose(model.predict(other.all(), verbose=0), first.logits, atol=1e-5)


def test_the_penalty_that_noise_asks_for_is_chosen_and_told():
    learner = tuned("logistic", (100,), LOGISTIC, {"C": [[1e4], [0.01]]})
    outcome = learner.learn([folded(noise(100, seed=2, gain=1.0))])[0].outcome
    score = outcome.tuning["score"]
    assert 0.6 < score < 1
    # each of the 120 rows is fitted in two of three inner folds, by two candidates
    assert outcome.tuning == json.loads(json.dumps(outcome.tuning)) == {
        "chosen": {"C": [0.01]}, "score": score, "candidates": 2, "folds": 3, "fits": 6, "rows": 480, "search": WHOLE,
    }  # fmt: skip
    assert outcome.parameters["C"] == 0.01


def test_settings_and_training_are_searched_together():
    made = []

    def make(settings, training):
        made.append((settings, training))
        return Spy({"skill": settings["width"] + training["epochs"]}, None)

    given = {"settings": {"width": 1, "depth": 7}, "training": {"epochs": 2, "batch": 9}}
    learner = TunedLearner(make, given, search={"epochs": [2, 3], "width": [1, 4]}, candidates=4, folds=3)
    assert made[0] == ({"width": 1, "depth": 7}, {"epochs": 2, "batch": 9})
    assert sorted((one["width"], two["epochs"]) for one, two in made) == [(1, 2), (1, 3), (4, 2), (4, 3)]
    assert tuning_of(learner, windows())["chosen"] == {"epochs": 3, "width": 4}


def test_equal_searches_cost_two_models_the_same():
    samples = noise(4)
    logistic = tuned("logistic", (4,), LOGISTIC, {"C": [[0.1], [1.0], [10.0], [100.0], [1e3], [1e4]]}, candidates=5)
    svm = tuned("svm", (4,), SVM, {"C": [[0.1], [1.0], [1e4]], "gamma": [["scale"], [0.01]]}, candidates=5)
    first, second = tuning_of(logistic, samples), tuning_of(svm, samples)
    assert first["candidates"] == 5
    assert {name: first[name] for name in ("candidates", "folds", "fits", "rows")} == {
        name: second[name] for name in ("candidates", "folds", "fits", "rows")
    }


def numbers(samples):
    return samples.all()[:, 0].astype(int).tolist()


@pytest.mark.parametrize("by_subject", [False, True])
def test_inner_fits_see_training_rows_alone_and_hold_whole_groups_out(by_subject):
    seen = []
    subjects = np.repeat(np.arange(16), 10)
    samples = windows(32, groups=subjects[:, None] if by_subject else None)
    train, validate = samples.subset(np.arange(90)), samples.subset(np.arange(90, 120))
    test = samples.subset(np.arange(120, 160))
    result = spying([1, 2, 9, 3], seen=seen).learn([models.Fold(train, validate, test, 4)])[0]
    *inner, (skill, last) = seen
    assert len(inner) == result.outcome.tuning["fits"]
    for _, fold in inner:
        assert (numbers(fold.validate), fold.seed) == (list(range(90, 120)), 4)
        assert set(numbers(fold.train)) | set(numbers(fold.test)) <= set(range(90))
        assert not np.isin(fold.train.groups, fold.test.groups).any()
    given = {number for _, fold in inner for role in (fold.train, fold.validate, fold.test) for number in numbers(role)}
    assert result.outcome.searched.tolist() == sorted(given) != []
    assert (skill, last.train, last.test) == (9, train, test)
    assert result.outcome.tuning["search"] == WHOLE.replace("trials", "subjects" if by_subject else "trials")


def test_validation_rows_of_groups_held_out_are_left_out():
    seen = []
    samples = windows(24, per_trial=10)
    first = np.arange(len(samples)) % 10 < 5  # as where windows are shuffled
    train, validate = (samples.subset(np.flatnonzero(half)) for half in (first, ~first))
    spying([1, 9], seen=seen).learn([models.Fold(train, validate, validate, 4)])
    *inner, (_, last) = seen
    for _, fold in inner:
        assert not np.isin(fold.validate.groups, fold.test.groups).any()
        assert set(fold.validate.trials) == set(fold.train.trials)
    assert last.validate is validate


@pytest.mark.parametrize("n_candidates", [2, 3, 8, 9, 26, 27, 30])
@pytest.mark.parametrize("n_trials", [4, 12, 60])
def test_the_cost_is_known_beforehand_and_the_best_is_found(n_candidates, n_trials):
    told, seen = [], []
    learner = spying([*range(-n_candidates, 0), 10], n_candidates + 1, seen=seen)
    found = learner.learn([folded(windows(n_trials))], lambda *news: told.append(news))[0].outcome.tuning
    assert (found["chosen"], found["score"]) == ({"skill": 10}, 1)
    assert found["rows"] == sum(len(fold.train) for _, fold in seen[:-1])
    assert told[-2][0] == f"tuning, {found['fits']} of {found['fits']} fits"
    assert told[-2][1] == pytest.approx(found["rows"] / (found["rows"] + 5 * n_trials))
    assert told[-1] == ("learnt", 1.0)
    shares = [share for _, share in told]
    assert shares == sorted(shares)


def test_the_last_round_has_all_rows():
    seen = []
    samples = windows(27)
    tuning_of(spying(list(range(10)), 30, seen=seen), samples)
    largest = max(len(fold.train) for _, fold in seen[:-1])
    assert largest == max(len(fit) for fit, _ in inner_splits(samples, 3, seed=1))


def test_of_equal_candidates_the_configured_one_is_taken():
    learner = spying([5, *range(11, 40)], 30)
    learner.learners = [Spy({"skill": 7}, None) for _ in learner.learners]
    assert tuning_of(learner, windows(60))["chosen"] == {"skill": 5}


def test_the_configured_values_come_first_where_the_lists_hold_them():
    def drawn(configured, candidates):
        given = {"settings": {"skill": configured}, "training": None}
        search = {"skill": list(range(20))}
        return TunedLearner(Spy, given, search=search, candidates=candidates, folds=2).candidates

    for configured in (0, 13):
        assert drawn(configured, 4)[0] == {"skill": configured}
    for configured in (0, 13, 50):
        assert len({one["skill"] for one in drawn(configured, 4)}) == 4
        assert {one["skill"] for one in drawn(configured, 99)} == set(range(20))


def test_a_class_that_a_round_leaves_out_does_no_harm():
    trials = np.repeat(np.arange(24), 10)
    labels = np.where(trials < 2, 2, trials % 2)  # three classes, one of them in two trials
    x = np.random.default_rng(0).standard_normal((240, 3)) + labels[:, None]
    samples = Samples(lambda index: x[index], labels, trials, (3,))
    tuning = {"search": {"C": [[10.0**power] for power in range(-15, 15)]}, "candidates": 30, "folds": 3}
    learner = models.learner("logistic", (3,), 3, settings=LOGISTIC, training=None, tuning=tuning)
    found = tuning_of(learner, samples)
    assert (found["folds"], found["candidates"]) == (2, 30)
    assert 0.5 < found["score"] <= 1


@pytest.mark.parametrize(
    ("samples", "skills", "why"),
    [
        (windows(3), [1, 9], "none, too few trials"),
        (windows(8, n_classes=1), [1, 9], "none, too few trials"),
        (windows(8), [1], "none, one candidate"),
    ],
)
def test_where_nothing_can_be_compared_the_configured_values_are_used(samples, skills, why):
    nothing = {"score": None, "candidates": len(skills), "folds": 0, "fits": 0, "rows": 0, "search": why}
    assert tuning_of(spying(skills), samples) == {"chosen": {"skill": 1}} | nothing


def test_folds_are_tuned_alone_and_saved_by_their_own_learner(tmp_path):
    saved, told = [], []
    learner = spying([1, 9], saved=saved)
    folds = [folded(windows()), folded(windows(2))]
    assert learner.device == "cpu"
    assert learner.stacks(folds) == [[fold] for fold in folds]
    results = learner.learn(folds, lambda *news: told.append(news))
    assert [result.outcome.tuning["chosen"]["skill"] for result in results] == [9, 1]
    assert told[-2:] == [("learnt", 0.5), ("learnt", 1.0)]
    for result in results:
        learner.save(result, tmp_path)
    assert saved == [9, 1]


def test_a_fold_s_choice_is_the_same_whatever_ran_before():
    search = {"C": [[10.0**power] for power in range(-4, 5)]}
    learner, fold = tuned("logistic", (60,), LOGISTIC, search), folded(noise(), 7)
    first = learner.learn([fold])[0]
    learner.learn([folded(noise(seed=9), 8)])
    again = learner.learn([fold])[0]
    assert again.outcome.tuning == first.outcome.tuning
    fresh = tuned("logistic", (60,), LOGISTIC, search)
    assert fresh.learn([replace(fold)])[0].outcome.tuning == first.outcome.tuning


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"search": {"CC": [1]}}, r"a setting of logistic or its training out of C, .*'CC'\. Did you mean C\?"),
        ({"search": {"epochs": [1]}}, r"a setting of logistic or its training out of C, .* Received 'epochs'"),
        ({"search": {}}, "expected settings of logistic to search. Received none"),
        ({"search": {"C": []}}, r"`C` to search as a list of values\. Received \[\]"),
        ({"search": {"C": [0.1]}}, r"`C`: input should be a valid list\. Received 0\.1"),
        ({"candidates": 1}, r"`candidates` of the tuning as a whole number of at least 2\. Received 1"),
        ({"folds": True}, r"`folds` of the tuning as a whole number of at least 2\. Received True"),
    ],
)
def test_errors_name_what_to_change(changes, message):
    tuning = {"search": {"C": [[0.1], [1.0]]}, "candidates": 2, "folds": 2} | changes
    with pytest.raises(InputError, match=message):
        models.learner("logistic", (2,), 2, settings=LOGISTIC, training=None, tuning=tuning)


def test_of_few_candidates_and_rows_only_what_was_compared_counts_as_searched():
    alone = spying([3]).learn([folded(windows())])[0].outcome
    assert alone.searched.tolist() == []
    samples = windows(24, per_trial=10)
    first = np.arange(len(samples)) % 10 < 5
    train, validate = (samples.subset(np.flatnonzero(half)) for half in (first, ~first))
    seen = []
    outcome = spying([1, 9], folds=2, seen=seen).learn([models.Fold(train, validate, validate, 4)])[0].outcome
    positions = {number: place for place, number in enumerate([*numbers(train), *numbers(validate)])}
    roles = [role for _, fold in seen[:-1] for role in (fold.train, fold.validate, fold.test)]
    assert outcome.searched.tolist() == sorted({positions[one] for role in roles for one in numbers(role)})
