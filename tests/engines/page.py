"""Downhill's page in any engine."""

from typing import Any

from tests.browser.conftest import IN_PLACE, LOADING, Server
from tests.engines.engine import Engine

DRAWN = f"() => Boolean(window.downhill?.map_drawn && downhill.walks?.done && {IN_PLACE})"
SHOWN = f"query => Boolean(downhill.walks?.done && downhill.walks.query === query && {IN_PLACE})"


class Page:
    def __init__(self, engine: Engine, server: Server) -> None:
        self.engine = engine
        self.server = server

    def load(self, path: str = "/") -> None:
        """Navigate, and wait until the map is drawn and the walk is there."""
        self.engine.open(self.server.address + path)
        self.engine.until(DRAWN, patience=LOADING)

    def reset(self) -> None:
        """Bring the page to its default state."""
        if self.engine.run("() => Boolean(window.downhill) && location.pathname === '/'"):
            self.show("")
        else:
            self.load()
        # All settings and all parts below are there to be used.
        self.engine.run(
            "() => { document.getElementById('more').open = true; document.querySelector('#tabs [data-tab=all]').click() }"
        )

    def alone(self, wanted: bool = True) -> None:
        """Show the map without the surface, whose drawing takes a software renderer most of its time, or with it."""
        if wanted != self.engine.run("() => document.getElementById('views').dataset.only === 'map'"):
            self.engine.click(".enlarge[data-only=map]")

    def show(self, query: str) -> None:
        """Open an address without loading the page again, as the back button does."""
        self.engine.run(
            """query => { window.walks_before = downhill.walks; scrollTo(0, 0); document.activeElement.blur();
                history.pushState(null, '', query); dispatchEvent(new PopStateEvent('popstate')) }""",
            f"/?{query}",
        )
        # The first one comes while a software renderer draws the surface.
        self.engine.until("() => downhill.walks !== window.walks_before", patience=LOADING)
        self.settled(query)

    def settled(self, query: str) -> None:
        """Wait until the walk of this query is shown whole, and lies where it stays."""
        self.engine.until(SHOWN, query)

    def wanted(self, key: str) -> Any:
        """What the picture is made with."""
        return self.engine.run("key => downhill.walks.request[key]", key)

    def address(self) -> str:
        address: str = self.engine.run("() => location.search")
        return address.removeprefix("?")

    def text(self, selector: str) -> str:
        """What can be read at a place; nothing where it is hidden."""
        text: str = self.engine.run(
            "selector => { const node = document.querySelector(selector); return node?.getClientRects().length ? node.innerText.trim() : '' }",
            selector,
        )
        return text

    def type_in(self, field: str, text: str) -> None:
        """Replace what stands in a field, and press Enter."""
        self.engine.click(f"#key-{field}")
        self.engine.press("a", holding="Control")
        self.engine.press(*text, "Enter")

    def place_of(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the map lies in the window, from Plotly's own axes."""
        left, top = self.engine.run(
            """(x, y) => { const plot = document.getElementById('map-plot'); plot.scrollIntoView({ block: 'center' });
                const { xaxis, yaxis } = plot._fullLayout; const box = plot.getBoundingClientRect();
                return [box.left + xaxis._offset + xaxis.d2p(x), box.top + yaxis._offset + yaxis.d2p(y)] }""",
            x,
            y,
        )
        return left, top
