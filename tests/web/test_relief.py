"""Tints, contour lines and shades: what all pictures of a ground are drawn by."""

import math
from decimal import Decimal

import numpy as np
import pytest

from app.answers.relief import Scale, levels, lowest_known, roundest, scale_of, shade
from app.descent.landscapes import LANDSCAPES
from app.descent.landscapes.landscape import Box
from tests.descent.by_hand import BY_HAND
from tests.web.asking import error_of, read

PLANES = [slug for slug, entry in LANDSCAPES.items() if entry.dimensions == 2]
# A network's plane has no formula that was published.
PUBLISHED = [slug for slug in PLANES if slug in BY_HAND]


def digits(number):
    return len(Decimal(repr(float(number))).normalize().as_tuple().digits)


def relief_of(api, slug, more=""):
    return read(api.get(f"/api/landscapes/{slug}/surface?relief=1&resolution=101{more}").content)


@pytest.mark.parametrize(
    ("low", "target", "high", "found"),
    [
        (0.8, 1.1, 1.3, 1.0),
        (8.7, 9.6, 11, 10.0),
        (-0.1, 0.3, 0.5, 0.0),
        (-78, -63, -55, -60.0),
        (0.41, 0.424, 0.43, 0.42),
    ],
)
def test_a_numbered_line_has_the_roundest_loss_near_its_place(low, target, high, found):
    assert roundest(low, target, high) == found


def test_no_number_in_the_range_is_rounder():
    rng = np.random.default_rng(5)
    for _ in range(300):
        low = float(rng.normal() * 10 ** rng.uniform(-3, 5))
        high = low + abs(low) * float(rng.uniform(0.02, 0.5))
        found = roundest(low, (low + high) / 2, high)
        assert low <= found <= high
        if low <= 0 <= high:
            assert found == 0
            continue
        # Every number with fewer digits, tried one by one.
        power = math.floor(math.log10(max(abs(low), abs(high))))
        for fewer in range(1, digits(found)):
            unit = 10.0 ** (power - fewer + 1)
            assert not math.ceil(low / unit - 1e-9) <= math.floor(high / unit + 1e-9)


@pytest.mark.parametrize("slug", PLANES)
def test_every_fourth_line_is_a_numbered_one_and_all_rise(slug):
    entry = LANDSCAPES[slug]
    _, _, loss = entry.at().surface(entry.domain, 101)
    scale = scale_of(loss, lowest_known(entry.at(), entry.domain))
    found = levels(scale)
    assert [level.numbered for level in found] == [k % 4 == 3 for k in range(len(found))]
    losses = [level.loss for level in found]
    assert losses == sorted(set(losses))
    assert scale.lowest < losses[0]
    assert losses[-1] < scale.highest
    parts = scale.part(np.array([scale.lowest, *losses, scale.highest]))
    assert np.diff(parts).max() < 2 / len(found)
    # Half of the ground does not lie in the lowest tints.
    assert np.nanmedian(scale.part(loss)) >= 0.35


@pytest.mark.parametrize("slug", PUBLISHED)
def test_contour_lines_lie_at_their_loss_inside_the_box(api, slug):
    entry, record = LANDSCAPES[slug], relief_of(api, slug)
    relief, shape = record["relief"], entry.shape.default if entry.shape else None
    scale = Scale(relief["lowest"], relief["highest"], relief["root"])
    assert len(relief["lines"]) > 8
    for line in relief["lines"]:
        x, y = np.array(line["x"], dtype=float), np.array(line["y"], dtype=float)
        assert np.isnan(x).tolist() == np.isnan(y).tolist()
        x, y = x[~np.isnan(x)], y[~np.isnan(y)]
        (low_x, low_y), (high_x, high_y) = entry.domain
        assert (x >= low_x - 1e-3 * (high_x - low_x)).all()
        assert (x <= high_x + 1e-3 * (high_x - low_x)).all()
        assert (y >= low_y - 1e-3 * (high_y - low_y)).all()
        assert (y <= high_y + 1e-3 * (high_y - low_y)).all()
        parts = scale.part(np.asarray(BY_HAND[slug].loss(x, y, shape)))
        # Between the points of a grid a line is straight: by no more than a third of the way to the next line.
        assert np.quantile(np.abs(parts - scale.part(np.array(line["loss"]))), 0.95) < 0.017


@pytest.mark.parametrize("slug", PUBLISHED)
def test_shades_are_those_of_the_published_formulas_slopes(api, slug):
    entry, record = LANDSCAPES[slug], relief_of(api, slug)
    shape = entry.shape.default if entry.shape else None
    x, y = np.meshgrid(record["x"], record["y"])
    with np.errstate(all="ignore"):
        slopes = BY_HAND[slug].gradient(x, y, shape)
        right, up = (
            np.broadcast_to(part, x.shape) * side for part, side in zip(slopes, entry.domain.widths, strict=True)
        )
        steep = np.hypot(right, up)
        # The light comes from the upper left: what falls that way is lit.
        expected = (up - right) * -math.sqrt(0.5) / (steep + max(np.nanmedian(steep), np.nanmean(steep) / 10))
    expected = np.where(np.isfinite(expected), expected, 0)
    assert np.array(record["relief"]["shade"]) / 100 == pytest.approx(expected, abs=0.006)


def test_of_a_hole_the_side_that_faces_the_light_is_lit():
    lit = shade(LANDSCAPES["bowl"].at(1.0), Box((-1.0, -1.0), (1.0, 1.0)), 3)
    assert lit[0, 2] == -lit[2, 0] > 0.4, "below on the right the ground falls to the upper left"
    assert lit[1, 1] == 0
    assert lit[0, 0] == pytest.approx(0, abs=1e-12)


@pytest.mark.parametrize("slug", ["rosenbrock", "rastrigin", "logistic", "plateau"])
def test_relief_changes_nothing_else_of_the_surface(api, slug):
    plain = read(api.get(f"/api/landscapes/{slug}/surface?resolution=21").content)
    with_it = read(api.get(f"/api/landscapes/{slug}/surface?resolution=21&relief=1").content)
    assert list(with_it) == ["x", "y", "loss", "relief"]
    assert {key: with_it[key] for key in plain} == plain
    assert read(api.get(f"/api/landscapes/{slug}/surface?resolution=21&relief=0").content) == plain


def test_a_curve_has_no_relief_and_flat_ground_no_lines(api):
    assert "relief" not in read(api.get("/api/landscapes/kink/surface?relief=1").content)
    assert levels(Scale(2.0, 2.0, 1)) == []
    assert scale_of(np.array([[np.nan, np.inf]])) is None
    assert scale_of(np.array([[3.0, 3.0]])) == Scale(3.0, 3.0, 8)


@pytest.mark.parametrize("value", ["2", "-1", "yes", "0.5", ""])
def test_relief_is_one_or_nought(api, value):
    error_of(api.get(f"/api/landscapes/bowl/surface?relief={value}"), 422, "relief")
