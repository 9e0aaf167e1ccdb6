from pathlib import Path

import pytest

from eeg.datasets.deap.folders import check_file
from eeg.datasets.deap.places import Places
from tests.datasets.test_places import refused, touch


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (PermissionError(13, "Permission denied"), "may be read. Received no permission. Give yourself the right"),
        (OSError(5, "Input/output error"), "can be read. Received Input/output error. See whether the disk"),
    ],
)
def test_file_that_cannot_be_read(tmp_path, monkeypatch, error, message):
    def failing(*_):
        raise error

    touch(tmp_path / "s01.bdf")
    monkeypatch.setattr(Path, "open", failing)
    refused(lambda: check_file(tmp_path / "s01.bdf"), message, "unreadable")


def test_folder_file_link_and_nothing_in_place_of_a_recording(tmp_path):
    (tmp_path / "s01.bdf").mkdir()
    (tmp_path / "s02.bdf").touch()
    (tmp_path / "s03.bdf").symlink_to(tmp_path / "gone")
    touch(tmp_path / "s04.bdf")
    places = Places(tmp_path)
    assert list(places.files("original")) == ["s01", "s02", "s03", "s04"]
    check_file(places.file("s04", "original"))
    kinds = {
        "s01": (r"s01\.bdf: expected a file. Received a folder of that name. Take the recording out", "unreadable"),
        "s02": (r"s02\.bdf: expected a recording. Received 0 bytes. Copy it again", "truncated"),
        "s03": (r"s03\.bdf: expected a recording. Received a link to nothing", "file_missing"),
    }
    for subject, (message, code) in kinds.items():
        refused(lambda subject=subject: check_file(places.file(subject, "original")), message, code)
    refused(lambda: check_file(tmp_path / "s05.bdf"), "Received no such file", "file_missing")
