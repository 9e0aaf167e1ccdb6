"""Confusion matrices as a page shows them."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from eeg.report.page import number


def matrix_rows(matrix: np.ndarray, classes: Sequence[str]) -> list[dict[str, Any]]:
    """Return the matrix as a page shows it: a name per row; count, share of the row and shade per cell."""
    totals = matrix.sum(axis=1)
    return [
        {"name": name, "cells": [_cell(int(count), int(total)) for count in row]}
        for name, row, total in zip(classes, matrix, totals, strict=True)
    ]


def _cell(count: int, total: int) -> dict[str, Any]:
    share = count / total if total else float("nan")
    text = number(100 * share, 0)
    return {"count": count, "share": text if text == "n/a" else f"{text} %", "shade": f"{share if total else 0:.2f}"}
