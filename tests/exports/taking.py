"""What is taken of a walk, without a server."""

from app.answers.planes import ground_of
from app.answers.walks import Collector, records
from app.descent.landscapes.planes import last_of
from app.exports.table import EXPORTS
from app.exports.taken import Taken
from app.request.making import make_request

SMALL = {"width": 320, "height": 300, "frames": 12, "seconds": 2}


def taken(keys, file="walk.gif", **options):
    request = make_request(keys)
    collector = Collector()
    for record in records(request):
        collector.add(record)
    address = f"http://127.0.0.1:8000/?{request.query}"
    walks, known = list(collector.walks()), {key: EXPORTS[file].option(key).default for key in EXPORTS[file].options}
    return Taken(request, walks, collector.runs, last_of(ground_of(request)), address, known | SMALL | options)
