"""MP4 and WebM, by FFmpeg's coders, which come with PyAV."""

import io
from fractions import Fraction
from typing import cast

import av
import numpy as np
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc
from av.video.stream import VideoStream
from PIL import Image

from app.exports.films.codings import Coding

# The index of an MP4 has some bytes for each frame. It comes first, so that a film that is loaded begins at once: room
# for it is left there, for nobody can read again what is written to memory.
_INDEX, _INDEX_FRAME = 4_096, 48


class VideoWriter:
    """Writes frame after frame, each of which is as long as the others."""

    def __init__(self, coding: Coding, width: int, height: int, rate: Fraction, frames: int, title: str) -> None:
        """Begin a file of so many frames, so many a second; both sizes are even."""
        self._content = io.BytesIO()
        # Equal requests give equal files: no time, and no random number, is in them.
        options = {"fflags": "+bitexact"}
        if coding.container == "mp4":
            options["moov_size"] = str(_INDEX + _INDEX_FRAME * frames)
        self._container = av.open(self._content, "w", format=coding.container, options=options)
        self._container.metadata["title"] = title
        stream = self._container.add_stream(coding.codec, rate=rate, options={**coding.settings})
        self._stream = cast(VideoStream, stream)
        self._stream.width, self._stream.height, self._stream.pix_fmt = width, height, "yuv420p"
        context = self._stream.codec_context
        # The server's other work has the other processors.
        context.thread_count = 1
        context.time_base = 1 / rate
        # As players take whatever is no old television.
        context.colorspace, context.color_range = Colorspace.ITU709, ColorRange.MPEG
        context.color_primaries, context.color_trc = ColorPrimaries.BT709, ColorTrc.BT709
        self._written = 0

    def add(self, picture: Image.Image) -> None:
        """Write the next frame."""
        frame = av.VideoFrame.from_ndarray(np.asarray(picture), format="rgb24").reformat(
            format="yuv420p", dst_colorspace=Colorspace.ITU709, dst_color_range=ColorRange.MPEG
        )
        frame.pts, frame.time_base = self._written, self._stream.codec_context.time_base
        self._written += 1
        self._container.mux(self._stream.encode(frame))

    def end(self) -> bytes:
        """The whole file."""
        self._container.mux(self._stream.encode(None))
        self._container.close()
        return self._content.getvalue()
