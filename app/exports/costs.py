"""What making a file takes, beside its walks, in evaluations of a formula: measured."""

from collections.abc import Callable, Mapping

from app.exports.map_picture import map_work
from app.request.request import WalkRequest

Options = Mapping[str, int | str]
Work = Callable[[WalkRequest, Options], int]

# Writing the numbers of one point as text takes as long as so many; those of so many points are copied in the time of
# one.
_TEXT, _COPIED = 2, 20
# The map of the ground is drawn in the time of so many.
_GROUND = 20_000
# The pixels of a picture take as long as so many, and so many more for each thousand of them.
_PIXELS, _THOUSAND = 20_000, 130
_DRAWN = 10_000


def nothing(request: WalkRequest, options: Options) -> int:
    """What next to nothing takes."""
    return 0


def texts(request: WalkRequest, options: Options) -> int:
    """What writing all numbers as text takes."""
    return _TEXT * request.held


def arrays(request: WalkRequest, options: Options) -> int:
    """What copying all numbers takes."""
    return request.held // _COPIED


def page(request: WalkRequest, options: Options) -> int:
    """What drawing the ground takes, and copying the numbers."""
    return _GROUND + request.held // _COPIED


def script(request: WalkRequest, options: Options) -> int:
    """What finding out takes where a network's walks begin: a place of the plane, which is found by walking."""
    return request.plane_work


def drawn(request: WalkRequest, options: Options) -> int:
    """What drawing takes, where that is lines and letters alone."""
    return _DRAWN + 2 * request.points


def drawn_map(request: WalkRequest, options: Options) -> int:
    """What drawing a map takes, for which the landscape is looked at in many places."""
    return drawn(request, options) + map_work(request)


def pixels(work: Work) -> Work:
    """What it takes until a drawing has become pixels."""

    def of(request: WalkRequest, options: Options) -> int:
        return work(request, options) + _PIXELS + _THOUSAND * int(options["width"]) * int(options["height"]) // 1_000

    return of
