"""The libraries that scripts are written for: what functions are called there, and those that they have not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_SAME = ("exp", "log", "sqrt", "sin", "cos", "tan", "tanh", "sinh", "cosh", "abs", "sign")


@dataclass(frozen=True)
class Library:
    """One library: ``name`` is what stands before its functions, ``imports`` are the script's first lines.

    ``functions`` says how a function of a formula or a rule is called; what is in ``helpers`` under that name stands in
    the script where it is called. ``stack`` makes an array of numbers that are arrays themselves; ``array`` one of
    Python's. Where a function takes arrays alone, ``wrapped`` is what makes one of a number; else it is nothing.
    Whoever ``derives`` finds gradients by itself.
    """

    slug: str
    title: str
    name: str
    imports: Sequence[str]
    functions: Mapping[str, str]
    helpers: Mapping[str, Sequence[str]]
    array: str
    stack: str
    derives: bool
    wrapped: str = ""
    outer: str = "outer"
    notes: Sequence[str] = field(default_factory=tuple)

    def used(self, source: str) -> list[str]:
        """The helpers that a source calls, each with an empty line before it."""
        found: list[str] = []
        for name, lines in self.helpers.items():
            if f"{name}(" in source:
                found += ["", "", *lines]
        return found


def _functions(name: str, **others: str) -> dict[str, str]:
    return {
        **{function: f"{name}.{function}" for function in _SAME},
        "atan": f"{name}.arctan",
        "min": f"{name}.minimum",
        "max": f"{name}.maximum",
        "where": f"{name}.where",
        **others,
    }


NUMPY = Library(
    slug="numpy",
    title="NumPy",
    name="np",
    imports=("import math", "", "import numpy as np", "", 'np.seterr(all="ignore")  # a walk that leaves may overflow'),
    functions=_functions(
        "np",
        sigmoid="sigmoid",
        log_sigmoid="log_sigmoid",
        power="power",
        varying_power="varying_power",
        fixed_power="np.float_power",
        divide="divide",
        careful_log="careful_log",
        full_like="np.full_like",
    ),
    helpers={
        "log_sigmoid": (
            "def log_sigmoid(value):",
            "    return np.minimum(value, 0.0) - np.log1p(np.exp(-np.abs(value)))",
        ),
        "sigmoid": (
            "def sigmoid(value):",
            "    part = np.exp(-np.abs(value))",
            "    return np.where(value < 0, part, 1.0)/(1.0 + part)",
        ),
        "varying_power": (
            "def varying_power(base, exponent):  # without a logarithm there is no gradient",
            "    return np.where(np.less_equal(base, 0), np.nan, np.float_power(base, exponent))",
        ),
        "power": (
            "def power(base, exponent):  # not infinite at a pole, but no number",
            "    pole = np.equal(base, 0) & np.less(exponent, 0)",
            "    return np.where(pole, np.nan, np.float_power(base, exponent))",
        ),
        "divide": (
            "def divide(value, by):  # not infinite at a pole, but no number",
            "    return np.where(np.equal(by, 0), np.nan, np.divide(value, by))",
        ),
        "careful_log": (
            "def careful_log(value):  # not infinite at a pole, but no number",
            "    return np.where(np.equal(value, 0), np.nan, np.log(value))",
        ),
    },
    array="np.array",
    stack="np.array",
    derives=False,
)

PYTORCH = Library(
    slug="pytorch",
    title="PyTorch",
    name="torch",
    imports=(
        "import math",
        "",
        "import numpy as np",
        "import torch",
        "",
        "# Everything in float64: PyTorch keeps some numbers of its optimizers in the default dtype.",
        "torch.set_default_dtype(torch.float64)",
        'np.seterr(all="ignore")  # a walk that leaves may overflow',
    ),
    functions=_functions(
        "torch",
        sigmoid="torch.sigmoid",
        log_sigmoid="torch.nn.functional.logsigmoid",
        power="power",
        varying_power="varying_power",
        fixed_power="torch.pow",
        divide="divide",
        careful_log="careful_log",
        full_like="torch.full_like",
    ),
    helpers={
        "varying_power": (
            "def varying_power(base, exponent):  # without a logarithm there is no gradient",
            "    base = torch.as_tensor(base)",
            "    return torch.where(base <= 0, torch.nan, torch.pow(base, exponent))",
        ),
        "power": (
            "def power(base, exponent):  # not infinite at a pole, but no number",
            "    base, exponent = torch.as_tensor(base), torch.as_tensor(exponent)",
            "    pole = (base == 0) & (exponent < 0)",
            "    return torch.where(pole, torch.nan, torch.pow(base, exponent))",
        ),
        "divide": (
            "def divide(value, by):  # not infinite at a pole, but no number",
            "    value, by = torch.as_tensor(value), torch.as_tensor(by)",
            "    return torch.where(by == 0, torch.nan, value/by)",
        ),
        "careful_log": (
            "def careful_log(value):  # not infinite at a pole, but no number",
            "    return torch.where(value == 0, torch.nan, torch.log(value))",
        ),
    },
    array="torch.tensor",
    stack="torch.stack",
    derives=True,
    wrapped="torch.tensor",
)

JAX = Library(
    slug="optax",
    title="JAX and optax",
    name="jnp",
    imports=(
        "import math",
        "",
        "import jax",
        "import jax.numpy as jnp",
        "import numpy as np",
        "import optax",
        "",
        'jax.config.update("jax_enable_x64", True)  # float64, which JAX has to be asked for',
        'np.seterr(all="ignore")  # a walk that leaves may overflow',
    ),
    functions=_functions(
        "jnp",
        sigmoid="jax.nn.sigmoid",
        log_sigmoid="jax.nn.log_sigmoid",
        power="power",
        varying_power="varying_power",
        fixed_power="jnp.power",
        divide="divide",
        careful_log="careful_log",
        full_like="jnp.full_like",
    ),
    helpers={
        "varying_power": (
            "def varying_power(base, exponent):  # without a logarithm there is no gradient",
            "    return jnp.where(base <= 0, jnp.nan, jnp.power(base, exponent))",
        ),
        "power": (
            "def power(base, exponent):  # not infinite at a pole, but no number",
            "    pole = jnp.equal(base, 0) & jnp.less(exponent, 0)",
            "    return jnp.where(pole, jnp.nan, jnp.power(base, exponent))",
        ),
        "divide": (
            "def divide(value, by):  # not infinite at a pole, but no number",
            "    return jnp.where(jnp.equal(by, 0), jnp.nan, jnp.divide(value, by))",
        ),
        "careful_log": (
            "def careful_log(value):  # not infinite at a pole, but no number",
            "    return jnp.where(jnp.equal(value, 0), jnp.nan, jnp.log(value))",
        ),
    },
    array="jnp.array",
    stack="jnp.stack",
    derives=True,
)
