"""The moving picture of a notebook: one ES module with all that it needs, for anywidget."""

from functools import lru_cache

import anywidget
import traitlets

from app import ROOT
from app.answers.modules import joined
from app.python.picture import Picture

_ENTRY = "notebook/widget.js"


@lru_cache(maxsize=1)
def script() -> str:
    """The module: the page's own ones that it is made of, joined, so that it asks nobody for anything."""
    folder = ROOT / "static" / "js"
    paths = (path for path in sorted(folder.rglob("*.js")))
    sources = {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in paths}
    return f"{joined(sources, _ENTRY)}\nexport default {{ render }};\n"


class WalkWidget(anywidget.AnyWidget):
    """Walks that are played; ``picture`` has all that is shown, and ``step`` is the iterate that is shown.

    ``still`` is what the picture is called that it takes the place of.
    """

    _esm = script()
    picture = traitlets.Dict().tag(sync=True)
    step = traitlets.Int(-1).tag(sync=True)
    still = traitlets.Unicode().tag(sync=True)

    def __init__(self, picture: Picture, still: str = "") -> None:
        """Show a picture, at the end of its walks."""
        super().__init__(picture=picture.record(), step=picture.steps[-1], still=still)
