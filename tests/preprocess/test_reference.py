"""Average reference: EEG sums to zero, EOG is untouched."""

import mne
import numpy as np

from eeg.preprocess.reference import average


def test_eeg_sums_to_zero_and_eog_is_untouched():
    x = np.random.default_rng(3).standard_normal((5, 200))
    info = mne.create_info(["Fp1", "Fp2", "Cz", "hEOG", "vEOG"], 128, ["eeg"] * 3 + ["eog"] * 2)
    raw = mne.io.RawArray(x, info, verbose="error")
    y = average(raw).get_data()
    np.testing.assert_allclose(y[:3].sum(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(y[:3], x[:3] - x[:3].mean(axis=0), atol=1e-12)
    np.testing.assert_array_equal(y[3:], x[3:])
    np.testing.assert_array_equal(raw.get_data(), x)
