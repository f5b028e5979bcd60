"""Own points in a request: checked once, they carry the landscapes that are made of them from run to run."""

from app.descent.landscapes.landscape import Landscape
from app.descent.landscapes.own_data import own_data

USUAL_MODEL = "line"


class OwnPoints(list[list[float]]):
    """Points whose numbers are finite; nobody changes them. A request's further runs take them as they are."""

    def __reduce__(self) -> tuple[type["OwnPoints"], tuple[list[list[float]]]]:
        # What can be made again need not be sent to other processes.
        return OwnPoints, ([*self],)

    def landscape(self, model: str | None) -> Landscape:
        """The landscape that is made of them. Raises ``DataError`` where that is none."""
        made: dict[str, Landscape] = self.__dict__.setdefault("made", {})
        model = model or USUAL_MODEL
        if model not in made:
            made[model] = own_data(tuple(map(tuple, self)), model)
        return made[model]
