"""``python -m tests.schema``: start the server and ask it what its description allows, and much that it does not."""

import subprocess
import sys
import tempfile
from pathlib import Path

from tests.web.asking import ROOT, Server


def main() -> int:
    """Return the exit code of schemathesis, which finds its settings in schemathesis.toml."""
    with tempfile.TemporaryDirectory() as folder:
        server = Server(Path(folder) / "log.txt")
        try:
            command = [Path(sys.executable).parent / "st", "run", f"{server.base}/openapi.json"]
            return subprocess.run([*command, *sys.argv[1:]], cwd=ROOT, check=False).returncode
        finally:
            server.stop()


if __name__ == "__main__":
    sys.exit(main())
