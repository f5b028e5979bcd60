"""How walks show themselves in a notebook: moving where there is anywidget, and standing still."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from functools import cached_property
from importlib import import_module
from importlib.util import find_spec
from typing import Any
from uuid import uuid4

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
        return import_module("app.python.widget").WalkWidget(self.picture, self._name)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict[str, Any], dict[str, Any]]:
        """The picture that moves, if it can, and beside it for where no scripts run one that stands still."""
        view, metadata = self._view()
        return {**view, **self._still()}, {**metadata, **self._alternative()}

    def _ipython_display_(self) -> None:
        """Show both, one after the other: the moving one takes the place of the still one when it is there.

        Of two forms of one output a notebook shows one only, and with its widgets' state saved that is the moving one,
        although no script may run where it is read.
        """
        display = import_module("IPython.display").display
        display(self._still(), metadata=self._alternative(), raw=True)
        view, metadata = self._view()
        if view:
            display(view, metadata=metadata, raw=True)

    def _display_(self) -> Any:
        """What marimo shows."""
        return _Still(self.svg()) if find_spec("anywidget") is None else self.widget

    def _still(self) -> dict[str, Any]:
        return {"text/plain": repr(self), "image/svg+xml": self.picture.svg(self._name)}

    def _alternative(self) -> dict[str, Any]:
        """What is said in the picture's place to those who do not see it, where it becomes an image."""
        return {"image/svg+xml": {"alt": repr(self)}}

    def _view(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The reference to the widget and what is said of it; empty where there is none."""
        if find_spec("anywidget") is None:
            return {}, {}
        data, metadata = self.widget._repr_mimebundle_() or ({}, {})
        return {kind: value for kind, value in data.items() if kind != "text/plain"}, metadata

    @cached_property
    def _name(self) -> str:
        """What the still picture is called in its page, so that the moving one finds it."""
        return f"downhill-{uuid4().hex}"


class _Still:
    """A picture for whoever asks an object for its kind and content."""

    def __init__(self, svg: str) -> None:
        self.svg = svg

    def _mime_(self) -> tuple[str, str]:
        return "image/svg+xml", self.svg
