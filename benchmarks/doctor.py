"""Does the doctor find every flaw, and nothing else? All flaws in ten random simulated cohorts, and fifty clean ones.

Run by `.venv/bin/python benchmarks/doctor.py [COHORTS] [CLEAN]` (10 and 50; minutes on two cores). A flaw spoils one
subject of a cohort of four, or all of them where it is the whole copy's, in every form it applies to; then the subject,
the cohort and, for what only shows beside the release, the comparison with it are examined again. A finding counts as
false where the same files without the flaw do not have it and it does not follow from the flaw (`also` in the table of
flaws).

The last line is one JSON object: `flaws` (kinds), `cases`, `recall` (share of the flaws found under their own code),
`precision` (share of the findings that a flaw explains), `oddities_refused` (of what is odd but no fault),
`clean_cohorts`, `clean_refused` and `clean_warned` (subjects, cohorts and comparisons without a flaw that were refused
or, for something other than a class too rare for the folds, warned of).
"""

import json
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import nullcontext, suppress
from dataclasses import dataclass, field
from functools import cached_property
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from eeg.datasets import simulated
from eeg.datasets.simulated import flaws
from eeg.doctor import beside
from eeg.doctor.cohort import examine_cohort
from eeg.doctor.examination import Asked, Report, examine_subject
from eeg.errors import InputError
from eeg.seeds import generator

FORMS = ("original", "python", "matlab")
SUBJECTS = ("s01", "s02", "s03", "s04")
"""One for each form that the originals have."""

BASELINE = 3.0
QUADRANT = {"quadrant": {"ratings": ["valence", "arousal"], "threshold": 5.0, "tie": "low", "exclude": 0.0}}
TRUE_ANYWAY = ("rare_class",)
"""Warnings that say something true of a cohort without flaws."""

WHOLE_COPY = ("ratings_inverted",)
"""Flaws that are put into every subject who has something they change."""


@dataclass(frozen=True)
class Cohort:
    """A simulated cohort in a folder of its own, its sizes and artefacts drawn at random."""

    folder: Path
    seed: int
    reports: dict[tuple[str, str], Report] = field(default_factory=dict)

    @cached_property
    def settings(self) -> simulated.Settings:
        """Sizes and artefacts."""
        rng = generator(self.seed, "doctor", "settings")
        return simulated.Settings(
            n_trials=int(rng.integers(12, 17)),
            baseline=BASELINE,
            duration=float(rng.integers(4, 7)),
            forms=FORMS,
            artefacts=float(rng.uniform(0.3, 1.3)),
            effect=float(rng.uniform(0.0, 1.5)),
        )

    def write(self) -> "Cohort":
        """Write all files."""
        for subject in SUBJECTS:
            simulated.write(self.folder, subject, self.settings, self.seed)
        return self

    def copied(self, folder: str) -> "Cohort":
        """Return a copy whose files can be spoiled without harm to this one."""
        shutil.copytree(self.folder, folder, ignore=shutil.ignore_patterns("*.fif"), dirs_exist_ok=True)
        return Cohort(Path(folder), self.seed, dict(self.reports))

    def asked(self, form: str) -> Asked:
        """Return what an experiment on this cohort would ask for."""
        return Asked(
            settings={"form": form, "baseline": BASELINE},
            sfreq=128.0,
            baseline=BASELINE,
            duration=self.settings.duration,
            low=4.0,
            high=45.0,
            targets=QUADRANT,
            folds=4,
        )

    def examine(self, form: str, *, again: tuple[str, ...] = ()) -> list[Report]:
        """Return all subjects' reports and the cohort's; those of `again` are made anew."""
        asked = self.asked(form)
        for subject in SUBJECTS:
            if subject in again or (form, subject) not in self.reports:
                self.reports[form, subject] = examine_subject(simulated, self.folder, subject, asked=asked)
        found = [self.reports[form, subject] for subject in SUBJECTS]
        return [*found, examine_cohort(simulated, self.folder, found, asked=asked)]

    def compared(self, subject: str, form: str) -> Report:
        """Return the comparison of a subject's recording with the release of a form."""
        source = {"folder": self.folder, "settings": self.asked(form).settings}
        trial = {"baseline": BASELINE, "duration": self.settings.duration}
        return beside.compare(simulated, source, subject, other=form, trial=trial)


def odd(reports: list[Report]) -> set[tuple[str, str, str]]:
    """Return who has which warning or refusal."""
    return {
        (report["subject"], entry["code"], entry["severity"])
        for report in reports
        for entry in report["findings"]
        if entry["severity"] != "ok"
    }


def cases(clean: Cohort, names: tuple[str, ...] = tuple(flaws.FLAWS)) -> Iterator[dict[str, Any]]:
    """Yield what was found of flaws, in every form they apply to, in copies of a cohort."""
    before = {form: odd(clean.examine(form)) for form in FORMS}
    for name in names:
        spoilt = SUBJECTS if name in WHOLE_COPY else (SUBJECTS[1 + (clean.seed + len(name)) % 3],)
        for form in flaws.FLAWS[name].forms:
            with tempfile.TemporaryDirectory() as folder:
                copy = clean.copied(folder)
                for subject in spoilt:
                    with suppress(InputError) if name in WHOLE_COPY else nullcontext():
                        flaws.spoil(copy.folder, subject, name, form=form, seed=clean.seed)
                yield {"flaw": name, "form": form, **judged(copy, spoilt, name, form, before=before[form])}


def judged(copy: Cohort, spoilt: tuple[str, ...], name: str, form: str, *, before: set) -> dict[str, Any]:
    """Return whether a flaw was found, how many findings it explains, and those it does not."""
    flaw = flaws.FLAWS[name]
    compared = str(flaw.code).startswith("parity")
    found = odd([copy.compared(spoilt[0], form)] if compared else copy.examine(form, again=spoilt)) - before
    explained = {code for _, code, _ in found} & {flaw.code, *flaw.also}
    return {
        "code": flaw.code or "",
        "hit": flaw.code is None or flaw.code in explained,
        "explained": len(explained),
        "false": tuple(sorted(f"{who} {code}" for who, code, _ in found if code not in explained)),
        "refused": any(severity == "refuse" for *_, severity in found),
    }


def spoiled(seed: int) -> pd.DataFrame:
    """Return the cases of one cohort."""
    with tempfile.TemporaryDirectory() as folder:
        table = pd.DataFrame(cases(Cohort(Path(folder), seed).write()))
    print(f"cohort {seed}: {table['hit'].sum()} of {len(table)} found", file=sys.stderr, flush=True)
    return table


def healthy(seed: int) -> list[tuple[str, str, str, str]]:
    """Return form, who, code and severity of what is found in a cohort without a flaw."""
    with tempfile.TemporaryDirectory() as folder:
        cohort = Cohort(Path(folder), seed).write()
        found = [(form, *one) for form in FORMS for one in odd(cohort.examine(form))]
        found += [("parity", *one) for subject in SUBJECTS for one in odd([cohort.compared(subject, "python")])]
    return [one for one in found if one[2] not in TRUE_ANYWAY]


def main(n_cohorts: int = 10, n_clean: int = 50) -> None:
    """Print what was found of every flaw, what was found without one, and the figures."""
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        table = pd.concat(pool.map(spoiled, range(1, n_cohorts + 1)), ignore_index=True)
        false_alarms = [one for found in pool.map(healthy, range(1001, 1001 + n_clean)) for one in found]
    table["unexplained"] = table["false"].map(len)
    of = table.groupby(["flaw", "form"], sort=False)
    columns = {
        "code": ("code", "first"),
        "found": ("hit", "sum"),
        "of": ("hit", "size"),
        "false": ("unexplained", "sum"),
    }
    print(of.agg(**columns).to_string(), end="\n\n")
    for row in table[~table["hit"] | (table["unexplained"] > 0)].itertuples():
        print("missed:" if not row.hit else "not explained:", row.flaw, row.form, *row.false)
    for alarm in false_alarms:
        print("without a flaw:", *alarm)
    faults, oddities = table[table["code"] != ""], table[table["code"] == ""]
    explained, severities = int(table["explained"].sum()), [severity for *_, severity in false_alarms]
    figures = {
        "flaws": int(faults["flaw"].nunique()),
        "cases": len(faults),
        "recall": float(faults["hit"].mean()),
        "precision": explained / (explained + int(table["unexplained"].sum())),
        "oddities_refused": int(oddities["refused"].sum()),
        "clean_cohorts": n_clean,
        "clean_refused": severities.count("refuse"),
        "clean_warned": severities.count("warn"),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
