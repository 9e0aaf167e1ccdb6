"""Kinds of values: what the config's keys and the settings of models may be.

The annotations of a model's `build` may name them; they are read before anything runs.
"""

from typing import Annotated, Literal

from pydantic import Field

Count = Annotated[int, Field(ge=1, strict=True)]
Folds = Annotated[int, Field(ge=2)]
Counts = Annotated[list[Count], Field(min_length=1)]
Pair = Annotated[list[Count], Field(min_length=2, max_length=2)]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Positives = Annotated[list[Positive], Field(min_length=1)]
Widths = Annotated[list[Positive | Literal["scale"]], Field(min_length=1)]
"""Of a kernel."""
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1)]
Rate = Annotated[float, Field(ge=0, lt=1)]
"""Of dropout."""
Activation = Literal["elu", "gelu", "leaky_relu", "linear", "relu", "selu", "sigmoid", "silu", "softplus", "tanh"]
"""Of a layer, by Keras' name."""
