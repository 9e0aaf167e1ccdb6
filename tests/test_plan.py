"""What a config is refused for, before any job; and what the plan hands to the Snakefile."""

import copy
from pathlib import Path
from types import SimpleNamespace

import pytest

from eeg import config
from eeg.errors import InputError
from eeg.plan import Plan, planned

ROOT = Path(__file__).parents[1]
REFUSED = {
    "a band below the pass-band": (
        {"bands": {"five": {"delta": [1, 4]}}},
        "expected bands.five: bands inside the pass-band 4-45 Hz. Received delta 1-4 Hz: its lower edge lies below 4",
    ),
    "a band above the pass-band": (
        {"bands": {"five": {"gamma": [30, 50]}}},
        "gamma 30-50 Hz: its upper edge lies above 45 Hz",
    ),
    "a pass-band above half the rate": (
        {"preprocess": {"downsample": {"sfreq": 80}}},
        "preprocess.bandpass: low < high <= 32 Hz, what down-sampling to 80 Hz leaves whole. Received 4-45 Hz",
    ),
    "an unknown network": ({"models": {"svm": {"network": "svn"}}}, r"Received 'svn'. Did you mean 'svm'\?"),
    "an unknown branch": ({"models": {"svm": {"branch": "entropi"}}}, r"'entropi'. Did you mean 'entropy'\?"),
    "an unknown target": ({"models": {"svm": {"targets": ["valense"]}}}, r"'valense'. Did you mean 'valence'\?"),
    "an unknown setting": ({"models": {"svm": {"settings": {"gama": 1}}}}, r"'gama'. Did you mean gamma\?"),
    "unknown bands": ({"branches": {"entropy": {"bands": "fife"}}}, r"'fife'. Did you mean 'five'\?"),
    "an unknown stratum": ({"split": {"stratify": "mood"}}, "split.stratify: one of quadrant, valence, arousal"),
    "a network on the wrong branch": (
        {"models": {"ccnn": {"branch": "windows"}}},
        "models.ccnn on a branch of kind entropy. Received 'windows' of kind windows",
    ),
    "a network without training": ({"models": {"mlp": {"training": None}}}, "models.mlp.training"),
    "more folds than trials": (
        {"split": {"folds": 25}, "protocols": ["trial"]},
        r"as many trials of s01 as folds \(25\). Received 24",
    ),
    "more folds than subjects": ({"split": {"folds": 9}}, r"as many subjects as folds.* \(9\). Received 8"),
    "an unknown source": (
        {"source": "depa"},
        r"source: one of deap, recordings, simulated. Received 'depa'. Did you mean 'deap'\?",
    ),
    "an absent subject": ({"subjects": ["s01", "s09"]}, "subjects: one of s01, .*s08. Received 's09'"),
    "windows longer than trials": (
        {"branches": {"windows": {"length": 17}}},
        "at most the trial's 16 s. Received 17 s",
    ),
    "no baseline to subtract": (
        {"trial": {"baseline": 0}, "branches": {"entropy": {"baseline": "subtract"}}},
        "a baseline of at least 1 s to subtract, as the definition reference does. Received 0 s",
    ),
    "a baseline without a whole second": (
        {
            "trial": {"baseline": 0.5},
            "branches": {"entropy": {"baseline": "subtract", "length": 0.5, "definition": "torcheeg"}},
        },
        "a baseline of at least 1 s to subtract, as the definition torcheeg does. Received 0.5 s",
    ),
    "an unknown definition": (
        {"branches": {"entropy": {"definition": "torcheg"}}},
        r"branches.entropy.definition: one of reference, ccnn, .* Did you mean 'torcheeg'\?",
    ),
    "a band the data do not hold": (
        {"branches": {"entropy": {"definition": "ccnn", "bands": "torcheeg4"}}},
        "bands.torcheeg4: bands inside the pass-band 4-45 Hz. Received gamma 31-49 Hz",
    ),
    "a band above half the rate": (
        {"branches": {"entropy": {"definition": "torcheeg"}}, "bands": {"five": {"gamma": [40, 70]}}},
        "bands.five: bands inside the pass-band 0-64 Hz. Received gamma 40-70 Hz",
    ),
    "a protocol twice": ({"protocols": ["trial", "trial"]}, "each protocol once. Received trial twice"),
    "no subject": ({"subjects": [], "protocols": ["trial"]}, "at least one subject. Received none"),
    "a channel DEAP lacks": ({"branches": {"windows": {"channels": ["F9"]}}}, "branches.windows.channels: one of Fp1"),
    "a rating DEAP lacks": (
        {"targets": {"valence": {"rating": "valense"}}},
        "targets.valence: one of valence, arousal, dominance, liking. Received 'valense'",
    ),
    "an unknown flaw": (
        {"simulated": {"flaws": {"truncatd": ["s01"]}}},
        r"simulated.flaws.truncatd: one of the flaws .* Received 'truncatd'. Did you mean truncated\?",
    ),
    "a flaw of another form": (
        {"simulated": {"forms": ["python"], "flaws": {"triggers_missing": ["s01"]}}},
        "triggers_missing in one of the forms original. Received the form python. Change `simulated.forms`",
    ),
    "a flaw of an absent subject": (
        {"simulated": {"flaws": {"truncated": ["s99"]}}},
        "simulated.flaws.truncated: one of s01, .* Received 's99'",
    ),
    "a flaw that takes the file away": (
        {"simulated": {"flaws": {"subject_absent": ["s01"]}}},
        r"a flaw that leaves the file there.* Leave the subject out \(`subjects:`\) instead",
    ),
    "a release and another rate": (
        {"simulated": {"forms": ["python"]}, "preprocess": {"downsample": {"sfreq": 256}}},
        "preprocess.downsample.sfreq: 128, which DEAP's makers have already done .* Received 256",
    ),
    "a release and no reference": (
        {"simulated": {"forms": ["matlab"]}, "preprocess": {"reference": "none"}},
        "preprocess.reference: average, .* Received none. Change it, or read the original recordings",
    ),
    "a form that does not exist": ({"deap": {"form": "bdf"}}, "in 'deap.form': input should be 'auto', 'original'"),
    "a treatment that does not exist": ({"check": {"bads": "mend"}}, "in 'check.bads': input should be 'keep'"),
    "no folder": ({"source": "deap"}, "the folder of the deap recordings. Received none. Name it: make run"),
    "a missing folder": ({"source": "deap", "folder": "/nowhere/at/all"}, "/nowhere/at/all: expected a folder"),
}


UNEXPLAINED = {"leaks": {"enabled": False}, "explain": {"enabled": False}}


def changed(change, whole=None):
    whole = copy.deepcopy(config.load(ROOT / "config.yaml")) if whole is None else whole
    for key, value in change.items():
        whole[key] = changed(value, dict(whole.get(key) or {})) if isinstance(value, dict) else value
    return whole


@pytest.mark.parametrize("mistake", REFUSED)
def test_a_config_that_makes_no_experiment_is_refused(mistake):
    change, message = REFUSED[mistake]
    with pytest.raises(InputError, match=message):
        Plan(changed(change))


def test_planned_ends_with_one_sentence():
    with pytest.raises(SystemExit, match=r"^Error: config: expected one of the keys .* Did you mean 'seed'\?$"):
        planned(changed({"sed": 1}))


def test_a_read_only_folder_for_the_results_is_named(monkeypatch):
    # root, as whom tests may run, may write anywhere: the system's answer is made up
    monkeypatch.setattr("os.access", lambda path, mode: False)
    with pytest.raises(SystemExit, match=r"a folder in which results/ can be made\. Received one that is read-only"):
        planned(changed({}))


def test_parts_and_inputs():
    plan = Plan(changed({}))
    assert plan.parts["trial"] == plan.subjects == [f"s0{number}" for number in range(1, 9)]
    assert plan.parts["subject"] == ["f01", "f02", "f03", "f04"]
    within = SimpleNamespace(protocol="trial", part="s03", model="ccnn", target="valence")
    across = SimpleNamespace(protocol="subject", part="f02", model="cnn_gru", target="quadrant")
    assert plan.arrays(within) == ["results/inputs/entropy/s03.npy"]
    assert len(plan.arrays(across)) == 8
    assert plan.splits(across) == "results/splits/subject/windows/f02.csv"


def test_a_fit_depends_on_its_own_model_s_settings_alone():
    before, after = Plan(changed({})), Plan(changed({"models": {"svm": {"settings": {"C": [9.0]}}}}))
    cell = {"protocol": "trial", "part": "s01", "target": "valence"}
    for model, same in (("ccnn", True), ("svm", False)):
        wildcards = SimpleNamespace(**cell, model=model)
        assert (before.fit(wildcards) == after.fit(wildcards)) == same


def test_an_entropy_branch_knows_the_pass_band_and_depends_on_its_own_definition_alone():
    of = {
        name: Plan(changed({"branches": {"entropy": {"definition": name}}}))
        for name in ("reference", "ccnn", "torcheeg")
    }
    wildcards = SimpleNamespace(branch="entropy")
    assert of["ccnn"].branch(wildcards)["pass_band"] == [4.0, 45.0]
    assert "pass_band" not in of["ccnn"].branch(SimpleNamespace(branch="windows"))
    assert len({plan.defining(wildcards) for plan in of.values()}) == 3
    assert of["ccnn"].quoted == ["eeg.features.definitions.ccnn"]


@pytest.mark.parametrize(
    ("source", "change", "placed"),
    [
        ("recordings", {}, True),
        ("recordings", {"models": {"ccnn": None}, "explain": {"models": ["svm"]}}, False),  # flat models read any cap
        ("recordings", {"branches": {"entropy": {"channels": ["Cz", "Pz"]}}}, False),  # checked with the config
        ("simulated", {}, False),
    ],
)
def test_the_entropy_step_is_told_whether_unknown_channels_must_have_cells(source, change, placed):
    plan = Plan(changed(change))
    plan.config = plan.config.model_copy(update={"source": source})
    assert plan.branch(SimpleNamespace(branch="entropy"))["placed"] is placed
    assert "placed" not in plan.branch(SimpleNamespace(branch="windows"))


def test_another_scaler_or_scope_makes_new_scalers_and_no_new_features():
    before, after = Plan(changed({})), Plan(changed({"branches": {"entropy": {"scaler": "zscore", "scope": "trial"}}}))
    wildcards = SimpleNamespace(branch="entropy")
    assert after.branch(wildcards) == before.branch(wildcards)
    assert before.scaling(wildcards) == {"scaler": "zscore_minmax", "scope": "fold"}
    assert after.scaling(wildcards) == {"scaler": "zscore", "scope": "trial"}


def test_scalers_are_those_of_branches_that_models_read():
    plan = Plan(changed({"models": dict.fromkeys(["cnn_lstm", "cnn_gru"])}))
    assert list(plan.scalings) == ["entropy"]
    scaled = plan.scaled()
    assert len(scaled) == len(set(scaled)) == sum(map(len, plan.parts.values()))
    assert {"window/entropy/s01", "subject/entropy/f02"} < set(scaled)


def test_what_is_compared_with_the_release():
    both, recordings, release = (
        Plan(changed({"simulated": {"forms": forms}})) for forms in (["original", "matlab"], ["original"], ["python"])
    )
    one = SimpleNamespace(subject="s02")
    assert both.parity(one) == ["results/parity/s02.json"]
    assert both.source.release(one) == ["results/simulated/data_preprocessed_matlab/s02.mat"]
    assert both.parity_page == ["results/reports/parity.html"]
    assert (recordings.parity(one), recordings.parity_page) == ([], [])
    assert (release.parity(one), release.source.released) == ([], True)
    read = Plan(changed({"simulated": {"forms": ["python", "original"]}}))
    assert (read.source.released, read.parity(one)) == (True, ["results/parity/s02.json"])
    assert read.source.original(one) == ["results/simulated/data_original/s02.bdf"]
    assert release.source.recording(one) == ["results/simulated/data_preprocessed_python/s02.dat"]


def test_a_subject_s_page_reads_what_was_kept_of_stages_and_the_entropy_a_grid_is_made_from():
    page = SimpleNamespace(subject="s03")
    plan = Plan(changed({}))
    assert plan.source.stages(page)[1] == "results/recordings/downsampled/s03_spectrum.csv"
    assert plan.source.excerpt(page) == ["results/recordings/s03_excerpt.npz"]
    assert plan.mapped(page) == ["results/inputs/entropy/s03.npy", "results/inputs/entropy/s03.json"]
    assert plan.mapped_scalers(page) == ["results/scalers/trial/entropy/s03.npz"]
    assert "results/fits/trial/quadrant/svm/s03.json" in plan.own_records(page)
    assert not any("subject" in path for path in plan.own_records(page))
    released = Plan(changed({"simulated": {"forms": ["python"]}}))
    assert released.source.stages(page) == released.source.excerpt(page) == []


def test_pages_show_scalers_of_what_there_is_and_no_maps_without_entropy():
    page, ours = SimpleNamespace(subject="s03"), changed({})
    across = Plan(changed({"protocols": ["subject"], **UNEXPLAINED}))
    assert across.mapped_scalers(page) == ["results/scalers/subject/entropy/f01.npz"]
    leaky = Plan(changed({"protocols": ["window"], **UNEXPLAINED}))
    assert leaky.mapped_scalers(page) == ["results/scalers/window/entropy/s03.npz"]
    raw = {name: model for name, model in ours["models"].items() if model["branch"] == "windows"}
    alone = changed({**UNEXPLAINED, "targets": {"valence": None, "arousal": None}}) | {"models": raw}
    without = Plan(alone)
    assert without.mapped(page) == without.mapped_scalers(page) == []


def test_a_simulated_subject_does_not_depend_on_the_flaws_of_others():
    plan = Plan(changed({"simulated": {"flaws": {"truncated": ["s01"], "channel_flat": ["s02", "s01"]}}}))
    found = [plan.flaws(SimpleNamespace(subject=subject)) for subject in ("s01", "s02", "s03")]
    assert found == [["truncated", "channel_flat"], ["channel_flat"], []]
    assert "flaws" not in plan.simulated


def test_every_overlay_makes_an_experiment():
    whole = config.load(ROOT / "config.yaml", ROOT / "configs/papers.yaml")
    assert Plan(whole).protocols == ["window", "trial"]
    deap = config.check(config.load(ROOT / "config.yaml", ROOT / "configs/deap.yaml"))
    assert deap.models["ccnn"].settings["filters"] == [64, 128, 256, 64]


@pytest.mark.skipif(not (ROOT.parent / "shared/data/mental-arithmetic").is_dir(), reason="the recordings are not here")
def test_blocks_of_one_recording_are_refused_within_subjects():
    whole = config.load(ROOT / "config.yaml", ROOT / "configs/mental-arithmetic.yaml")
    whole["folder"] = str(ROOT.parent / "shared/data/mental-arithmetic")
    assert len(Plan(whole).subjects) == 12
    whole["trial"] = {"baseline": 0, "duration": 11}
    with pytest.raises(InputError, match="trial.duration of at most the trial table's 10 s. Received 11 s"):
        Plan(whole)
    whole["trial"] = {"baseline": 1, "duration": 10}
    with pytest.raises(
        InputError, match=r"without shared samples .* Received 10 that do, the first in Subject00_\d.edf"
    ):
        Plan(whole)
    whole["trial"]["baseline"] = 0
    whole["protocols"], whole["explain"] = ["trial"], {**whole["explain"], "enabled": False}
    with pytest.raises(InputError, match="blocks cut from one uninterrupted recording of each class of condition"):
        Plan(whole)
