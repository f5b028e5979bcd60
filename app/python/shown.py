"""How walks show themselves in a notebook: moving where there is anywidget, and standing still."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from app.python.picture import Picture, Walked, picture_of


class Shown:
    """What has walks to be shown."""

    request: dict[str, Any]
    plane: Mapping[str, Any] | None

    @property
    @abstractmethod
    def shown_walks(self) -> Sequence[Walked]:
        """The walks that are drawn."""

    @cached_property
    def picture(self) -> Picture:
        """What is drawn of them."""
        return picture_of(self.request, self.plane, self.shown_walks)

    def svg(self) -> str:
        """The picture standing still, as SVG."""
        return self.picture.svg()

    @cached_property
    def widget(self) -> Any:
        """The picture that moves, an ``anywidget``. Raises ImportError where that is not installed."""
        if find_spec("anywidget") is None:
            raise ImportError("The moving picture needs anywidget: pip install 'downhill[notebook]'")
        # It takes a tenth of a second, and whoever wants numbers needs none of it.
        return import_module("app.python.widget").WalkWidget(self.picture)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture that moves, if it can, and beside it for where no scripts run one that stands still."""
        bundle: dict[str, Any] = {"text/plain": repr(self), "image/svg+xml": self.svg()}
        if find_spec("anywidget") is None:
            return bundle, {}
        data, metadata = self.widget._repr_mimebundle_() or ({}, {})
        return {**data, **bundle}, metadata
