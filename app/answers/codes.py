"""A page's address as a QR code."""

from io import BytesIO

import segno

from app.request.errors import ApiError

# Version 40 with the least error correction holds so many bytes (ISO/IEC 18004, table 7).
MOST_BYTES = 2_953
# Light modules around the code, as its standard wants them.
_BORDER = 4


def check_code(address: str) -> None:
    """Raise ``ApiError`` where no QR code holds so long an address."""
    size = len(address.encode())
    if size > MOST_BYTES:
        raise ApiError(
            f"The address has {size} bytes, and a QR code holds {MOST_BYTES}.",
            hint="Leave out what is at its default, or some of the runs.",
        )


def draw_code(address: str) -> bytes:
    """The QR code of an address that one holds, as an SVG, with as much error correction as makes it no larger."""
    content = BytesIO()
    # Black on white in both themes: many readers see nothing in light modules on a dark ground.
    segno.make_qr(address, error="l", encoding="utf-8").save(
        content,
        kind="svg",
        xmldecl=False,
        omitsize=True,
        border=_BORDER,
        dark="#000",
        light="#fff",
        title=f"QR code of {address}",
        svgclass=None,
        lineclass=None,
    )
    return content.getvalue()
