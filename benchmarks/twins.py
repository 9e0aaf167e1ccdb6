"""The networks in PyTorch, and the plain loop that trains them; runs wherever PyTorch is (`make bench-peers`)."""

from collections.abc import Callable

import numpy as np
import torch
from networks import Case, Fold
from torch import nn

ROWS_AT_ONCE = 256
ACTIVATIONS = {"relu": nn.ReLU, "selu": nn.SELU}
RECURRENT = {"cnn_lstm": nn.LSTM, "cnn_gru": nn.GRU}


class Recurrent(nn.Module):
    """Two convolution blocks, two recurrent layers, two dense ones; windows are (n, channels, time)."""

    def __init__(self, case: Case) -> None:
        super().__init__()
        settings, kind = case.settings, RECURRENT[case.name]
        first, second = settings["recurrent"]
        self.sequence = settings["last"] == "sequence"
        blocks, channels, n_times = [], case.shape[1], case.shape[0]
        for _ in range(2):
            blocks += [nn.Conv1d(channels, settings["filters"], settings["kernel"]), nn.ReLU()]
            blocks += [nn.MaxPool1d(settings["pool"]), nn.Dropout(settings["dropout"])]
            channels, n_times = settings["filters"], (n_times - settings["kernel"] + 1) // settings["pool"]
        self.convolutions = nn.Sequential(*blocks)
        self.first, self.second = kind(channels, first, batch_first=True), kind(first, second, batch_first=True)
        self.dropout = nn.Dropout(settings["dropout"])
        self.dense = nn.Linear(second * (n_times if self.sequence else 1), settings["dense"])
        self.logits = nn.Linear(settings["dense"], case.n_classes)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """Return the logits of windows."""
        x = self.convolutions(x).transpose(1, 2)
        x = self.dropout(self.first(x)[0])
        x = self.second(x)[0]
        x = self.dropout(x if self.sequence else x[:, -1])
        return self.logits(torch.relu(self.dense(x.flatten(1))))


def twin(case: Case) -> nn.Module:
    """Return the untrained network of a case."""
    if case.name in RECURRENT:
        return Recurrent(case)
    return _ccnn(case) if case.name == "ccnn" else _mlp(case)


def tensors(x: np.ndarray, y: np.ndarray, device: str = "cpu") -> tuple[torch.Tensor, torch.Tensor]:
    """Return windows with their channels first, as PyTorch wants them, and classes."""
    x = np.ascontiguousarray(np.moveaxis(x, -1, 1)) if x.ndim > 2 else x
    return torch.from_numpy(x).to(device), torch.from_numpy(y).to(device)


def train(
    case: Case, x: torch.Tensor, y: torch.Tensor, *, fold: Fold, mark: Callable[[], None], bfloat16: bool = False
) -> np.ndarray:
    """Train a fresh network on a fold where the tensors are, and return the logits of its test rows.

    `mark` is called at the end of every epoch, when all of it has been computed; `bfloat16` is PyTorch's autocast.
    """
    torch.manual_seed(1)
    model, training = twin(case).to(x.device), case.training
    if bfloat16:
        model.forward = torch.autocast(x.device.type, torch.bfloat16)(model.forward)
    decay = case.settings.get("l2", 0.0)
    optimizer = torch.optim.Adam(model.parameters(), lr=training["learning_rate"], weight_decay=decay)
    rows = {role: torch.from_numpy(index).to(x.device) for role, index in fold.items()}
    learnt = x[rows["train"]], y[rows["train"]]
    held = x[rows["validate"]], y[rows["validate"]]
    for _ in range(case.epochs):
        loss = epoch(model, optimizer, *learnt, batch=training["batch"], clip=training["clip"])
        loss += nn.functional.cross_entropy(predicted(model, held[0]), held[1])
        loss.item()
        mark()
    return predicted(model, x[rows["test"]]).cpu().numpy()


def epoch(
    model: nn.Module,
    optimizer: torch.optim.Optimizer,
    x: torch.Tensor,
    y: torch.Tensor,
    *,
    batch: int,
    clip: float | None,
) -> torch.Tensor:
    """Train on every row once and return the sum of the losses."""
    model.train()
    total = torch.zeros((), device=x.device)
    for rows in torch.randperm(len(x), device=x.device).split(batch):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(x[rows]).float(), y[rows])
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        total += loss.detach()
    return total


@torch.inference_mode()
def predicted(model: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """Return the logits of windows."""
    model.eval()
    return torch.cat([model(part) for part in x.split(ROWS_AT_ONCE)]).float()


def _ccnn(case: Case) -> nn.Module:
    settings, (rows, columns, channels) = case.settings, case.shape
    activation, blocks = ACTIVATIONS[settings["activation"]], []
    for filters, kernel in zip(settings["filters"], settings["kernels"], strict=True):
        before, after = (kernel - 1) // 2, kernel // 2
        blocks += [nn.ZeroPad2d((before, after, before, after))] if kernel > 1 else []
        blocks += [nn.Conv2d(channels, filters, kernel), activation()]
        channels = filters
    dense = [nn.Linear(rows * columns * channels, settings["dense"]), activation(), nn.Dropout(settings["dropout"])]
    return nn.Sequential(*blocks, nn.Flatten(), *dense, nn.Linear(settings["dense"], case.n_classes))


def _mlp(case: Case) -> nn.Module:
    settings, units, blocks = case.settings, case.shape[0], []
    for hidden in settings["hidden"]:
        blocks += [nn.Linear(units, hidden), ACTIVATIONS[settings["activation"]]()]
        blocks += [nn.Dropout(settings["dropout"])] if settings["dropout"] else []
        units = hidden
    return nn.Sequential(*blocks, nn.Linear(units, case.n_classes))
