"""A request's walks as they are given to whatever makes a file of them."""

from app.answers.planes import ground_of
from app.answers.walks import Collector, records
from app.descent.landscapes.planes import last_of
from app.exports.options import OPTIONS
from app.exports.table import EXPORTS
from app.exports.taken import Taken
from app.request.making import make_request


def taken(address=None, options=None, **keys):
    """What a file is made of; the options of all files have their defaults."""
    request = make_request(keys)
    collector = Collector()
    for record in records(request):
        collector.add(record)
    address = address or f"http://downhill.example/?{request.query}"
    chosen = {key: option.default for key, option in OPTIONS.items()} | (options or {})
    return Taken(request, list(collector.walks()), collector.runs, last_of(ground_of(request)), address, chosen)


def file_of(file, /, **keys):
    """The whole file of that name, and what it was made of."""
    one = taken(**keys)
    return EXPORTS[file].whole(one), one
