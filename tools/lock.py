"""Renew the lock files: the newest releases that pyproject.toml allows, with hashes, for all Pythons and platforms."""

import os
import sys
import tempfile
from pathlib import Path

import environment
from environment import LOCKS, OLDEST, PYTHON, attempt, say

# What testing needs includes what running needs, in the same versions.
OPTIONS = {"run": (), "test": ("--extra", "test", "--constraint", LOCKS["run"])}


def compile_lock(uv: Path, what: str) -> None:
    """Write one lock file. No index is named in it: it holds wherever the same files are served."""
    options = ("--universal", "--upgrade", "--generate-hashes", "--custom-compile-command", "make lock")
    oldest = ("--python", str(PYTHON), "--python-version", "{}.{}".format(*OLDEST))
    # uv asks the index that pip would ask, and trusts whom pip would trust.
    environ = {**os.environ, "UV_DEFAULT_INDEX": environment.index_url()}
    if "PIP_CERT" in os.environ:
        environ["SSL_CERT_FILE"] = os.environ["PIP_CERT"]
    command = (str(uv), "pip", "compile", "pyproject.toml", *OPTIONS[what], *options, *oldest)
    run = attempt(*command, "--output-file", LOCKS[what], environ=environ)
    if run.returncode:
        sys.exit(run.stdout)


def main() -> None:
    """Get uv, and write all lock files."""
    if environment.fault():
        environment.make_venv()
    with tempfile.TemporaryDirectory() as folder:
        run = attempt(str(PYTHON), "-m", "pip", "install", "--no-input", "--target", folder, "uv>=0.9")
        if run.returncode:
            sys.exit(run.stdout)
        for what in LOCKS:
            say(f"Renewing {LOCKS[what]} …")
            compile_lock(Path(folder) / "bin" / "uv", what)


if __name__ == "__main__":
    environment.start(main)
