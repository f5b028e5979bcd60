"""Optimizers: a table of update rules.

Most rules work on one coordinate at a time, and are the lines of their table entry (see ``rules``). Those that look at
both coordinates at once, or at further points, are methods (see ``steps``); their lines are LaTeX.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from typing import NamedTuple

import numpy as np

from app.descent.formulas.arithmetic import Array
from app.descent.landscapes.landscape import Landscape, Rates, Source
from app.descent.optimizers.bfgs import Bfgs
from app.descent.optimizers.hyperparameters import Hyperparameter, values_of
from app.descent.optimizers.learning_rates import LEARNING_RATES
from app.descent.optimizers.rules import Line, Rule, State, lines_of
from app.descent.optimizers.sam import Sam
from app.descent.optimizers.steps import Method
from app.descent.optimizers.whole_point import LineSearch, Newton

# The slug of an optimizer whose rule somebody typed: it is in no table.
TYPED = "rule"

# How the quantities of a step are written. The names are those of the trace's records and of the rules.
SYMBOLS: Mapping[str, str] = {
    "gradient": "g_k",
    "slope": r"\nabla f(x_k)",
    "batch_slope": r"\nabla f_{B_k}(x_k)",
    "noise": r"\xi_k",
    "learning_rate": r"\eta_k",
    "point": "x_k",
    "point_next": "x_{k+1}",
    "loss": "f(x_k)",
    "count": "k",
    "count_next": "n",
    "velocity": "v_k",
    "velocity_next": "v_{k+1}",
    "mean": "m_k",
    "mean_next": "m_{k+1}",
    "mean_hat": r"\hat{m}",
    "square": "s_k",
    "square_next": "s_{k+1}",
    "square_hat": r"\hat{s}",
    "largest": r"s^{\max}_k",
    "largest_next": r"s^{\max}_{k+1}",
    "total": "s_k",
    "total_next": "s_{k+1}",
    "moved": "u_k",
    "moved_next": "u_{k+1}",
    "change": r"\Delta_k",
    "spread": "d",
    "direction": "c",
    "shrunk": r"\tilde{x}",
    "weight": r"\mu",
    "weight_after": r"\mu'",
    "product": "p_k",
    "product_next": "p_{k+1}",
    "hessian": r"\nabla^2 f(x_k)",
    "newton": "d_k",
    "probes": "j",
    "accepted": "t",
    "bound": "b",
    "probed": r"f(x_k - t\,g_k)",
    "size": r"\|g_k\|^2",
    "inverse": "H_k",
    "search": "p_k",
    "length": "t",
    "displacement": "s_k",
    "gradient_change": "y_k",
    "ascent": "e_k",
    "perturbed": r"\hat{x}_k",
    "gradient_there": r"g(\hat{x}_k)",
}

# What the walk hands to every rule as its gradient, by goal, by whether there is noise, and by whether a mini-batch is
# drawn: in symbols, and in numbers.
GRADIENT_RULES: Mapping[tuple[str, bool, bool], Line] = {
    (goal, noisy, batched): Line(
        rf"{{gradient}} = {sign}{{{slope}}}" + (" + {noise}" if noisy else ""),
        (rf"{sign}{{{slope}}} + {{noise}}" if noisy else rf"{sign}\nabla {shown}{{point}}") + " = {gradient}",
    )
    for goal, sign in (("minimize", ""), ("maximize", "-"))
    for noisy in (False, True)
    for batched, slope, shown in ((False, "slope", "f"), (True, "batch_slope", "f_{B_k}"))
}


class BestRule(NamedTuple):
    """The constant settings that shrink the error fastest on a quadratic, in the long run.

    ``settings`` takes its smallest and its largest curvature λ towards the goal, both above 0, and returns the learning
    rate and the hyperparameters by key. ``rate`` takes the condition number κ, their quotient, and returns what the
    distance to the optimum is multiplied with at each step: 0 where it is reached exactly. Both are also in LaTeX.
    """

    settings: Callable[[float, float], dict[str, float]]
    rate: Callable[[float], float]
    settings_latex: tuple[str, ...]
    rate_latex: str
    source: Source


def _as_the_gradient_does(rates: Rates) -> float:
    return rates.gradient


def _nothing(**values: float) -> str:
    """No words; a function with a name, because an optimizer is sent to other processes."""
    return ""


@dataclass(frozen=True)
class Optimizer:
    """One entry of the registry.

    ``rule`` is either a text that each coordinate follows by itself or a method of the whole point, which may need a
    Hessian, or all the data, because the loss of a mini-batch is another at each step. A step costs about ``tries``
    evaluations, and not always as many where it ``varies``; each takes so many ``gradients`` at the least. One that
    ``keeps_inverse`` has an inverse Hessian of its own among a step's numbers, under ``inverse``.
    ``convention`` states which of several forms in use this is. ``stability`` gives the c of the limit c/λ on the
    learning rate, above which the rule diverges on a quadratic whose largest curvature is λ; None where no such limit
    is known. ``best`` gives the best settings on quadratics, where they are known. ``full_step`` is the learning rate
    of an optimizer whose step is right by itself, wherever it walks; None of all others.
    One that ``adapts`` divides by what it remembers of a coordinate. ``remembers`` is for a rule whose steps do not
    show what it remembers: from the gradients of a walk that repeats, in its order, shape (2, period), it gives the
    state before each step when that has gone on for ever, None where they do not tell. ``restless`` says what keeps
    the optimizer from coming to rest, nothing where it does. ``proposed`` is the learning rate on a landscape that is
    in no table, from what that proposes.
    ``like`` is the optimizer whose learning rates are usual for it, where none were looked for; ``own_symbols`` are
    those of its rule that ``SYMBOLS`` has not, or has for something else; ``no_value`` says why a step of it may lead
    nowhere. Where one of ``velocity`` is above 0, it keeps some of its speed.
    """

    slug: str
    title: str
    hyperparameters: tuple[Hyperparameter, ...]
    rule: Rule | Method
    convention: str
    source: Source
    stability: Callable[..., float] | None = None
    stability_text: Callable[..., str] = _nothing
    best: BestRule | None = None
    full_step: float | None = None
    needs_hessian: bool = False
    needs_all_data: bool = False
    tries: int = 1
    varies: bool = False
    gradients: int = 1
    keeps_inverse: bool = False
    adapts: bool = False
    remembers: Callable[..., State] | None = None
    restless: Callable[..., str] = _nothing
    proposed: Callable[[Rates], float] = _as_the_gradient_does
    like: str = ""
    own_symbols: Mapping[str, str] = field(default_factory=dict)
    no_value: str = ""
    velocity: tuple[str, ...] = ("momentum", "beta1")

    @property
    def symbols(self) -> Mapping[str, str]:
        """How each quantity of its rule, and of a step of it, is written in LaTeX."""
        own = {parameter.key: parameter.symbol for parameter in self.hyperparameters}
        return {**SYMBOLS, **own, **self.own_symbols}

    def usual_learning_rate(self, landscape: Landscape) -> float:
        """The learning rate where none is given: what was found for the two, momentum's chosen with the landscape."""
        if landscape.rates is not None:
            return (OPTIMIZERS[self.like] if self.like else self).proposed(landscape.rates)
        found = LEARNING_RATES.get(self.like or self.slug, {}).get(landscape.slug)
        return found or self.full_step or landscape.learning_rate

    def values(self, given: Mapping[str, float | None]) -> dict[str, float]:
        """Each hyperparameter, from ``given`` or its default."""
        return values_of(self.hyperparameters, given)


_MOMENTUM = Hyperparameter(
    "momentum",
    "Momentum",
    r"\beta",
    0.0,
    1.0,
    0.8,
    "How much of its speed the ball keeps at each step.",
    convention="The velocity is a sum of gradients, as in PyTorch; at 0 it is plain gradient descent.",
    by_landscape=True,
)
_DAMPENING = Hyperparameter(
    "dampening",
    "Dampening",
    r"\tau",
    0.0,
    1.0,
    0.0,
    "How much of each new gradient is held back.",
    convention="Equal to the momentum it makes the velocity a weighted average.",
)


def _beta1(default: float = 0.9) -> Hyperparameter:
    text = "How long past gradients are remembered for the direction of a step."
    convention = "The part of the running average of the gradient that is kept at each step."
    return Hyperparameter("beta1", "First decay", r"\beta_1", 0.0, 0.9999, default, text, convention=convention)


def _beta2(default: float = 0.999, of: str = "squared gradient", what: str = "the length of a step") -> Hyperparameter:
    text = f"How long past gradients are remembered for {what}."
    convention = f"The part of the running average of the {of} that is kept at each step."
    return Hyperparameter("beta2", "Second decay", r"\beta_2", 0.0, 0.9999, default, text, convention=convention)


def _decay(default: float) -> Hyperparameter:
    text = "How long past gradients are remembered for the length of a step."
    convention = "The part of the running average of the squared gradient that is kept at each step."
    return Hyperparameter("decay", "Decay", r"\alpha", 0.0, 0.9999, default, text, convention=convention)


def _epsilon(default: float, where: str = "Added outside the square root") -> Hyperparameter:
    text = "Keeps steps finite where the gradient has been tiny."
    return Hyperparameter(
        "epsilon", "Epsilon", r"\epsilon", 1e-12, 1.0, default, text, log=True, convention=f"{where}."
    )


def _weight_decay(default: float) -> Hyperparameter:
    text = "How strongly each step first pulls the point towards the origin."
    convention = "By this times the learning rate, apart from the gradient."
    return Hyperparameter("weight_decay", "Weight decay", r"\lambda", 0.0, 1.0, default, text, convention=convention)


_AVERAGES = (
    "mean_next = beta1*mean + (1 - beta1)*gradient",
    "square_next = beta2*square + (1 - beta2)*gradient**2",
)
_CORRECTED = (
    "mean_hat = mean_next/(1 - beta1**count_next)",
    "square_hat = square_next/(1 - beta2**count_next)",
)


def _endless_average(values: Array, kept: float) -> Array:
    """The running average before each of the values, when they have repeated for ever; shape (period,)."""
    period = len(values)
    # How often each was, counted from the one just before: 1, kept, kept², … of all rounds.
    weights = (1 - kept) * kept ** np.arange(period) / (1 - kept**period)
    before = np.subtract.outer(np.arange(period), np.arange(1, period + 1))
    return np.asarray(values[before] @ weights)


_ALONG_NEWTON = (
    r"{point_next} = {point} + {learning_rate}\,{newton}",
    r"{point_next} = {point} + {learning_rate} \cdot {newton}",
)
_ALONG_GRADIENT = (
    r"{point_next} = {point} - {accepted}\,{gradient}",
    r"{point_next} = {point} - {accepted} \cdot {gradient}",
)
_ALONG_INVERSE = (r"{search} = -{inverse}\,{gradient}", r"{search} = -{inverse}\,{gradient}")
_SEARCHED = r"{point_next} = {point} + {length}\,{search}"
_SHORTENED = (
    r"{accepted} = {backtrack}^{{probes}}\,{learning_rate}",
    r"{accepted} = {backtrack}^{{probes}} \cdot {learning_rate}",
)


def _armijo(compared: str, sign: str) -> tuple[str, str]:
    return (
        rf"{{probed}} {compared} {{bound}} = {{loss}} {sign} {{sufficient}}\,{{accepted}}\,{{size}}",
        rf"{{probed}} {compared} {{bound}} = {{loss}} {sign} {{sufficient}} \cdot {{accepted}} \cdot {{size}}",
    )


_TABLE = (
    Optimizer(
        slug="gradient-descent",
        title="Gradient descent",
        hyperparameters=(),
        rule=Rule(("point_next = point - learning_rate*gradient",)),
        convention=(
            "Plain steepest descent (Cauchy 1847): the descent direction is minus the gradient, and the step is the "
            "learning rate times that. With all data points for each step it is batch gradient descent, with a "
            "mini-batch of them stochastic gradient descent (SGD)."
        ),
        source=Source("Cauchy, Méthode générale pour la résolution des systèmes d'équations simultanées", 1847),
        stability=lambda: 2.0,
        stability_text=lambda: "2/λ",
        best=BestRule(
            settings=lambda low, high: {"learning_rate": 2 / (low + high)},
            rate=lambda kappa: (kappa - 1) / (kappa + 1),
            settings_latex=(r"\eta = \frac{2}{\lambda_{\min} + \lambda_{\max}}",),
            rate_latex=r"\frac{\kappa - 1}{\kappa + 1}",
            source=Source("Nesterov, Introductory Lectures on Convex Optimization, theorem 2.1.15", 2004),
        ),
    ),
    Optimizer(
        slug="momentum",
        title="Momentum",
        hyperparameters=(_MOMENTUM, _DAMPENING),
        rule=Rule(
            (
                "velocity_next = momentum*velocity + (1 - dampening)*gradient",
                "point_next = point - learning_rate*velocity_next",
            ),
            first=("velocity_next = gradient", "point_next = point - learning_rate*velocity_next"),
        ),
        convention=(
            "Polyak's heavy ball (1964), in the sum form of PyTorch's SGD: the velocity is a running sum of gradients "
            "that starts as the first one; what moves the walker is minus the learning rate times it. "
            "With dampening equal to momentum it is the weighted average that textbooks also call momentum."
        ),
        source=Source("Polyak, Some methods of speeding up the convergence of iteration methods", 1964),
        # With full dampening no gradient but the first ever enters, and no learning rate is too large.
        stability=lambda momentum, dampening: 2 * (1 + momentum) / (1 - dampening) if dampening < 1 else float("inf"),
        stability_text=lambda momentum, dampening: "2(1+β)/((1−τ)λ)" if dampening else "2(1+β)/λ",
        best=BestRule(
            settings=lambda low, high: {
                "learning_rate": 4 / (low + 2 * sqrt(low) * sqrt(high) + high),
                "momentum": ((sqrt(high / low) - 1) / (sqrt(high / low) + 1)) ** 2,
                "dampening": 0.0,
            },
            rate=lambda kappa: (sqrt(kappa) - 1) / (sqrt(kappa) + 1),
            settings_latex=(
                r"\eta = \frac{4}{\left(\sqrt{\lambda_{\min}} + \sqrt{\lambda_{\max}}\right)^2}",
                r"\beta = \left(\frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1}\right)^2",
                r"\tau = 0",
            ),
            rate_latex=r"\frac{\sqrt{\kappa} - 1}{\sqrt{\kappa} + 1}",
            source=Source("Polyak, Some methods of speeding up the convergence of iteration methods", 1964),
        ),
        proposed=lambda rates: rates.velocity,
    ),
    Optimizer(
        slug="nesterov",
        title="Nesterov",
        hyperparameters=(_MOMENTUM,),
        rule=Rule(
            (
                "velocity_next = momentum*velocity + gradient",
                "point_next = point - learning_rate*(gradient + momentum*velocity_next)",
            ),
            first=(
                "velocity_next = gradient",
                "point_next = point - learning_rate*(gradient + momentum*velocity_next)",
            ),
        ),
        convention="PyTorch's form: the gradient is taken where the walker stands; the step looks one velocity ahead.",
        source=Source(
            "Nesterov, A method of solving a convex programming problem with convergence rate O(1/k²); "
            "in the form of Sutskever et al. 2013",
            1983,
        ),
        stability=lambda momentum: (2 + 2 * momentum) / (1 + 2 * momentum),
        stability_text=lambda momentum: "(2+2β)/((1+2β)λ)",
        best=BestRule(
            settings=lambda low, high: {
                "learning_rate": 4 / (3 * high + low),
                "momentum": (sqrt(3 * high / low + 1) - 2) / (sqrt(3 * high / low + 1) + 2),
            },
            rate=lambda kappa: 1 - 2 / sqrt(3 * kappa + 1),
            settings_latex=(
                r"\eta = \frac{4}{3\,\lambda_{\max} + \lambda_{\min}}",
                r"\beta = \frac{\sqrt{3\,\kappa + 1} - 2}{\sqrt{3\,\kappa + 1} + 2}",
            ),
            rate_latex=r"1 - \frac{2}{\sqrt{3\,\kappa + 1}}",
            source=Source(
                "Lessard, Recht & Packard, Analysis and Design of Optimization Algorithms via Integral Quadratic "
                "Constraints, SIAM Journal on Optimization 26, proposition 1",
                2016,
                "https://arxiv.org/abs/1408.3595",
            ),
        ),
        proposed=lambda rates: rates.velocity,
    ),
    Optimizer(
        slug="adagrad",
        title="AdaGrad",
        hyperparameters=(_epsilon(1e-10),),
        rule=Rule(
            (
                "total_next = total + gradient**2",
                "point_next = point - learning_rate*gradient/(sqrt(total_next) + epsilon)",
            )
        ),
        convention="Divides by the root of the sum, not the average, of all squared gradients: steps only ever shrink.",
        source=Source("Duchi, Hazan & Singer, Adaptive Subgradient Methods, JMLR 12", 2011),
        adapts=True,
        proposed=lambda rates: 5 * rates.stride,
    ),
    Optimizer(
        slug="rmsprop",
        title="RMSProp",
        hyperparameters=(
            _decay(0.99),
            _epsilon(1e-8),
            Hyperparameter(
                "centred",
                "Centred",
                "c",
                0.0,
                1.0,
                0.0,
                "Divides by how much recent gradients differ, not by their size.",
                whole=True,
                convention="1 divides by their spread about their average, 0 by the root of their mean square.",
            ),
        ),
        rule=Rule(
            (
                "square_next = decay*square + (1 - decay)*gradient**2",
                "mean_next = decay*mean + (1 - decay)*gradient",
                "spread = sqrt(max(square_next - centred*mean_next**2, 0.0)) + epsilon",
                "point_next = point - learning_rate*gradient/spread",
            )
        ),
        convention=(
            "As in PyTorch: the running averages start at 0 and are not corrected, so the first steps are long; "
            "the average of the gradient itself is used only when centred."
        ),
        source=Source("Hinton, Neural Networks for Machine Learning, lecture 6e; centred: Graves 2013", 2012),
        adapts=True,
        proposed=lambda rates: rates.stride / 2,
    ),
    Optimizer(
        slug="adadelta",
        title="AdaDelta",
        hyperparameters=(
            _decay(0.9),
            _epsilon(1e-6, "Added inside both square roots, as in the paper and in PyTorch"),
        ),
        rule=Rule(
            (
                "square_next = decay*square + (1 - decay)*gradient**2",
                "change = sqrt(moved + epsilon)/sqrt(square_next + epsilon)*gradient",
                "moved_next = decay*moved + (1 - decay)*change**2",
                "point_next = point - learning_rate*change",
            )
        ),
        convention=(
            "Finds its own step size from how far it has moved of late; the paper has no learning rate, which is "
            "learning rate 1 here. It starts very slowly, because nothing has moved yet; the default hurries it."
        ),
        full_step=1.0,
        source=Source("Zeiler, ADADELTA: An Adaptive Learning Rate Method", 2012, "https://arxiv.org/abs/1212.5701"),
        adapts=True,
        proposed=lambda rates: 300 * rates.stride,
    ),
    Optimizer(
        slug="adam",
        title="Adam",
        hyperparameters=(_beta1(), _beta2(), _epsilon(1e-8)),
        rule=Rule(
            (
                "count_next = count + 1",
                *_AVERAGES,
                *_CORRECTED,
                "point_next = point - learning_rate*mean_hat/(sqrt(square_hat) + epsilon)",
            )
        ),
        convention="Running averages start at 0 and are corrected for it by 1 − βᵏ; epsilon stands outside the root.",
        source=Source(
            "Kingma & Ba, Adam: A Method for Stochastic Optimization, ICLR", 2015, "https://arxiv.org/abs/1412.6980"
        ),
        adapts=True,
        proposed=lambda rates: rates.stride,
    ),
    Optimizer(
        slug="adamw",
        title="AdamW",
        hyperparameters=(_beta1(), _beta2(), _epsilon(1e-8), _weight_decay(0.01)),
        rule=Rule(
            (
                "count_next = count + 1",
                "shrunk = point - learning_rate*weight_decay*point",
                *_AVERAGES,
                *_CORRECTED,
                "point_next = shrunk - learning_rate*mean_hat/(sqrt(square_hat) + epsilon)",
            )
        ),
        convention=(
            "Adam whose weight decay is apart from the gradient: the point is shrunk first, then Adam's step is taken. "
            "It therefore settles a little nearer to the origin than the minimum."
        ),
        source=Source(
            "Loshchilov & Hutter, Decoupled Weight Decay Regularization, ICLR", 2019, "https://arxiv.org/abs/1711.05101"
        ),
        adapts=True,
        proposed=lambda rates: min(
            rates.stride, 50.0
        ),  # with twice as much the decay alone would throw it back and forth
    ),
    Optimizer(
        slug="nadam",
        title="NAdam",
        hyperparameters=(_beta1(), _beta2(), _epsilon(1e-8)),
        rule=Rule(
            (
                "count_next = count + 1",
                "weight = beta1*(1 - 0.5*0.96**(0.004*count_next))",
                "weight_after = beta1*(1 - 0.5*0.96**(0.004*(count_next + 1)))",
                "product_next = product*weight",
                *_AVERAGES,
                "square_hat = square_next/(1 - beta2**count_next)",
                "mean_hat = weight_after*mean_next/(1 - product_next*weight_after)"
                " + (1 - weight)*gradient/(1 - product_next)",
                "point_next = point - learning_rate*mean_hat/(sqrt(square_hat) + epsilon)",
            ),
            zero={"product": 1.0},
        ),
        convention=(
            "Adam that looks one step ahead, as Nesterov does; the schedule of its first decay is PyTorch's, which "
            "keeps the product of these decays in its default dtype: without set_default_dtype(float64) its own steps "
            "are off by about 1e-8 of their length."
        ),
        source=Source("Dozat, Incorporating Nesterov Momentum into Adam, ICLR workshop", 2016),
        adapts=True,
        proposed=lambda rates: rates.stride,
    ),
    Optimizer(
        slug="amsgrad",
        title="AMSGrad",
        hyperparameters=(_beta1(), _beta2(), _epsilon(1e-8)),
        rule=Rule(
            (
                "count_next = count + 1",
                *_AVERAGES,
                "largest_next = max(largest, square_next)",
                "mean_hat = mean_next/(1 - beta1**count_next)",
                "square_hat = largest_next/(1 - beta2**count_next)",
                "point_next = point - learning_rate*mean_hat/(sqrt(square_hat) + epsilon)",
            )
        ),
        convention="Adam that divides by the largest average of squared gradients so far; corrected as in PyTorch.",
        source=Source("Reddi, Kale & Kumar, On the Convergence of Adam and Beyond, ICLR", 2018),
        adapts=True,
        # The largest average may be of long ago, and the others reach it or not.
        remembers=lambda gradients, **values: None,
        proposed=lambda rates: rates.stride,
    ),
    Optimizer(
        slug="lion",
        title="Lion",
        hyperparameters=(_beta1(), _beta2(0.99, "gradient", "the steps to come"), _weight_decay(0.0)),
        rule=Rule(
            (
                "direction = beta1*mean + (1 - beta1)*gradient",
                "point_next = point - learning_rate*(sign(direction) + weight_decay*point)",
                "mean_next = beta2*mean + (1 - beta2)*gradient",
            )
        ),
        convention=(
            "Only the sign of the averaged gradient is used: every step is one learning rate long in each coordinate, "
            "and does not shrink by itself. The sign of 0 is 0."
        ),
        source=Source(
            "Chen et al., Symbolic Discovery of Optimization Algorithms", 2023, "https://arxiv.org/abs/2302.06675"
        ),
        remembers=lambda gradients, beta2, **values: tuple(_endless_average(slopes, beta2) for slopes in gradients),
        restless=lambda **values: "Lion's steps do not shrink as the gradient does",
        proposed=lambda rates: rates.stride / 5,
    ),
    Optimizer(
        slug="newton",
        title="Newton",
        hyperparameters=(),
        rule=Newton(
            lines=lines_of(
                (r"{newton} = -\left({hessian}\right)^{-1} {gradient}", r"{newton} = -{hessian}^{-1}\,{gradient}"),
                _ALONG_NEWTON,
            ),
            # The gradient of an ascent is the negative one, the Hessian is the loss's own.
            uphill=lines_of(
                (r"{newton} = \left({hessian}\right)^{-1} {gradient}", r"{newton} = {hessian}^{-1}\,{gradient}"),
                _ALONG_NEWTON,
            ),
        ),
        convention=(
            "Steps to where the quadratic with this gradient and Hessian has its stationary point; learning rate 1, "
            "the default, is the full step. It knows no downhill: it runs to saddles and maxima as gladly as to minima."
        ),
        source=Source("Nocedal & Wright, Numerical Optimization, section 3.3", 2006),
        full_step=1.0,
        best=BestRule(
            settings=lambda low, high: {"learning_rate": 1.0},
            rate=lambda kappa: 0.0,
            settings_latex=(r"\eta = 1",),
            rate_latex="0",
            source=Source("Nocedal & Wright, Numerical Optimization, section 3.3", 2006),
        ),
        needs_hessian=True,
        needs_all_data=True,
        proposed=lambda rates: rates.full,
        no_value="the Hessian has no inverse there, or does not exist",
    ),
    Optimizer(
        slug="line-search",
        title="Line search",
        hyperparameters=(
            Hyperparameter(
                "backtrack",
                "Backtracking factor",
                r"\theta",
                0.1,
                0.9,
                0.5,
                "A step that does not fall enough is shortened to this part.",
            ),
            Hyperparameter(
                "sufficient",
                "Sufficient decrease",
                "c",
                1e-6,
                0.9,
                1e-4,
                "How much of the fall that the slope promises a step must deliver.",
                log=True,
                convention="Armijo's condition: a step that delivers less is shortened and tried again.",
            ),
        ),
        rule=LineSearch(
            lines=lines_of(_SHORTENED, _armijo(r"\le", "-"), _ALONG_GRADIENT),
            uphill=lines_of(_SHORTENED, _armijo(r"\ge", "+"), _ALONG_GRADIENT),
            refused=lines_of(r"{probes}\;\text{refusals:}\quad {point_next} = {point}"),
        ),
        convention=(
            "Steepest descent that tries the learning rate first and shortens it until the loss falls enough (Armijo's "
            "condition); every try is an evaluation of the loss and is counted. After 60 refusals no step is taken."
        ),
        source=Source("Armijo, Minimization of functions having Lipschitz continuous first partial derivatives", 1966),
        needs_all_data=True,
        tries=8,
        varies=True,
    ),
    Optimizer(
        slug="bfgs",
        title="BFGS",
        hyperparameters=(),
        rule=Bfgs(
            first=lines_of(r"{inverse} = I", _ALONG_INVERSE, _SEARCHED),
            lines=lines_of(
                (r"{displacement} = x_k - x_{k-1}", r"x_k - x_{k-1} = {displacement}"),
                (r"{gradient_change} = g_k - g_{k-1}", r"g_k - g_{k-1} = {gradient_change}"),
                (
                    r"{inverse} = \left(I - \frac{s_k y_k^T}{y_k^T s_k}\right) H_{k-1} "
                    r"\left(I - \frac{y_k s_k^T}{y_k^T s_k}\right) + \frac{s_k s_k^T}{y_k^T s_k}",
                    r"H_k = {inverse}",
                ),
                _ALONG_INVERSE,
                _SEARCHED,
            ),
            refused=lines_of(r"\text{no length lowers the loss:}\quad {point_next} = {point}"),
        ),
        convention=(
            "Builds the inverse Hessian from the gradients that it meets: from the identity, scaled before its first "
            "update, left as it is where the curvature along the step is not clearly positive. The length of a step is "
            "searched, from the learning rate on, until loss and slope meet the strong Wolfe conditions (0.0001 and "
            "0.9); every try is counted."
        ),
        source=Source("Nocedal & Wright, Numerical Optimization, algorithms 6.1, 3.5 and 3.6", 2006),
        full_step=1.0,
        needs_all_data=True,
        tries=32,
        varies=True,
        keeps_inverse=True,
        proposed=lambda rates: rates.full,
    ),
    Optimizer(
        slug="sam",
        title="SAM",
        hyperparameters=(
            Hyperparameter(
                "radius", "Radius", r"\rho", 0.0, 10.0, 0.05, "How far uphill it looks for the gradient of its step."
            ),
        ),
        rule=Sam(
            lines=lines_of(
                (
                    r"{ascent} = \frac{{radius}\,{gradient}}{\|g_k\| + 10^{-12}}",
                    r"{radius}\,{gradient}\,/\,\|g_k\| = {ascent}",
                ),
                r"{perturbed} = {point} + {ascent}",
                r"{point_next} = {point} - {learning_rate}\,{gradient_there}",
            ),
        ),
        convention=(
            "Plain descent by the gradient from the radius uphill (sharpness-aware minimization), with the same "
            "mini-batch and the same noise for both gradients. At a minimum it does not settle: it ends on both sides "
            "of it in turn."
        ),
        source=Source(
            "Foret et al., Sharpness-Aware Minimization for Efficiently Improving Generalization",
            2021,
            "https://arxiv.org/abs/2010.01412",
        ),
        restless=lambda radius: "SAM takes its gradient a radius away, where it is not zero" if radius else "",
        stability=lambda radius: 2.0,
        stability_text=lambda radius: "2/λ",
        tries=2,
        gradients=2,
    ),
)

OPTIMIZERS: Mapping[str, Optimizer] = {optimizer.slug: optimizer for optimizer in _TABLE}
