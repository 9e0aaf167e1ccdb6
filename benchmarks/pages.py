"""The overview of a study of 32 subjects in a browser: how large it is, and when it can be sorted and filtered.

`.venv/bin/python benchmarks/pages.py [n_rounds]` makes up scores, a leak meter and explanations of 32 subjects under
the default config, writes the overview, and opens it that often in Chromium (/usr/bin/chromium), each time afresh.

Last line, JSON: `megabytes` of the page; `interactive_seconds`, from the start of the visit to the moment at which all
tables can be sorted and filtered (median over the rounds), `interactive_worst_seconds`; `sort_seconds` and
`filter_seconds`, from the key to the drawn table of scores; `draw_seconds`, to write the page.
"""

import json
import sys
import tempfile
import time
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import yaml
from measure import spread
from playwright.sync_api import Browser, sync_playwright

from eeg import leaks, statistics
from eeg.calibration import COLUMNS as CALIBRATION
from eeg.channels import GENEVA
from eeg.config import check
from eeg.explanations import Explained, explained, joined
from eeg.importance import WEIGHTS
from eeg.method import Method
from eeg.predictions import CONFUSION
from eeg.protocols import LEAKY
from eeg.report.leaks import MeterTables
from eeg.report.overview import OverviewFacts, links, overview_page
from eeg.report.overview.rules import NEEDS
from eeg.report.words import BANDS
from eeg.scores import COLUMNS, P_COLUMNS
from eeg.seeds import generator
from eeg.targets import classes

ROOT = Path(__file__).parents[1]
TRIAL = ["subject", "trial", "fold", "label"]
METRICS = ("probability", "balanced_accuracy")
SUBJECTS = [f"s{number:02d}" for number in range(1, 33)]
SKILL = {"window": 0.4, "trial": 0.1, "subject": 0.03, "subject_video": 0.01}
TOOK = {"jobs": 32, "seconds": 96.0, "median_seconds": 3.0, "cpu_seconds": 90.0, "peak_mb": 1234.0}
CHROMIUM = "/usr/bin/chromium"
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"]
SORTED = """() => new Promise((done) => {
  const start = performance.now(), table = document.querySelector("#scores ~ .table table")
  const seen = (_, observer) => { observer.disconnect(); done(performance.now() - start) }
  new MutationObserver(seen).observe(table.tBodies[0], { childList: true })
  table.querySelectorAll("th .dt-column-order")[3].click()
})"""
FILTERED = """() => {
  const start = performance.now(), field = document.querySelector("#scores ~ .choose input")
  field.value = "trial"
  field.dispatchEvent(new Event("input"))
  document.body.getBoundingClientRect()
  return performance.now() - start
}"""


def config() -> dict[str, Any]:
    """Return the default config."""
    return check(yaml.safe_load((ROOT / "config.yaml").read_text(encoding="utf-8"))).model_dump()


def facts() -> OverviewFacts:
    """Return the facts of the default config's study with 32 subjects, every number of it made up."""
    asked = config()
    scores, p = made_up(asked)
    yardsticks = asked["yardsticks"]
    named = cells(asked)
    return OverviewFacts(
        config=asked,
        subjects=dict.fromkeys(SUBJECTS, "ok"),
        n_trials=40 * len(SUBJECTS),
        summary=statistics.summarise(scores, p=p, yardsticks=yardsticks),
        scores=scores,
        comparisons=statistics.compare(scores, leaky=LEAKY, yardsticks=yardsticks),
        provenance={"rules": dict.fromkeys(NEEDS, TOOK)},
        links=links(paired=True),
        calibration=pd.DataFrame([(*cell, 32, 1280, 0.1, 0.05, 0.15) for cell in named], columns=CALIBRATION),
        confusion=pd.concat([confused(cell, asked) for cell in named], ignore_index=True),
        meter=meter(),
        explained=explanations(asked["explain"]),
    )


def cells(config: dict[str, Any]) -> list[tuple[str, str, str]]:
    """Return every protocol, target and model of the config, yardsticks included."""
    targets = {name: model["targets"] for name, model in config["models"].items()}
    targets |= {name: list(config["targets"]) for name in config["yardsticks"]}
    return [(protocol, one, model) for protocol in config["protocols"] for model, own in targets.items() for one in own]


def made_up(config: dict[str, Any]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return scores of every subject and p of every cell; chance is .5."""
    rng, rows, tests = generator("pages"), [], []
    for cell, metric in product(cells(config), ("balanced_accuracy", "macro_f1", "accuracy")):
        for unit in ("trial",) if cell[2] in config["yardsticks"] else ("window", "trial"):
            values = np.clip(rng.normal(0.5 + SKILL[cell[0]], 0.08, len(SUBJECTS)), 0, 1)
            rows += [(*cell, s, unit, metric, v, 0.5, v - 0.1, v + 0.1) for s, v in zip(SUBJECTS, values, strict=True)]
            tests.append((*cell, unit, metric, len(SUBJECTS), SKILL[cell[0]], 0.01, 40, 0.0, 0.0))
    return pd.DataFrame(rows, columns=COLUMNS), pd.DataFrame(tests, columns=P_COLUMNS)


def confused(cell: tuple[str, str, str], config: dict[str, Any]) -> pd.DataFrame:
    """Return as many trials for every pair of classes."""
    n_classes = len(classes(config["targets"][cell[1]]))
    pairs = np.ndindex(n_classes, n_classes)
    return pd.DataFrame([(*cell, "trial", *pair, 1280 // n_classes**2) for pair in pairs], columns=CONFUSION)


def meter() -> MeterTables:
    """Return what a leak meter finds of 32 subjects, on recordings and on noise, in all arms of all leaks."""
    rng, rows, arms = generator("meter"), [], []
    for source, states in product(("recordings", "noise"), product((0, 1), repeat=len(leaks.LEAKS))):
        arm = {"source": source} | dict(zip(leaks.LEAKS, states, strict=True)) | {"unit": "window"}
        values = rng.normal(0.5 + 0.1 * sum(states), 0.02, len(SUBJECTS))
        rows += [
            arm | {"metric": leaks.METRIC, "subject": s, "value": v} for s, v in zip(SUBJECTS, values, strict=True)
        ]
        around = {
            "mean": values.mean(),
            "low": 0.5,
            "high": 0.9,
            "chance": 0.5,
            "chance_low": 0.48,
            "chance_high": 0.52,
        }
        shuffled = "window" if arm["shuffle"] else "trial"
        arms.append(arm | {"protocol": shuffled, "n": len(SUBJECTS), **around, "p": 0.5})
    worths = leaks.worth(pd.DataFrame(rows))
    return MeterTables(pd.DataFrame(arms), worths, leaks.summarise(worths, method=Method()))


def explanations(asked: dict[str, Any]) -> Explained:
    """Return explanations of the models and protocols that the config names, of every channel and band."""
    groups = [("permutation", "channel", one, "", metric) for one in GENEVA for metric in METRICS]
    groups += [("permutation", "band", "", one, metric) for one in BANDS for metric in METRICS]
    groups += [("occlusion", "channel_band", one, band, "logit") for band in BANDS for one in GENEVA]
    about = pd.DataFrame(groups, columns=["kind", "group", "channel", "band", "metric"]).assign(time="")
    trials = pd.DataFrame([(s, t, t % 4, t % 2) for s in SUBJECTS for t in range(40)], columns=TRIAL)
    weights = pd.DataFrame({"weights": WEIGHTS, "drift": 0.0})
    drops = about.merge(trials, how="cross").merge(weights, how="cross")
    rng = generator("explanations")
    drops[["drop_0", "drop_1"]] = rng.normal(0.0, 0.05, (len(drops), 2))
    cells = product(asked["protocols"], [asked["target"]], asked["models"])
    return joined([explained(drops, cell=cell, method=Method(draws=100)) for cell in cells])


def opened(browser: Browser, file: Path) -> dict[str, float]:
    """Return what one visit took, in seconds."""
    page = browser.new_context().new_page()
    page.goto(file.as_uri())
    page.wait_for_function("() => 'enhanced' in document.documentElement.dataset")
    took = {
        "interactive_seconds": float(page.evaluate("() => Number(document.documentElement.dataset.enhanced)")),
        "sort_seconds": page.evaluate(SORTED),
        "filter_seconds": page.evaluate(FILTERED),
    }
    page.context.close()
    return {name: value / 1000 for name, value in took.items()}


def main(n_rounds: int = 7) -> None:
    """Write the page, open it and print."""
    given = facts()
    start = time.perf_counter()
    page = overview_page(given)
    drawn = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        file = Path(folder) / "index.html"
        file.write_text(page, encoding="utf-8")
        size = file.stat().st_size / 1e6
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        table = pd.DataFrame([opened(browser, file) for _ in range(n_rounds)])
        browser.close()
    medians = spread(table, "one visit, seconds", 3)
    worst = float(table["interactive_seconds"].max())
    figures = {"megabytes": size, **medians, "interactive_worst_seconds": worst, "draw_seconds": drawn}
    print(json.dumps({name: round(float(value), 3) for name, value in figures.items()}))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
