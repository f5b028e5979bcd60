"""The wheel: the folder `app/` as the package `downhill`, with `static/` and `templates/` inside it.

A package called `app` would be in everybody's way, and the checkout has its folders where one looks for them. So what
is built is a copy, in which each module names the others by their new name. All else is in pyproject.toml.
"""

import ast
import io
import re
import shutil
import tokenize
from pathlib import Path

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

HERE, THERE = "app", "downhill"
# A module by its name, as for import_module, or a function in it, as for uvicorn; and the command, as it is told of.
_MODULE = re.compile(rf"(?<=['\"]){HERE}((?:\.\w+)+(?::\w+(?:\(\))?)?)(?=['\"])")
_COMMAND = re.compile(rf"\bpython -m {HERE}\b")
_TEXT = {tokenize.STRING, *(getattr(tokenize, name) for name in ("FSTRING_MIDDLE",) if hasattr(tokenize, name))}


def renamed(source: str) -> str:
    """The module's text with `downhill` where it names `app`: in imports, in modules' names, in the command.

    Raises ValueError for an import that has no new name: `import app.web` would bind another one.
    """
    lines, places = source.splitlines(keepends=True), _imports(source)
    changes, before = [], None
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        text = token.string
        if token.type in _TEXT:
            text = _COMMAND.sub(THERE, _MODULE.sub(rf"{THERE}\1", text))
        elif text == HERE and token.start in places:
            # What `import app` binds is called so in the rest of the module.
            text = f"{THERE} as {HERE}"
        elif text == HERE and before and before.start in places:
            text = THERE
        if text != token.string:
            changes.append((token.start, token.end, text))
        before = token
    for (row, column), (end_row, end_column), text in reversed(changes):
        first, last = lines[row - 1], lines[end_row - 1]
        lines[row - 1 : end_row] = [first[:column] + text + last[end_column:]]
    return "".join(lines)


def _imports(source: str) -> set[tuple[int, int]]:
    """Where `app` stands in an import, and the `from` before it. Raises ValueError for what binds another name."""
    places = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and (node.module or "").partition(".")[0] == HERE:
            places.add((node.lineno, node.col_offset))
        for alias in node.names if isinstance(node, ast.Import) else ():
            if alias.name.partition(".")[0] == HERE:
                if (alias.name, alias.asname) != (HERE, None):
                    raise ValueError(f"“{ast.unparse(node)}” has no new name: write “import {HERE}” or “from {HERE}…”.")
                places.add((alias.lineno, alias.col_offset))
    return places


class Renaming(build_py):
    """Copies the packages, each module with its new name for the others."""

    def run(self) -> None:
        """Begin with nothing: a module that is no longer there would be in the wheel for ever."""
        if self.editable_mode:
            raise SystemExit(
                "Downhill cannot be installed editable: what is installed is a copy that is called downhill."
            )
        shutil.rmtree(Path(self.build_lib) / THERE, ignore_errors=True)
        super().run()

    def build_module(self, module, module_file, package):
        """Copy a module, renamed."""
        outfile, copied = super().build_module(module, module_file, package)
        if copied:
            path = Path(outfile)
            path.write_text(renamed(path.read_text(encoding="utf-8")), encoding="utf-8", newline="\n")
        return outfile, copied


if __name__ == "__main__":
    setup(
        packages=[
            THERE,
            *(f"{THERE}.{name}" for name in find_packages(HERE)),
            f"{THERE}.static",
            f"{THERE}.templates",
        ],
        package_dir={THERE: HERE, f"{THERE}.static": "static", f"{THERE}.templates": "templates"},
        package_data={
            THERE: ["**/*.json", "**/*.ttf", "**/*.txt"],
            f"{THERE}.static": ["**/*"],
            f"{THERE}.templates": ["**/*"],
        },
        cmdclass={"build_py": Renaming},
    )
