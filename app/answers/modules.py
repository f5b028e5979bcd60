"""The page's JavaScript modules in one file: a browser gets one in a tenth of the time that 160 small ones take it."""

import re
from collections.abc import Mapping
from posixpath import dirname, join, normpath

_IMPORT = re.compile(r"^import \{([^}]*)\} from '(\.[^']*)';$", re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)
# Whole lines of comments, and what a type is said in; one that stands behind code is left.
_COMMENTS = re.compile(
    r"^[ \t]*(?://.*|/\*\*(?:[^*]|\*(?!/))*\*/[ \t]*)$|/\*\* @type (?:[^*\n]|\*(?!/))*\*/ ?", re.MULTILINE
)
_OTHER = re.compile(r"^(?:import|export)\b.*", re.MULTILINE)


def joined(sources: Mapping[str, str], entry: str) -> str:
    """One module that does what `entry` does with all that it imports, each in a function of its own, without comments.

    `sources` has the modules' texts by their paths. Raises ValueError where modules import one another in a circle, and
    for what is written in another way than the page's modules are: `import { name, … } from './path.js';`, and `export`
    before a function, a class or a const.
    """
    order: list[str] = []
    _visit(entry, sources, (), order)
    return "\n".join([*(_wrapped(path, sources[path]) for path in order[:-1]), _imported(entry, sources[entry])])


def _visit(path: str, sources: Mapping[str, str], above: tuple[str, ...], order: list[str]) -> None:
    """Append a module behind all that it imports."""
    if path in order:
        return
    if path in above:
        raise ValueError(f"{path} imports itself by {', '.join(above)}")
    for _, source in _IMPORT.findall(sources[path]):
        _visit(_reached(path, source), sources, (*above, path), order)
    order.append(path)


def _reached(path: str, source: str) -> str:
    return normpath(join(dirname(path), source))


def _name(path: str) -> str:
    return "$" + re.sub(r"\W", "_", path.removesuffix(".js"))


def _imported(path: str, text: str) -> str:
    """A module's text with what it imports taken from what the modules before it return."""

    def taken(found: re.Match[str]) -> str:
        return f"const {{{found[1].replace(' as ', ': ')}}} = {_name(_reached(path, found[2]))};"

    # A third of what would be sent is for who reads the sources. Lines stay as many as they were.
    text = _COMMENTS.sub(lambda found: "\n" * found[0].count("\n"), text)
    text = _IMPORT.sub(taken, text)
    other = _OTHER.search(_EXPORT.sub("", text))
    if other:
        raise ValueError(f"{path}: what is not understood here is “{other[0]}”")
    return text


def _wrapped(path: str, text: str) -> str:
    names = ", ".join(_EXPORT.findall(text))
    body = _EXPORT.sub("", _imported(path, text))
    return f"// {path}\nconst {_name(path)} = (() => {{\n{body}return {{ {names} }};\n}})();"
