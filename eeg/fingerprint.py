"""A hash of what a module does: its syntax tree and that of every `eeg` module it imports, without docstrings.

Snakemake compares it between runs, so that an edit reruns exactly the jobs whose code it changed, and an edited
comment or docstring reruns nothing.
"""

import ast
import hashlib
from functools import cache
from pathlib import Path

PACKAGE = Path(__file__).parent


def fingerprint(*modules: str) -> str:
    """Return a short hash of the named modules and all that they import from this package.

    A path that ends in .py, from the folder on that holds this package, stands for a file of one's own.
    """
    reached: set[str] = set()
    for module in modules:
        _reach(module, reached)
    trees = "".join(f"{name}:{_tree(name)[0]}" for name in sorted(reached))
    return hashlib.sha256(trees.encode()).hexdigest()[:16]


def digest(*files: Path) -> str:
    """Return a short hash of files that are no Python: their names and bytes."""
    content = b"".join(file.name.encode() + b"\0" + file.read_bytes() for file in files)
    return hashlib.sha256(content).hexdigest()[:16]


def imports(module: str) -> tuple[str, ...]:
    """Return the modules of this package that a module imports anywhere in its text."""
    return _tree(module)[1]


def _reach(module: str, reached: set[str]) -> None:
    if module not in reached:
        reached.add(module)
        for imported in imports(module):
            _reach(imported, reached)


@cache
def _tree(module: str) -> tuple[str, tuple[str, ...]]:
    tree = ast.parse(_file(module).read_text(encoding="utf-8"))
    found = sorted({name for node in ast.walk(tree) for name in _named(node)})
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list):
            node.body = [one for one in body if not _is_docstring(one)]  # type: ignore[attr-defined]
    return ast.dump(tree), tuple(found)


def _named(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names if _is_module(alias.name)]
    if isinstance(node, ast.ImportFrom) and node.module:
        inside = [f"{node.module}.{alias.name}" for alias in node.names]
        return [name for name in (node.module, *inside) if _is_module(name)]
    return []


def _is_docstring(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _is_module(name: str) -> bool:
    return name.split(".")[0] == "eeg" and _file(name).exists()


def _file(module: str) -> Path:
    if module.endswith(".py"):
        return PACKAGE.parent / module
    path = PACKAGE.joinpath(*module.split(".")[1:])
    return path / "__init__.py" if path.is_dir() else path.with_suffix(".py")
