"""A citation of a walk, as BibTeX."""

from app import __version__
from app.exports.taken import Taken


def bibtex(taken: Taken) -> bytes:
    """The entry of the page that shows the walks, in ASCII."""
    title = f"{taken.request.landscape.title}, {taken.request.optimizer.title}"
    entry = f"""@misc{{downhill,
  title = {{Downhill: {title}}},
  howpublished = {{\\url{{{taken.address}}}}},
  note = {{Version {__version__}}},
}}
"""
    return entry.encode("ascii", "xmlcharrefreplace")
