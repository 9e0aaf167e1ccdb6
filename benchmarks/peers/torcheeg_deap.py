"""TorchEEG's DEAP features of the `.dat` files in a folder; runs in the peers' environment (`make bench-peers`).

`python torcheeg_deap.py FOLDER [--workers N] [--baseline keep|subtract] [--features FILE.npy]`: its DEAPDataset with
its own BandDifferentialEntropy and ToGrid. Last line, JSON: `seconds` of the dataset's making, importing not counted.
The features, (window, 4, 9, 9) in its order, are written where a file is named.
"""

import argparse
import json
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np
from torcheeg import transforms
from torcheeg.datasets import DEAPDataset
from torcheeg.datasets.constants import DEAP_CHANNEL_LOCATION_DICT


def main() -> None:
    """Make the dataset, say how long it took, and write its features."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder")
    parser.add_argument("--workers", type=int, default=0)
    parser.add_argument("--baseline", choices=("keep", "subtract"), default="keep")
    parser.add_argument("--features")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as store:
        start = perf_counter()
        dataset = DEAPDataset(
            root_path=given.folder,
            io_path=str(Path(store) / "torcheeg"),
            offline_transform=transforms.Compose(
                [
                    transforms.BandDifferentialEntropy(sampling_rate=128, apply_to_baseline=True),
                    transforms.ToGrid(DEAP_CHANNEL_LOCATION_DICT, apply_to_baseline=True),
                ]
            ),
            online_transform=transforms.BaselineRemoval() if given.baseline == "subtract" else None,
            num_worker=given.workers,
            verbose=False,
        )
        seconds = perf_counter() - start
        if given.features:
            np.save(given.features, np.stack([dataset[index][0] for index in range(len(dataset))]))
    print(json.dumps({"seconds": seconds}))


if __name__ == "__main__":
    main()
