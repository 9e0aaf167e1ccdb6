"""What is recorded of the machine."""

import platform

from eeg import provenance


def test_the_processor_s_model_is_recorded(tmp_path, monkeypatch):
    info = tmp_path / "cpuinfo"
    info.write_text("processor\t: 0\nmodel name\t: A Processor: 2 GHz\nmodel name\t: another\n")
    assert provenance.processor(info) == "A Processor: 2 GHz"
    monkeypatch.setattr(platform, "processor", lambda: "")
    assert provenance.processor(tmp_path / "none") is None
    monkeypatch.setattr(platform, "processor", lambda: "arm")
    assert provenance.processor(tmp_path / "none") == "arm"
    assert set(provenance.hardware()) == {"machine", "processor", "system", "cores"}
