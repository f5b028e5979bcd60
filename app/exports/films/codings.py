"""How films are coded: as MP4 and as WebM."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Coding:
    """A kind of file, what codes its pictures, and how: so fast that drawing takes as long."""

    container: str
    codec: str
    settings: Mapping[str, str]


H264 = Coding("mp4", "libx264", {"preset": "veryfast", "crf": "19"})
# Constant quality, for which the rate is set to nothing; and made as for somebody who waits.
VP9 = Coding("webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "7", "crf": "26", "b": "0", "row-mt": "0"})
