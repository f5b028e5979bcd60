"""Which map a request asks for."""

from collections.abc import Mapping

from app.answers.planes import Ground
from app.maps.cell_maps import BasinMap, CellMap, RateMap
from app.maps.trained_maps import TrainedBasinMap, TrainedRateMap
from app.request.keys import MapKind
from app.request.request import MapRequest

KINDS: Mapping[MapKind, type[CellMap]] = {"basins": BasinMap, "rates": RateMap}
_OF_NETWORKS: Mapping[MapKind, type[CellMap]] = {"basins": TrainedBasinMap, "rates": TrainedRateMap}


def cell_map_of(request: MapRequest, coarse_first: bool = True, ground: Ground | None = None) -> CellMap:
    """The request's map, of which no cell is known yet; ``ground`` is what a network's walks are drawn on."""
    kinds = KINDS if request.landscape.network is None else _OF_NETWORKS
    return kinds[request.map](request, coarse_first, ground)
