"""Every definition of differential entropy against a plain computation, written from what the library is said to do."""

import numpy as np
import pytest
from scipy.signal import butter, filtfilt, lfilter, sosfiltfilt

from eeg.config import load
from eeg.errors import InputError
from eeg.features import definitions
from eeg.features.branch import Trials, differential_entropy
from eeg.features.definitions import Computing
from eeg.features.entropy import FLOOR
from tests.conftest import ROOT

SFREQ, CHANNELS = 128, ["Fz", "Cz", "Pz", "Oz"]
SETS = load(ROOT / "config.yaml")["bands"]
BANDS_OF = {
    "reference": SETS["five"],
    "ccnn": SETS["ccnn4"],
    "torcheeg": SETS["torcheeg4"],
    "libeer": SETS["libeer5"],
    "libeer_lds": SETS["libeer5"],
}
SECONDS = (np.arange(0, 5 * 128, 128), 128)
CUTS = {"seconds": SECONDS, "overlapping": (np.arange(0, 577, 32), 64), "long": (np.array([0, 300]), 340)}


def trials(n_trials=2, *, before=3.0, after=5.0, scale=1.0):
    """Noise that falls with frequency, each trial and channel of its own strength."""
    rng = np.random.default_rng(31)
    shape = (n_trials, len(CHANNELS), round((before + after) * SFREQ))
    x = np.cumsum(rng.standard_normal(shape), axis=2) + 5 * rng.standard_normal(shape)
    x *= scale * np.geomspace(0.5, 20, n_trials * len(CHANNELS)).reshape(n_trials, -1, 1)
    return Trials(x - x.mean(axis=2, keepdims=True), range(1, n_trials + 1), CHANNELS, SFREQ, round(before * SFREQ))


def features(name, given, *, cut=SECONDS, baseline="keep", precision="float64"):
    return definitions.definition(name).features(
        given, bands=BANDS_OF[name], windows=cut, baseline=baseline, computing=Computing(precision)
    )


# ---------------------------------------------------------------------------- the same, one number after the other


def nats(signal, ddof):
    return np.log(2 * np.pi * np.e * np.sum((signal - signal.mean()) ** 2) / (len(signal) - ddof)) / 2


def bits(signal, ddof):
    return np.log2(2 * np.pi * np.e * np.sum((signal - signal.mean()) ** 2) / (len(signal) - ddof)) / 2


def transfer(order, edges):
    return butter(order, [edge / (SFREQ / 2) for edge in edges], btype="bandpass")


def mean_second(before):
    whole = len(before) // SFREQ
    return sum(before[second * SFREQ : (second + 1) * SFREQ] for second in range(whole)) / whole


def by_reference(x, edges, n, cut, baseline):
    filtered = sosfiltfilt(butter(3, edges, "bandpass", fs=SFREQ, output="sos"), x)
    de = np.array([nats(filtered[n + start : n + start + cut[1]], 1) for start in cut[0]])
    if baseline == "subtract":
        de -= np.mean([nats(filtered[at : at + cut[1]], 1) for at in range(0, n - cut[1] + 1, cut[1])])
    return de


def by_ccnn(x, edges, n, cut, baseline):
    video, before = (lfilter(*transfer(3, edges), part) for part in (x[n:], x[:n]))
    de = np.array([nats(video[start : start + cut[1]], 1) for start in cut[0]])
    if baseline == "subtract":
        de -= np.mean([nats(before[at : at + cut[1]], 1) for at in range(0, n - cut[1] + 1, cut[1])])
    return de


def by_torcheeg(x, edges, n, cut, baseline):
    chunks = [x[n + start : n + start + cut[1]] for start in cut[0]]
    de = np.array([bits(lfilter(*transfer(5, edges), chunk), 0) for chunk in chunks])
    return de - bits(lfilter(*transfer(5, edges), mean_second(x[:n])), 0) if baseline == "subtract" else de


def by_libeer(x, edges, n, cut, baseline):
    video = x[n:].copy()
    if baseline == "subtract":
        mean = mean_second(x[:n])
        for at in range(0, len(video), SFREQ):
            video[at : at + SFREQ] -= mean[: len(video[at : at + SFREQ])]
    filtered = filtfilt(*transfer(3, edges), filtfilt(*transfer(5, (0.3, 50)), video))
    return np.array([bits(filtered[start : start + cut[1]], 1) for start in cut[0]])


def by_libeer_lds(x, edges, n, cut, baseline):
    values = by_libeer(x, edges, n, cut, baseline)
    gain = 0.01 / 1.01
    states, variance = [values.mean() + gain * (values[0] - 0.01)], (1 - gain) * 0.01
    for value in values[1:]:
        gain = (variance + 1e-4) / (variance + 1e-4 + 1)
        states.append(states[-1] + gain * (value - states[-1]))
        variance = (1 - gain) * (variance + 1e-4)
    return np.array(states)


PLAIN = {
    "reference": by_reference,
    "ccnn": by_ccnn,
    "torcheeg": by_torcheeg,
    "libeer": by_libeer,
    "libeer_lds": by_libeer_lds,
}


def plain(name, given, cut, baseline):
    n_trials, n_channels = given.x.shape[:2]
    found = np.empty((n_trials, len(cut[0]), n_channels, len(BANDS_OF[name])))
    for trial in range(n_trials):
        for channel in range(n_channels):
            for band, edges in enumerate(BANDS_OF[name].values()):
                found[trial, :, channel, band] = PLAIN[name](
                    given.x[trial, channel], edges, given.n_baseline, cut, baseline
                )
    if name == "ccnn":
        for sample in found.reshape(-1, n_channels * len(BANDS_OF[name])):
            sample[:] = (sample - np.mean(sample)) / np.sqrt(np.mean((sample - np.mean(sample)) ** 2))
    return found


@pytest.mark.parametrize(("precision", "tolerance"), [("float64", 1e-8), ("float32", 1e-4)])
@pytest.mark.parametrize("baseline", ["keep", "subtract"])
@pytest.mark.parametrize("cut", CUTS)
@pytest.mark.parametrize("name", definitions.names())
def test_every_definition_equals_a_plain_computation(name, cut, baseline, precision, tolerance):
    given = trials()
    found = features(name, given, cut=CUTS[cut], baseline=baseline, precision=precision)
    assert found.dtype == precision
    # bits differ by less than nats times 1.5; transfer functions are computed as the libraries do, so nothing but the
    # order of sums differs in float64
    np.testing.assert_allclose(found, plain(name, given, CUTS[cut], baseline), rtol=0, atol=tolerance)


@pytest.mark.parametrize("name", definitions.names())
def test_a_baseline_and_a_video_that_are_no_whole_seconds(name):
    given = trials(before=2.4, after=5.3)
    expected = plain(name, given, SECONDS, "subtract")
    np.testing.assert_allclose(features(name, given, baseline="subtract"), expected, rtol=0, atol=1e-8)


# ---------------------------------------------------------------------------- what follows from the definitions


def test_the_reference_is_the_first_name_and_every_file_says_what_it_is():
    assert definitions.names() == ["reference", *sorted(PLAIN.keys() - {"reference"})]
    for name in PLAIN:
        one = definitions.definition(name)
        assert one.STATEMENT.split()[0] in ("0.5", "as")
        assert (one.UNITS in one.STATEMENT) or name == "ccnn"
        assert one.SUBTRACTED


@pytest.mark.parametrize(
    ("name", "shift"),
    [
        ("reference", np.log(10)),
        ("torcheeg", np.log2(10)),
        ("libeer", np.log2(10)),
        ("libeer_lds", np.log2(10)),
        ("ccnn", 0.0),
    ],
)
def test_ten_times_the_amplitude_adds_its_logarithm_in_the_unit_and_nothing_to_a_z_score(name, shift):
    difference = features(name, trials(scale=10)) - features(name, trials())
    # de_lds starts at the mean and a hundredth of the first value, which counts that part of the shift twice; the
    # rounded coefficients of TorchEEG's slow filters are worth 1e-7
    np.testing.assert_allclose(difference, shift, rtol=0.011 if name == "libeer_lds" else 0, atol=2e-7)


@pytest.mark.parametrize("name", ["reference", "ccnn", "torcheeg"])
def test_a_trial_of_twice_the_amplitude_is_the_same_relative_to_its_baseline(name):
    x = trials(1).x
    both = Trials(np.concatenate([x, 2 * x]), [1, 2], CHANNELS, SFREQ, 384)
    found = features(name, both, baseline="subtract")
    np.testing.assert_allclose(found[1], found[0], atol=2e-7)


def test_ccnn_takes_the_level_and_the_spread_of_every_sample_away():
    found = features("ccnn", trials(), baseline="subtract")
    np.testing.assert_allclose(found.mean(axis=(2, 3)), 0, atol=1e-12)
    np.testing.assert_allclose(found.std(axis=(2, 3)), 1, rtol=1e-12)


def test_torcheeg_sees_nothing_outside_a_window_and_the_reference_does():
    given, other = trials(), trials()
    other.x[:, :, 384 + 256 :] += 100
    for name, equal in (("torcheeg", True), ("ccnn", True), ("reference", False), ("libeer", False)):
        before, after = features(name, given)[:, 1], features(name, other)[:, 1]
        assert np.array_equal(before, after) == equal, name


def test_the_transient_of_a_filter_from_rest_lowers_slow_bands():
    rng = np.random.default_rng(32)
    noise = Trials(10 * rng.standard_normal((20, 4, 63 * SFREQ)), range(20), CHANNELS, SFREQ, 384)
    cut = (np.arange(0, 60 * SFREQ, SFREQ), SFREQ)
    apart = features("torcheeg", noise, cut=cut)[..., 0] * np.log(2)
    whole = definitions.definition("ccnn").entropies(noise, bands=BANDS_OF["ccnn"], windows=cut, baseline="keep")
    # 4,800 windows of about 8 degrees of freedom: standard error below 0.01 nat
    assert -0.4 < (apart - whole[..., 0]).mean() < -0.1
    # ccnn has that transient in the first window alone
    assert whole[:, 0, :, 0].mean() < whole[:, 1:, :, 0].mean() - 0.1


def test_smoothing_makes_the_windows_of_a_trial_alike():
    given = trials(6, after=30)
    cut = (np.arange(0, 30 * SFREQ, SFREQ), SFREQ)
    sharp, smooth = features("libeer", given, cut=cut), features("libeer_lds", given, cut=cut)
    # its gain is at most 1/100: within a trial hardly anything is left, between trials all of it
    assert smooth.std(axis=1).mean() < 0.1 * sharp.std(axis=1).mean()
    np.testing.assert_allclose(smooth.mean(axis=1), sharp.mean(axis=1), atol=0.25)


@pytest.mark.parametrize(("name", "unit"), [("reference", 1.0), ("torcheeg", np.log(2)), ("libeer", np.log(2))])
def test_a_flat_channel_reads_the_floor(name, unit):
    flat = Trials(np.zeros((1, 4, 1024)), [1], CHANNELS, SFREQ, 384)
    np.testing.assert_allclose(features(name, flat) * unit, np.log(2 * np.pi * np.e * FLOOR) / 2)


def test_a_sample_of_equal_values_is_zero_after_the_z_score():
    flat = Trials(np.zeros((1, 4, 1024)), [1], CHANNELS, SFREQ, 384)
    np.testing.assert_array_equal(features("ccnn", flat), 0)


@pytest.mark.parametrize("name", ["torcheeg", "libeer"])
def test_a_baseline_without_a_whole_second_cannot_be_averaged(name):
    with pytest.raises(InputError, match="a baseline of at least a second to subtract. Received 0.5 s"):
        features(name, trials(before=0.5), baseline="subtract")


def test_libeer_needs_room_for_its_first_filter():
    slow = Trials(trials().x, [1, 2], CHANNELS, 100, 384)
    with pytest.raises(InputError, match="more than 100 Hz, since LibEER filters to 0.3-50 Hz first. Received 100 Hz"):
        features("libeer", slow)


# ---------------------------------------------------------------------------- the branch


def branch(name, **changes):
    settings = {
        "channels": "all",
        "definition": name,
        "precision": "float64",
        "bands": BANDS_OF[name],
        "grid": "table",
        "baseline": "subtract",
        "length": 1.0,
        "step": 1.0,
    }
    return differential_entropy(trials(), **settings, **changes)


@pytest.mark.parametrize("name", definitions.names())
def test_a_branch_holds_the_features_of_its_definition_and_says_whose_they_are(name):
    made = branch(name, pass_band=[4.0, 45.0])
    assert made.array.dtype == np.float32
    np.testing.assert_allclose(made.array, features(name, trials(), baseline="subtract"), rtol=1e-6, atol=1e-6)
    beyond = {"torcheeg": ["gamma"], "libeer": ["delta", "gamma"], "libeer_lds": ["delta", "gamma"]}
    expected = {
        "definition": name,
        "units": definitions.definition(name).UNITS,
        "precision": "float64",
        "beyond_pass_band": beyond.get(name, []),
        "baseline": "subtract",
    }
    assert {key: made.about[key] for key in expected} == expected


def test_without_a_pass_band_no_band_is_beyond_it():
    assert branch("libeer").about["beyond_pass_band"] == []


@pytest.mark.parametrize("name", definitions.names())
def test_threads_change_no_bit(name):
    one, three = (
        definitions.definition(name).features(
            trials(4), bands=BANDS_OF[name], windows=SECONDS, baseline="subtract", computing=Computing("float64", n)
        )
        for n in (1, 3)
    )
    np.testing.assert_array_equal(one, three)
