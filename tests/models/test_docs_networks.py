"""The layer tables of docs/networks.md are those of the built networks, at the settings of the configs."""

from pathlib import Path

import pytest

from eeg import config, models

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
