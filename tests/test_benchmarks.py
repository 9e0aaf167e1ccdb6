"""The benchmarks that simulate run, in small: what they print last is the figures that their first lines promise."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.workflow, pytest.mark.slow]

ROOT = Path(__file__).parents[1]
FIGURES = {
    "false_alarms.py 2 8": {"expected_low", "n_rates", "interval_trial_8", "p_video_only_8", "holm_subject_video_8"},
    "power.py 1": {"trial_8_0", "subject_32_0.4", "subject_video_16_0.2", "monotone"},
    "subject_pages.py 1": {"seconds", "cpu_seconds", "megabytes"},
    "pages.py 1": {"megabytes", "interactive_seconds", "sort_seconds"},
    "maps.py 1": {"hits_valence_alpha_more", "near_arousal_beta_more", "beyond_noise"},
    "training.py 1 mlp --small --ways keras-1": {"small_mlp_vs_keras_fit", "small_mlp_share_of_products"},
    "scoring.py --small": {"minutes", "peak_mb", "n_rows"},
}


@pytest.mark.parametrize("command", FIGURES)
def test_a_benchmark_prints_its_figures(command):
    name, *arguments = command.split()
    if name == "pages.py" and not Path("/usr/bin/chromium").exists():
        pytest.skip("no Chromium")
    done = subprocess.run(
        [sys.executable, ROOT / "benchmarks" / name, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert FIGURES[command] <= set(json.loads(done.stdout.splitlines()[-1]))
