"""Films made of a walk, piece by piece: each piece is a frame."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial
from typing import NamedTuple

from app.exports.films.codings import H264, VP9, Coding
from app.exports.films.frames import Frames, Times
from app.exports.films.gif import GifWriter
from app.exports.options import Options, Size
from app.exports.taken import Taken
from app.request.errors import ApiError

# So many frames a second browsers show, of a GIF and of a video.
_GIF_RATE, _VIDEO_RATE = 50, 60


class Piece(NamedTuple):
    """How much of a file is made, from 0 to 1, and, with the last piece, the file."""

    progress: float
    content: bytes = b""


def gif(taken: Taken) -> Iterator[Piece]:
    """A GIF: each frame is another picture, and the last is held."""
    frames, times = Frames(taken), _times(taken.options)
    yield Piece(0.0)
    pictures = frames.pictures(times.frames)
    first = next(pictures)
    lasts = [(times.seconds - times.held) / (times.frames - 1)] * (times.frames - 1) + [times.held]
    writer = GifWriter(first, frames.theme, lasts)
    writer.add(first)
    for index, picture in enumerate(pictures, 2):
        writer.add(picture)
        yield Piece(index / (times.frames + 1))
    yield Piece(1.0, writer.end())


def _video(coding: Coding, taken: Taken) -> Iterator[Piece]:
    """A video, whose frames are all as long: what is held is the same picture again and again."""
    # FFmpeg takes a third of a second to be loaded, which only the process that makes the film need wait for.
    from app.exports.films.video import VideoWriter

    frames, times = Frames(taken), _times(taken.options)
    yield Piece(0.0)
    rate = Fraction(times.frames) / Fraction(times.seconds)
    title = f"{taken.request.landscape.slug}, {taken.request.optimizer.slug}"
    writer = VideoWriter(coding, frames.width, frames.height, rate, times.frames, title)
    moving = frames.pictures(times.moving)
    picture = next(moving)
    for index in range(times.frames):
        writer.add(picture)
        # The last picture stays.
        picture = next(moving, picture)
        yield Piece((index + 1) / (times.frames + 1))
    yield Piece(1.0, writer.end())


mp4 = partial(_video, H264)
webm = partial(_video, VP9)


def whole(pieces: Callable[[Taken], Iterator[Piece]]) -> Callable[[Taken], bytes]:
    """What makes the whole file at once."""

    def make(taken: Taken) -> bytes:
        *_, last = pieces(taken)
        return last.content

    return make


def _times(options: Options) -> Times:
    return Times(int(options["frames"]), int(options["seconds"]))


OPTIONS = ("width", "height", "frames", "seconds", "theme", "with", "progress")
_EVEN = "How {}, in pixels: an even number, for films keep one colour for two by two of them."
GIF_SIZES: Mapping[str, Size] = {
    "width": Size("How wide, in pixels.", 240, 1000, 480),
    "height": Size("How high, in pixels.", 240, 1000, 480),
    "frames": Size("How many pictures.", 10, 300, 100),
}
VIDEO_SIZES: Mapping[str, Size] = {
    "width": Size(_EVEN.format("wide"), 240, 1920, 1280, 2),
    "height": Size(_EVEN.format("high"), 240, 1920, 720, 2),
    "frames": Size("How many pictures.", 10, 300, 150),
}


def check_gif(options: Options) -> None:
    """Raise ``ApiError`` where a GIF would have more frames a second than browsers show."""
    _check_rate(options, _GIF_RATE)


def check_video(options: Options) -> None:
    """Raise ``ApiError`` where a video would have more frames a second than screens show."""
    _check_rate(options, _VIDEO_RATE)


def _check_rate(options: Options, most: int) -> None:
    frames, seconds = int(options["frames"]), int(options["seconds"])
    if frames > most * seconds:
        hint = f"There are at most {most} a second: frames up to {most * seconds}, or more seconds."
        raise ApiError(f"frames={frames} is too many for seconds={seconds}.", "frames", hint)
