"""What `make` hands to Snakemake."""

import shlex
import subprocess
from pathlib import Path

import pytest
from snakemake.cli import parse_config
from snakemake_interface_executor_plugins.utils import format_cli_value

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize("folder", ["/a copy #2 of: DEAP", "/home/o'brien/DEAP", "relative", "2012", "~/DEAP, 'new'"])
def test_a_folder_arrives_as_it_was_given_here_and_in_jobs(tmp_path, folder):
    (tmp_path / "ready").touch()
    called = tmp_path / "snakemake"
    called.write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$(dirname "$0")/arguments"\n')
    called.chmod(0o755)
    command = ["make", "run", f"BIN={tmp_path}", f"READY={tmp_path / 'ready'}", f"DATA={folder}"]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    arguments = (tmp_path / "arguments").read_text().splitlines()
    given = arguments[arguments.index("--config") + 1]
    assert parse_config([given]) == {"folder": folder}
    (handed_on,) = shlex.split(format_cli_value(given, quote=True))
    assert parse_config([handed_on]) == {"folder": folder}
