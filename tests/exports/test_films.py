"""Films as they are decoded: their pictures, size and time; who is where in them; what is shown of whom."""

import io
from itertools import pairwise

import av
import numpy as np
import pytest
from PIL import Image

from app.exports.films.frames import Frames
from app.exports.films.theme import Theme
from app.exports.map_picture import map_ground
from app.exports.table import EXPORTS
from app.exports.work import Sent, begin, drop, go_on
from tests.exports.taking import SMALL, taken

WALK = {"landscape": "himmelblau", "optimizer": "momentum"}
RACE = {"landscape": "rosenbrock", "runs": [{"optimizer": "adam"}, {"optimizer": "newton", "hidden": 1}]}
LEAVES = {"landscape": "bowl", "optimizer": "gradient-descent", "learning_rate": 5.0, "steps": 60}
FILMS = [file for file in EXPORTS if EXPORTS[file].filmed]
VIDEOS = [file for file in FILMS if file != "walk.gif"]
# What coding a picture costs: a colour is another by so much at the most, in the middle of a sign.
NEAR = {"walk.gif": 24, "walk.mp4": 60, "walk.webm": 60}


def film_of(keys, file="walk.gif", **options):
    return EXPORTS[file].make(taken(keys, file, **options))


def frames_of(file, content):
    """The pictures of a film as arrays, and how many seconds each is shown."""
    if file == "walk.gif":
        picture = Image.open(io.BytesIO(content))
        found = []
        for index in range(picture.n_frames):
            picture.seek(index)
            found.append((np.asarray(picture.convert("RGB")).astype(int), picture.info["duration"] / 1000))
        return found
    with av.open(io.BytesIO(content)) as container:
        stream = container.streams.video[0]
        return [
            (
                frame.reformat(format="rgb24", src_colorspace="ITU709").to_ndarray().astype(int),
                float(1 / stream.average_rate),
            )
            for frame in container.decode(stream)
        ]


def colour_at(picture, place):
    x, y = (round(part) for part in place)
    return picture[y, x]


def is_near(one, other, by):
    return np.abs(np.asarray(one) - np.asarray(other)).max() <= by


@pytest.mark.parametrize("file", FILMS)
def test_a_film_has_the_pictures_the_size_and_the_time_that_were_asked_for(file):
    found = frames_of(file, film_of(WALK, file))
    assert len(found) == SMALL["frames"]
    assert {picture.shape for picture, _ in found} == {(SMALL["height"], SMALL["width"], 3)}
    assert sum(seconds for _, seconds in found) == pytest.approx(SMALL["seconds"])


def test_the_last_picture_of_a_gif_is_held_and_the_others_share_the_rest():
    times = [seconds for _, seconds in frames_of("walk.gif", film_of(WALK, frames=41, seconds=5))]
    assert times == [0.1] * 40 + [1.0]


@pytest.mark.parametrize("file", VIDEOS)
def test_the_last_pictures_of_a_video_are_one_that_is_held(file):
    pictures = [picture for picture, _ in frames_of(file, film_of(WALK, file, frames=40, seconds=4))]
    moves = [np.abs(one - other).max() for one, other in pairwise(pictures)]
    # The last second of four; what is coded anew of the same picture changes it by little.
    assert max(moves[-9:]) < 40 < max(moves[-12:])


def test_an_mp4_begins_at_once_for_its_index_comes_first():
    content = film_of(WALK, "walk.mp4")
    assert 0 < content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("file", FILMS)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_each_picture_shows_the_head_where_the_walk_is(file, theme):
    what = taken(WALK, file, theme=theme)
    frames = Frames(what)
    steps = frames.pace.steps(frames_moving(file))
    places = map_ground(what, theme, *frames.map_size).places(what.walks[0])
    colour = Theme(theme).colour("c0")
    pictures = [picture for picture, _ in frames_of(file, EXPORTS[file].make(what))]
    for step, picture in zip(steps, pictures, strict=False):
        k = int(step)
        after = places[min(k + 1, len(places) - 1)]
        place = places[k] + (step - k) * (after - places[k])
        assert is_near(colour_at(picture, place), colour, NEAR[file]), (step, place)
    assert steps[0] == 0
    assert steps[-1] == what.walks[0]["step"][-1]
    # At the beginning it is not where it ends.
    assert not is_near(colour_at(pictures[0], places[-1]), colour, NEAR[file])
    assert is_near(colour_at(pictures[-1], places[-1]), colour, NEAR[file])


def frames_moving(file):
    # Of two seconds six tenths are held: a GIF's last picture, seven tenths of a video's twelve.
    return SMALL["frames"] if file == "walk.gif" else SMALL["frames"] - 4 + 1


def test_pictures_of_a_gif_are_what_was_drawn():
    what = taken(RACE, frames=20)
    drawn = [np.asarray(picture).astype(int) for picture in Frames(what).pictures(20)]
    for one, (shown, _) in zip(drawn, frames_of("walk.gif", EXPORTS["walk.gif"].make(what)), strict=True):
        assert np.abs(one - shown).mean() < 3


def test_all_that_are_seen_have_a_head_and_who_is_hidden_has_none():
    what = taken(RACE)
    places = map_ground(what, "light", *Frames(what).map_size)
    *_, last = Frames(what).pictures(12)
    picture = np.asarray(last).astype(int)
    for walk, name, seen in zip(what.walks, ("c0", "c1", "c2"), (True, True, False), strict=True):
        end = places.places(walk)[-1]
        assert is_near(colour_at(picture, end), Theme("light").colour(name), 10) == seen


def test_a_trail_stays_where_the_walk_came_by():
    what = taken({"landscape": "bowl", "optimizer": "gradient-descent", "learning_rate": 1.0})
    frames = Frames(what)
    first, *_, last = (np.asarray(picture).astype(int) for picture in frames.pictures(12))
    start, second = map_ground(what, "light", *frames.map_size).places(what.walks[0])[:2]
    between = (start + second) / 2
    colour = Theme("light").colour("c0")
    assert is_near(colour_at(last, between), colour, 60)
    assert not is_near(colour_at(first, between), colour, 60)


@pytest.mark.parametrize("file", FILMS)
def test_of_a_walk_that_diverged_the_view_follows_who_left(file):
    what = taken(LEAVES, file, theme="dark")
    assert what.walks[0]["summary"]["outcome"] == "diverged"
    frames = Frames(what)
    assert frames.pace.leaves
    assert frames.pace.scale(0) == 1
    assert frames.pace.scale(what.walks[0]["step"][-1]) > 1e5
    *_, last = frames.pictures(12)
    width, height = frames.map_size
    # The whole map is a dot in the middle, and the walker is in the picture.
    theme = Theme("dark")
    assert last.getpixel((width // 2, height // 2)) == theme.colour("accent")
    assert (np.asarray(last)[:height, :width] == theme.colour("c0")).all(axis=-1).sum() > 30
    assert len(frames_of(file, EXPORTS[file].make(what))) == SMALL["frames"]


def test_who_is_outside_while_most_stay_is_told_by_an_arrow_at_the_border():
    what = taken({"landscape": "rosenbrock", "optimizer": "newton", "steps": 4})
    frames = Frames(what)
    assert not frames.pace.leaves
    places = frames.paths.spots[0]
    outside = int(np.flatnonzero((places < 0).any(axis=1) | (places > frames.map_size).any(axis=1))[0])
    steps = frames.pace.steps(200)
    index = int(np.abs(steps - outside).argmin())
    picture = np.asarray(list(frames.pictures(200))[index])[: frames.map_size[1]]
    rim = (picture[-round(20 * frames.unit) :] == Theme("light").colour("c0")).all(axis=-1)
    assert rim.sum() > 20


@pytest.mark.parametrize(
    "keys",
    [
        {"landscape": "two-minima"},
        {"landscape": "bowl", "steps": 1},
        {"landscape": "bowl", "start": [0.0, 0.0]},
        {"landscape": "himmelblau", "goal": "maximize", "steps": 30},
        {"landscape": "himmelblau", "starts": 30, "steps": 20},
        {"formula": "log(x)+y^2", "start": [0.01, 0.5], "learning_rate": 50.0, "steps": 20},
        {"landscape": "himmelblau", "hidden": 1, "runs": [{"optimizer": "adam", "hidden": 1}]},
    ],
    ids=["curve", "one step", "no step", "ascent", "crowd", "not a number", "all hidden"],
)
def test_every_kind_of_walk_has_a_film_with_its_loss(keys):
    alone, beside = (frames_of("walk.gif", film_of(keys, **{"with": what})) for what in ("none", "loss"))
    assert len(alone) == len(beside) == SMALL["frames"]
    assert any((one != other).any() for (one, _), (other, _) in zip(alone, beside, strict=True))


def test_a_network_walks_on_its_plane():
    what = taken({"landscape": network(), "steps": 20})
    assert len(frames_of("walk.gif", EXPORTS["walk.gif"].make(what))) == SMALL["frames"]


def network():
    from app.descent.landscapes import LANDSCAPES

    return next(slug for slug, entry in LANDSCAPES.items() if entry.network)


def test_the_curve_of_the_loss_comes_as_far_as_the_film_has():
    what = taken(WALK, **{"with": "loss"})
    frames = Frames(what)
    left, top = frames._curve_at
    panels = [np.asarray(picture)[top : top + frames.curve_size[1], left:] for picture in frames.pictures(12)]
    bright = [(panel == Theme("light").colour("c0")).all(axis=-1) for panel in panels]
    reach = [int(np.flatnonzero(one.any(axis=0))[-1]) for one in bright]
    assert reach == sorted(reach)
    assert reach[0] < 20 < 280 < reach[-1]


def test_what_is_sent_to_a_process_makes_the_same_film_there():
    what = taken({**WALK, "formula": "x^2+3*y^2", "landscape": None, "steps": 30})
    begin(-1, Sent.of("walk.gif", what))
    piece = go_on(-1, encoded=False)
    while not piece.content:
        piece = go_on(-1, encoded=False)
    drop(-1)
    assert piece.content == EXPORTS["walk.gif"].make(what)
