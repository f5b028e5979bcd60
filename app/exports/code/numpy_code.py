"""The same walk in NumPy."""

from collections.abc import Mapping

from app.descent.optimizers.table import Optimizer
from app.exports.code.libraries import NUMPY
from app.exports.code.script import script
from app.request.request import WalkRequest


def numpy_script(request: WalkRequest, address: str) -> str:
    """The script, in ASCII; ``address`` is that of the page that shows the walk."""
    return script(request, address, NUMPY, _nothing)


def _nothing(optimizer: Optimizer, values: Mapping[str, float]) -> str:
    """NumPy has no optimizers."""
    return ""
