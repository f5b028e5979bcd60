"""The built-in landscapes, in menu order: one table a family. Adding a landscape is adding one entry to its table."""

from app.descent.landscapes import bowls, curves, fits, hills, networks, plateaus, saddles, valleys
from app.descent.landscapes.landscape import registry

LANDSCAPES = registry(
    *bowls.LANDSCAPES,
    *valleys.LANDSCAPES,
    *saddles.LANDSCAPES,
    *plateaus.LANDSCAPES,
    *hills.LANDSCAPES,
    *curves.LANDSCAPES,
    *fits.LANDSCAPES,
    *networks.LANDSCAPES,
)
