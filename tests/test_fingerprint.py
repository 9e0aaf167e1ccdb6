import pytest

from eeg import fingerprint


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package whose module `a` imports `b`; returns a function that writes a module anew and hashes `a`."""
    monkeypatch.setattr(fingerprint, "PACKAGE", tmp_path)

    def write_and_hash(**modules):
        for name, text in modules.items():
            (tmp_path / f"{name}.py").write_text(text)
        fingerprint._tree.cache_clear()
        return fingerprint.fingerprint("eeg.a")

    write_and_hash(
        __init__="", b="def g():\n    return 1\n", c="", a="from eeg.b import g\n\n\ndef f():\n    return g()\n"
    )
    yield write_and_hash
    fingerprint._tree.cache_clear()


def test_comments_and_docstrings_change_nothing(package):
    before = package()
    assert (
        package(a='"""New words."""\n\nfrom eeg.b import g\n\n\ndef f():\n    """Say."""\n    # why\n    return g()\n')
        == before
    )


def test_code_changes_it_wherever_it_is_imported_from(package):
    before = package()
    assert package(b="def g():\n    return 2\n") != before


def test_modules_not_imported_do_not_count(package):
    before = package()
    assert package(c="x = 1\n") == before


def test_a_module_named_from_its_package_is_followed(package):
    package(a="from eeg import b\n")
    assert fingerprint.imports("eeg.a") == ("eeg", "eeg.b")
