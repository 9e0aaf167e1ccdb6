"""A cohort of DEAP's size through the graph: 32 subjects in the release's form, from `.dat` files to both model inputs.

`.venv/bin/python benchmarks/pipeline.py [n_subjects] [cores]` simulates the cohort with the graph itself (not timed,
five minutes, 5 GB in a temporary folder), then times one `snakemake` call through check, trial table, segmentation,
windows and entropy on 2 cores, and a second call that finds nothing to do.

Core seconds are wall time x cores. Work is what the jobs spent after their imports; imports are timed rule by rule in
a fresh process and counted once a job; the rest is Snakemake, starting interpreters, and cores without a job. Last
line, JSON: `wall_seconds`, `jobs`, `work_share`, `import_share`, `snakemake_share`, `overhead_share` (the last two
together), `noop_seconds`, `peak_mb` (the largest job, as its log gives it), `subjects`, `cores`.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import median
from time import perf_counter

import yaml

ROOT = Path(__file__).parents[1]
PYTHON = Path(sys.executable)
DONE = re.compile(r"^done in ([\d.]+) s, peak (\d+) MB$", re.MULTILINE)
SIZE = {
    "trial": {"baseline": 3.0, "duration": 60.0},
    "simulated": {"forms": ["python"], "n_trials": 40},
    "split": {"folds": 10},
}


def call(folder: Path, cores: int, *targets: str) -> float:
    """Return the seconds of one call of Snakemake."""
    options = ["--snakefile", ROOT / "Snakefile", "--profile", ROOT / "profiles/default", "--cores", cores, "--quiet"]
    files = ["--configfile", ROOT / "config.yaml", folder / "size.yaml"]
    command = [PYTHON.with_name("snakemake"), *options, "all", "--directory", folder, *files, "--", *targets]
    start = perf_counter()
    subprocess.run([*map(str, command)], check=True)
    return perf_counter() - start


def import_seconds(rule: str) -> float:
    """Return what a rule's imports cost in a fresh process, without the interpreter's own start."""
    tree = ast.parse((ROOT / f"eeg/steps/{rule}.py").read_text(encoding="utf-8"))
    lines = [ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    code = "import time; start = time.perf_counter()\n" + "\n".join(lines) + "\nprint(time.perf_counter() - start)"
    runs = [subprocess.run([PYTHON, "-c", code], check=True, capture_output=True, text=True) for _ in range(3)]
    return median(float(one.stdout) for one in runs)


def jobs(folder: Path, since: float) -> dict[Path, tuple[float, int]]:
    """Return seconds and megabytes of every job whose log was written after a time."""
    logs = [path for path in sorted((folder / "results/logs").rglob("*.log")) if path.stat().st_mtime >= since]
    return {path: (float(seconds), int(peak)) for path in logs for seconds, peak in DONE.findall(path.read_text())}


def main(n_subjects: int = 32, cores: int = 2) -> None:
    """Simulate, run, run again, and print."""
    subjects = [f"s{number:02d}" for number in range(1, n_subjects + 1)]
    dat = [f"results/simulated/data_preprocessed_python/{subject}.dat" for subject in subjects]
    inputs = [f"results/inputs/{branch}/{subject}.npy" for branch in ("windows", "entropy") for subject in subjects]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        size = {**SIZE, "simulated": {**SIZE["simulated"], "n_subjects": n_subjects}}
        (folder / "size.yaml").write_text(yaml.safe_dump(size), encoding="utf-8")
        call(folder, cores, *dat, "results/simulated/metadata_csv/participant_ratings.csv")
        (folder / "start").touch()
        wall = call(folder, cores, *inputs)
        done = jobs(folder, (folder / "start").stat().st_mtime)
        noop = call(folder, cores, *inputs)
    rules = Counter(path.relative_to(folder / "results/logs").parts[0].removesuffix(".log") for path in done)
    imports = sum(n * import_seconds(rule) for rule, n in rules.items())
    spent, available = sum(seconds for seconds, _ in done.values()), wall * cores
    shares = {"work_share": (spent - imports) / available, "import_share": imports / available}
    shares["snakemake_share"] = 1 - spent / available
    shares["overhead_share"] = 1 - shares["work_share"]
    print("\n".join(f"{rule:<20}{n:>5} jobs" for rule, n in sorted(rules.items())))
    figures = {"wall_seconds": wall, "noop_seconds": noop, **shares}
    counts = {"jobs": len(done), "peak_mb": max(peak for _, peak in done.values()), "subjects": n_subjects}
    print(json.dumps({**{key: round(value, 3) for key, value in figures.items()}, **counts, "cores": cores}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
