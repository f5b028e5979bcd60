"""Cells of any map, over a landscape or over all weights of a network, walked on by one function."""

from app.descent.walks import cells as of_landscapes
from app.descent.walks import trained_cells as of_networks
from app.descent.walks.cells import Cells
from app.descent.walks.trained_cells import TrainedCells

AnyCells = Cells | TrainedCells


def advance(cells: AnyCells, seconds: float) -> AnyCells:
    """Walk on for about so many seconds, and return the cells as they are then."""
    if isinstance(cells, TrainedCells):
        return of_networks.advance(cells, seconds)
    return of_landscapes.advance(cells, seconds)
