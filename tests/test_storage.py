import numpy as np
import pandas as pd
import pytest

from eeg import storage


def test_a_failed_write_leaves_the_old_file_and_no_other(tmp_path):
    path = tmp_path / "table.json"
    storage.write_json(path, {"a": 1})

    def interrupted():
        with storage.writing(path) as temporary:
            temporary.write_text("half")
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        interrupted()
    assert storage.read_json(path) == {"a": 1}
    assert [file.name for file in tmp_path.iterdir()] == ["table.json"]


def test_temporary_name_keeps_the_ending(tmp_path):
    with storage.writing(tmp_path / "deep" / "s01_raw.fif") as temporary:
        assert temporary.name.endswith("_raw.fif")
        temporary.touch()
    assert (tmp_path / "deep" / "s01_raw.fif").exists()


def test_nan_is_refused_in_json(tmp_path):
    with pytest.raises(ValueError, match="not JSON compliant"):
        storage.write_json(tmp_path / "x.json", {"a": float("nan")})
    assert not list(tmp_path.iterdir())


def test_arrays_come_back_as_read_only_maps(tmp_path):
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    storage.write_array(tmp_path / "x.npy", array)
    opened = storage.open_array(tmp_path / "x.npy")
    assert isinstance(opened, np.memmap)
    assert not opened.flags.writeable
    np.testing.assert_array_equal(opened, array)


def test_pickled_arrays_are_neither_written_nor_read(tmp_path):
    with pytest.raises(ValueError, match="allow_pickle"):
        storage.write_array(tmp_path / "x.npy", np.array([{}], dtype=object))
    np.save(tmp_path / "evil.npy", np.array([{}], dtype=object))
    with pytest.raises(ValueError, match="Python objects"):
        storage.open_array(tmp_path / "evil.npy")


def test_tables_keep_every_digit(tmp_path):
    table = pd.DataFrame({"subject": ["s01"], "value": [0.1 + 0.2]})
    storage.write_csv(tmp_path / "t.csv", table)
    pd.testing.assert_frame_equal(storage.read_csv(tmp_path / "t.csv"), table)
    storage.write_parquet(tmp_path / "t.parquet", table)
    pd.testing.assert_frame_equal(storage.read_parquet(tmp_path / "t.parquet"), table)


def test_npz_round_trip(tmp_path):
    storage.write_arrays(tmp_path / "m.npz", {"mean": np.ones(3)})
    np.testing.assert_array_equal(storage.read_arrays(tmp_path / "m.npz")["mean"], np.ones(3))
