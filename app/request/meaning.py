"""When a key means something: data, a row for each thing that it needs, read by one function on either side.

What else decides is in the registries' records: a hyperparameter means something with the entries that list it.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Need(NamedTuple):
    """A key means something only where another key has, or has not, something.

    ``key`` is that other one. ``trait`` is what its registry's entry must have; where it is None, the value itself must
    be there and not be 0. Where ``wanted`` is False, it must not. With ``where`` all that is asked only of those
    entries of the key's own registry that have this trait, with ``of`` only of this value of the key.

    ``message`` and ``hint`` say what is wrong otherwise: ``{value}`` is the key's own, ``{slug}`` the other one's, and
    ``{able}`` are the slugs that would do.
    """

    key: str
    trait: str | None
    wanted: bool
    message: str
    hint: str
    where: str | None = None
    of: str | None = None

    def is_met(self, keys: Mapping[str, Any]) -> bool:
        """Whether it is so with these keys."""
        value = keys.get(self.key)
        return bool(getattr(value, self.trait) if self.trait else value) is self.wanted

    def record(self) -> dict[str, Any]:
        """What the other side has to know of it: there a trait is a field of the entry's record."""
        only = {"where": self.where, "of": self.of}
        return {
            "key": self.key,
            "trait": self.trait,
            "wanted": self.wanted,
            **{name: value for name, value in only.items() if value},
        }


def _of_the_map(key: str) -> tuple[Need, ...]:
    return (
        Need(
            "map",
            None,
            True,
            f"{key} has no meaning without a map.",
            "Add map=basins or map=rates, or leave it out.",
        ),
    )


def _of_a_network(key: str) -> tuple[Need, ...]:
    return (
        Need(
            "landscape",
            "network",
            True,
            f"{key} has no meaning with {{slug}}, which is no network.",
            "Leave it out; networks are {able}.",
        ),
    )


NEEDS: Mapping[str, tuple[Need, ...]] = {
    "shape": (
        Need(
            "landscape",
            "shape",
            True,
            "{slug} has no shape knob.",
            "Leave it out; those that have one: {able}.",
        ),
    ),
    "model": (
        Need(
            "data",
            None,
            True,
            "model={value} has no meaning without data.",
            "Give points too, as in data=1,2;2,3;3,5, or leave it out.",
        ),
    ),
    "constants": (
        Need(
            "formula",
            None,
            True,
            "constants={value} has no meaning without a formula.",
            "Give a formula too, such as formula=a*x^2+y^2, or leave it out.",
        ),
    ),
    "hyperparameters": (
        Need(
            "rule",
            None,
            True,
            "hyperparameters={value} has no meaning without a rule.",
            "Give a rule too, or set those of an optimizer by their own keys, such as momentum=0.9.",
        ),
    ),
    "optimizer": (
        Need(
            "landscape",
            "smooth",
            True,
            "optimizer={value} needs a Hessian, and {slug} has kinks, where there is none.",
            "Use one of {able}, or a landscape without kinks.",
            where="needs_hessian",
        ),
        Need(
            "landscape",
            "network",
            False,
            "optimizer={value} needs a Hessian of two dimensions, and {slug} has more weights.",
            "Use one of {able}, or another landscape.",
            where="needs_hessian",
        ),
    ),
    "goal": (
        Need(
            "landscape",
            "network",
            False,
            "goal={value} has no meaning with {slug}: an error of a network grows without end.",
            "Leave it out, or use another landscape.",
            of="maximize",
        ),
    ),
    "batch": (
        Need(
            "landscape",
            "points",
            True,
            "batch={value} has no meaning with {slug}, which is not made from data.",
            "Leave it out; those made from data: {able}.",
        ),
        Need(
            "optimizer",
            "needs_all_data",
            False,
            "batch={value} has no meaning with optimizer={slug}, which works with the loss of all points.",
            "Leave it out, or use one of {able}.",
        ),
    ),
    "restarts": (
        Need(
            "schedule",
            "anneals",
            True,
            "restarts={value} has no meaning with schedule={slug}: nothing is annealed.",
            "Use one of {able}, or restarts=0.",
        ),
    ),
    "growth": (
        Need(
            "restarts",
            None,
            True,
            "growth has no meaning without restarts.",
            "Set restarts to 1 or more, or leave it out.",
        ),
    ),
    "min_change": (
        Need(
            "patience",
            None,
            True,
            "min_change has no meaning without patience.",
            "Set patience to 1 or more, or leave it out.",
        ),
    ),
    "warmup": (
        Need(
            "schedule",
            "warms_up",
            False,
            "warmup={value} has no meaning with schedule={slug}, which rises by itself.",
            "Leave it out, or use one of {able}.",
        ),
    ),
    "view": (
        Need(
            "landscape",
            "points",
            True,
            "view={value} has no meaning with {slug}, which is not made from data.",
            "Leave it out; those made from data: {able}.",
            of="data",
        ),
    ),
    **{key: _of_the_map(key) for key in ("map_run", "window", "resolution")},
    "plane": (
        *_of_a_network("plane"),
        Need(
            "runs",
            None,
            True,
            "plane=ends goes through the ends of two runs, and there is one.",
            "Add a second one, such as run=adam, or use plane=walk or plane=steps.",
            of="ends",
        ),
    ),
    **{key: _of_a_network(key) for key in ("plane_run", "weights")},
}


def unmet(key: str, keys: Mapping[str, Any]) -> Need | None:
    """What the key needs first and does not find among the keys; None where it means something.

    ``keys`` are those that are given, with the registries' entries of ``landscape``, ``optimizer`` and ``schedule``.
    What is needed must mean something itself: there is no growth where restarts mean nothing.
    """
    for need in NEEDS.get(key, ()):
        if need.where and not getattr(keys[key], need.where):
            continue
        if need.of is not None and need.of not in listed(keys.get(key)):
            continue
        if not need.is_met(keys):
            return need
        if deeper := unmet(need.key, keys):
            return deeper
    return None


def listed(value: Any) -> list[Any]:
    """What is given, one or several, as a list."""
    return value if isinstance(value, list) else [value]


def needs_of(key: str) -> list[dict[str, Any]]:
    """What a key needs to mean something, as records."""
    return [need.record() for need in NEEDS.get(key, ())]
