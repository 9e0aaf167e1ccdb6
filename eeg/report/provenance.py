"""One line that says where a page comes from."""

from collections.abc import Mapping
from typing import Any


def provenance_line(provenance: Mapping[str, Any]) -> str:
    """Return commit, date and versions in one sentence; what is not known is left out.

    Parameters
    ----------
    provenance : mapping
        `commit` (or `git` with `commit` and `modified`), `date` and `versions`, all of them optional.
    """
    git = provenance.get("git") or provenance
    parts = []
    if git.get("commit"):
        parts.append(f"commit {git['commit']}" + " with changes not committed" * bool(git.get("modified")))
    if provenance.get("date"):
        parts.append(f"date {provenance['date']}")
    if provenance.get("versions"):
        parts.append(", ".join(f"{name} {version}" for name, version in provenance["versions"].items()))
    return f"Made from {'; '.join(parts)}." if parts else "Where this page was made from is not recorded."
