"""The layer tables of docs/networks.md are those of the built networks; the network of docs/own-network.md learns."""

from pathlib import Path

import numpy as np
import pytest
import yaml

from eeg import config, models
from eeg.samples import Samples
from tests.docs.blocks import of
from tests.docs.given import own_models

ROOT = Path(__file__).parents[2]
PAPERS = {
    "cnn_lstm": ((256, 14), 4),
    "cnn_gru": ((256, 14), 4),
    "ccnn": ((9, 9, 4), 2),
    "mlp": ((128,), 2),
}
"""Windows of two seconds of 14 channels at 128 Hz; differential entropy of 32 channels in four bands."""


def table(name, shape, n_classes):
    settings = config.load(str(ROOT / "config.yaml"), str(ROOT / "configs/papers.yaml"))["models"][name]
    learner = models.learner(
        settings["network"], shape, n_classes, settings=settings["settings"], training=settings["training"]
    )
    lines = ["| layer | kind | output | parameters |", "| --- | --- | --- | --- |"]
    for layer in learner.model.layers[1:]:
        output = " x ".join(map(str, layer.output.shape[1:]))
        lines.append(f"| {layer.name} | {type(layer).__name__} | {output} | {layer.count_params():,} |")
    return "\n".join([*lines, f"| | | | **{learner.model.count_params():,}** |"])


@pytest.mark.parametrize("name", PAPERS)
def test_the_page_has_the_layers_as_they_are_built(name):
    expected = table(name, *PAPERS[name])
    text = (ROOT / "docs/networks.md").read_text()
    assert f"<!-- {name} -->\n\n{expected}\n" in text, f"put this after <!-- {name} -->:\n{expected}"


def test_the_network_that_the_guide_adds_learns(monkeypatch, tmp_path):
    own_models(monkeypatch, tmp_path)
    (block,) = [one for one in of("yaml") if one.named[0] == "mine.yaml"]
    added = yaml.safe_load(block.text)["models"]["shallow"]
    labels = np.arange(64) % 2
    x = np.random.default_rng(1).normal(0, 1, (64, 128, 3)).astype(np.float32) + labels[:, None, None]
    samples = Samples(lambda index: x[index], labels, np.arange(64), (128, 3))
    learner = models.learner(added["network"], (128, 3), 2, settings=added["settings"], training=added["training"])
    (result,) = learner.learn([models.Fold(samples, samples, samples, 0)])
    assert (result.logits.argmax(axis=1) == labels).mean() > 0.9
