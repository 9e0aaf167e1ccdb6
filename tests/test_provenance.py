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


def test_what_a_rule_took_is_summed_over_its_jobs_and_their_middle_is_known(tmp_path):
    head = "s\tmax_rss\tcpu_time\n"
    (tmp_path / "fit" / "trial").mkdir(parents=True)
    for name, seconds, memory in (("s01", 1, 100), ("s02", 2, 300), ("s03", 9, "-")):
        (tmp_path / "fit" / "trial" / f"{name}.tsv").write_text(f"{head}{seconds}\t{memory}\t{seconds / 2}\n")
    (tmp_path / "score.tsv").write_text(f"{head}4\t50\t3\n")
    took = provenance.usage(tmp_path)
    assert took["fit"] == {"jobs": 3, "seconds": 12, "median_seconds": 2, "cpu_seconds": 6, "peak_mb": 300}
    assert list(took) == ["fit", "score"]
