"""Renew the lock files: the newest releases that pyproject.toml allows, with hashes, for all Pythons and platforms."""

import sys
import tempfile
from pathlib import Path

import environment
from environment import LOCKS, OLDEST, PYTHON, attempt, say

# What testing needs includes what running needs, in the same versions.
OPTIONS = {"run": (), "test": ("--extra", "test", "--constraint", LOCKS["run"])}


def compile_lock(uv: str, what: str) -> None:
    """Write one lock file. No index is named in it: it holds wherever the same files are served."""
    options = ("--universal", "--upgrade", "--generate-hashes", "--custom-compile-command", "make lock")
    oldest = ("--python", str(PYTHON), "--python-version", "{}.{}".format(*OLDEST))
    command = (uv, "pip", "compile", "pyproject.toml", *OPTIONS[what], *options, *oldest)
    run = attempt(*command, "--output-file", LOCKS[what], environ=environment.uv_environ())
    if run.returncode:
        sys.exit(run.stdout)


def main() -> None:
    """Find or get uv, and write all lock files."""
    if environment.fault():
        environment.make_venv()
    uv = environment.find_uv()
    with tempfile.TemporaryDirectory() as folder:
        if not uv:
            run = attempt(str(PYTHON), "-m", "pip", "install", "--no-input", "--target", folder, "uv>=0.9")
            if run.returncode:
                sys.exit(run.stdout)
            uv = str(Path(folder) / "bin" / "uv")
        for what in LOCKS:
            say(f"Renewing {LOCKS[what]} …")
            compile_lock(uv, what)


if __name__ == "__main__":
    environment.start(main)
