"""What tests of pictures take: requests as the router takes them, and what is seen of a picture."""

import io
from xml.etree import ElementTree

import numpy as np
from PIL import Image

from app.answers.planes import ground_of
from app.answers.walks import Collector, records
from app.descent.landscapes.planes import last_of
from app.exports.taken import Taken
from app.request.making import make_request

USUAL = {"theme": "light", "width": 900, "height": 700}
SVG = "{http://www.w3.org/2000/svg}"


def taken(keys, **options):
    request, collector = make_request(keys), Collector()
    for record in records(request):
        collector.add(record)
    address = f"http://downhill.test/?{request.query}"
    ground = last_of(ground_of(request))
    return Taken(request, list(collector.walks()), collector.runs, ground, address, {**USUAL, **options})


def pixels(png):
    with Image.open(io.BytesIO(png)) as image:
        return np.asarray(image.convert("RGB")).astype(int)


def near(seen, colour, tolerance=24):
    """Where a picture has a colour, give or take what smooth edges make of it."""
    wanted = np.array(list(bytes.fromhex(colour.removeprefix("#"))))
    return np.abs(seen - wanted).max(axis=-1) <= tolerance


def texts(svg):
    return ["".join(one.itertext()) for one in ElementTree.fromstring(svg).iter(f"{SVG}text")]
