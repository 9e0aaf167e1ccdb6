"""From trials to what a model sees: windows, differential entropy, the 10-20 grid. Arrays in, arrays out."""
