"""The built-in landscapes, in menu order. Adding one is adding one entry to its family's module and its name here."""

from app.descent.landscape import registry
from app.descent.landscapes import bowls, hills, plateaus, saddles, valleys

LANDSCAPES = registry(
    bowls.BOWL,
    bowls.QUADRATIC,
    valleys.TWO_VALLEY,
    saddles.SADDLE,
    plateaus.PLATEAU,
    hills.PEAKS,
)
