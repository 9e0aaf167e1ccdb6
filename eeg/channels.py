"""Channel names: the two orders of the DEAP recordings, old and new 10-20 names, the 9 x 9 grid's rows."""

GENEVA = """
    Fp1 AF3 F3 F7 FC5 FC1 C3 T7 CP5 CP1 P3 P7 PO3 O1 Oz Pz
    Fp2 AF4 Fz F4 F8 FC6 FC2 Cz C4 T8 CP6 CP2 P4 P8 PO4 O2
""".split()
"""The 32 EEG channels in the order of the preprocessed release and of s23-s32."""

TWENTE = """
    Fp1 AF3 F7 F3 FC1 FC5 T7 C3 CP1 CP5 P7 P3 Pz PO3 O1 Oz
    O2 PO4 P4 P8 CP6 CP2 C4 T8 FC6 FC2 F4 F8 AF4 Fp2 Fz Cz
""".split()
"""The 32 EEG channels in the order of the original recordings s01-s22."""

EOG = ("hEOG", "vEOG")
"""The two bipolar EOG channels every source delivers under these names, where it has them."""

OLD_NAMES = {"T3": "T7", "T4": "T8", "T5": "P7", "T6": "P8"}
"""Names of the 1958 10-20 system and their successors."""


def choice(bads: str) -> dict[str, str] | None:
    """Return what a fit's record says of how its channels were chosen, None where all were kept whatever they hold.

    `bads` is the config's word for what is done about flat, clipped and noisy channels. They are found before anything
    is split, so no list of windows could say what the choice was made by.
    """
    by = "signals of whole recordings, those of tested trials included; no labels"
    return None if bads == "keep" else {"bads": bads, "chosen_by": by}


def standard_name(name: str, prefixes: tuple[str, ...] = ()) -> str:
    """Return a channel's standard 10-20 name: blanks and prefixes dropped, old names and upper case mapped."""
    name = name.strip()
    for prefix in prefixes:
        name = name.removeprefix(prefix)
    name = name.strip().rstrip(".")
    name = OLD_NAMES.get(name.upper(), name)
    return _BY_UPPER_CASE.get(name.upper(), name)


_BY_UPPER_CASE = {
    name.upper(): name
    for name in (*GENEVA, *OLD_NAMES.values(), "Fpz", "FCz", "CPz", "POz", "FC3", "FC4", "CP3", "CP4")
}
