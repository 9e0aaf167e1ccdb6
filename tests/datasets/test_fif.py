"""Trials and recordings as fif: where the electrodes are survives the file."""

import mne
import numpy as np

from eeg.channels import GENEVA
from eeg.datasets import fif
from eeg.features.positions import cells


def recording(channels, montage):
    raw = mne.io.RawArray(np.zeros((len(channels), 64)), mne.create_info(channels, 128.0, "eeg"), verbose="error")
    return raw if montage is None else raw.set_montage(montage, on_missing="ignore")


def test_electrodes_are_metres_in_head_coordinates_and_survive_the_file(tmp_path):
    raw = recording(GENEVA, "biosemi32")
    fif.write(tmp_path / "s01_raw.fif", raw)
    before, after = fif.electrodes(raw), fif.electrodes(fif.read_recording(tmp_path / "s01_raw.fif"))
    assert list(before) == [*GENEVA, "nasion", "lpa", "rpa"]
    # a sphere of 95 mm, its middle 40 mm above the ears
    np.testing.assert_allclose(before["Cz"], [0, 0, 0.135], atol=1e-3)
    assert (before["nasion"][1] > 0.08, before["rpa"][0] > 0.08) == (True, True)
    # fif holds single precision
    np.testing.assert_allclose(list(after.values()), list(before.values()), atol=1e-7)
    assert cells(after, GENEVA) == cells(before, GENEVA)


def test_channels_without_a_position_and_recordings_without_a_montage_have_none():
    assert "X1" not in fif.electrodes(recording(["Cz", "X1"], "biosemi32"))
    assert fif.electrodes(recording(["Cz"], None)) == {}
