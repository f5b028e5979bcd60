"""What people call things elsewhere, and what that is here: one table for keys and one for the registries' entries.

Every message that asks "did you mean" looks here first, then for a name that shares a word, then for a typing error. A
meaning is a key, ``key=value``, or the address of a page; the likeliest comes first.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches
from functools import lru_cache

# A hint that lists more is not read.
MOST = 5
# Nothing is called by a longer name.
_LONGEST = 80


@lru_cache(maxsize=2_048)
def folded(name: str) -> str:
    """The name as it is compared: small letters and digits alone, so that step_size is stepSize."""
    return re.sub(r"[\W_]+", "", name[:_LONGEST].lower())


KEYS: Mapping[str, Sequence[str]] = {
    name: meanings.split()
    for names, meanings in {
        # The learning rate and its schedule
        "lr lrate rate eta alpha0 learn stepsize steplength initiallr baselr lr0 eta0 maxlr": "learning_rate",
        "learningratevalue speed pace": "learning_rate",
        "alpha": "learning_rate shape decay",
        "scheduler lrscheduler lrschedule lrpolicy annealing anneal learningrateschedule": "schedule",
        "decayschedule lrdecay": "schedule",
        "minlr lrmin etamin finallr endlr lrend alphamin minimumlearningrate": "floor",
        "tmax": "steps",
        "t0": "restarts",
        "tmult tmul cyclemult multiplier": "growth",
        "cycles cycle numcycles ncycles nrestarts warmrestarts warmrestart sgdr": "restarts",
        "warmupsteps warmupiters nwarmup rampup burnin": "warmup",
        "pctstart pct": "peak",
        "stepsizeup gammadecay milestones": "drops",
        # How long
        "step iterations iteration iters iter niter niters nit maxiter maxiters maxiterations": "steps",
        "numiterations numsteps nsteps": "steps",
        "maxsteps maxstep epochs epoch nepochs numepochs maxepochs t budget length duration updates": "steps",
        "ticks frames": "steps",
        "n": "steps starts",
        "tol gtol ftol xtol atol rtol precision accuracy threshold stop stoppingcriterion convergence": "tolerance",
        "wait earlystop earlystopping nochange niternochange": "patience",
        "mindelta minimumchange mindecrease minimprovement": "min_change",
        # The optimizer and what is its own
        "opt optim optimiser optimizers method methods algorithm algo solver": "optimizer",
        "updaterule updaterules ownrule customrule ownoptimizer": "rule optimizer",
        "hyperparams hyperparam hparams hyper hp": "hyperparameters",
        "mu momentumcoefficient heavyball friction inertia nu": "momentum",
        "beta": "momentum beta1",
        "gamma": "momentum decay growth",
        "rho": "decay momentum",
        "betas": "beta1 beta2",
        "b1 beta11 betaone": "beta1",
        "b2 beta22 betatwo": "beta2",
        "damp damping": "dampening momentum",
        "smoothing forgetting alpharms": "decay",
        "eps epsilon0 fudge fuzz": "epsilon tolerance",
        "delta": "shape min_change epsilon",
        "wd l2 lambda lam regularization regularisation penalty ridge l2penalty weightdecayrate": "weight_decay",
        "decoupledweightdecay": "weight_decay",
        "centered": "centred",
        "nesterov nag": "optimizer=nesterov",
        "amsgrad": "optimizer=amsgrad",
        "tau shrink shrinkage contraction backtracking": "backtrack",
        "c c1 armijo wolfe sufficientdecrease": "sufficient",
        # The ground
        "expression expr equation formulas fx fxy ownfunction": "formula landscape",
        "constant consts const coefficient coefficients": "constants",
        "func function fn f fun funcs functions testfunction objectivefunction cost costfunction": "landscape",
        "loss lossfunction": "landscape",
        "losslandscape surface problem benchmark terrain landscapes": "landscape",
        "dataset": "landscape data",
        "csv table observations owndata mydata datapoints": "data",
        "fitted fit regression fitting": "model",
        "kappa condition conditionnumber cond conditioning param parameter knob tilt phi": "shape",
        "objective direction mode maximize maximise minimize minimise ascent descent sense extremum": "goal",
        "xmin xmax ymin ymax xlim ylim xrange yrange range bounds bound extent limits limit bbox box": "domain",
        "area viewport": "domain",
        "zoom": "domain window",
        # Where walks begin
        "x y x0 y0 x1 y1 xy init initial initialpoint initialposition initialization initialguess guess": "start",
        "start0 startx starty": "start",
        "startpoint startingpoint startpos from origin position pos point theta theta0 w w0": "start",
        "params params0 theta1": "start",
        "walkers nwalkers numwalkers particles nparticles agents points samples nstarts numstarts": "starts",
        "population popsize hikers": "starts",
        "balls trials repeats nruns": "starts",
        # Chance
        "sigma std stddev stdev noisestd noiselevel gradientnoise temperature jitter variance": "noise",
        "batchsize bs minibatch minibatches minibatchsize nbatch batches": "batch",
        "randomstate randomseed rng rngseed seeds random": "seed",
        # The picture
        "race races compare comparison versus vs against with": "run runs",
        "run": "runs",
        "runs": "run",
        "title label caption": "name",
        "visible invisible show": "hidden",
        "hideparts hiddenparts without leaveout remove omit": "hide",
        "paused pause pausedat playhead frame showstep stopat cursor": "at",
        "panel panels tab secondplace thirdplace third places views beside sidepicture": "view",
        "yscale logscale logarithmic ylog": "scale",
        "guessbefore quiz predict spoiler": "guess_first",
        "slice projection subspace": "plane",
        "planeof": "plane_run",
        "allweights": "weights",
        "xaxis yaxis by": "axis",
        "basin basins": "map=basins",
        "rates": "map=rates",
        "heatmap sweep": "map",
        "grid gridsize size cells res pixels": "resolution",
        "quadratic localquadratic hessian": "theory",
        "lesson lessons tutorial course chapter": "/lessons",
        "example examples exercise exercises": "/examples",
        "help docs api": "/docs",
    }.items()
    for name in map(folded, names.split())
}

SLUGS: Mapping[str, Sequence[str]] = {
    name: [f"{key}={value}" if "=" not in value else value for value in slugs.split()]
    for key, table in {
        "optimizer": {
            "sgd stochasticgradientdescent": "gradient-descent momentum",
            "gd bgd batchgradientdescent batchgd vanilla vanillagd plain plaingd": "gradient-descent",
            "steepestdescent steepest ascent": "gradient-descent",
            "gradientascent cauchy minibatchgd minibatchgradientdescent minibatch fullbatch": "gradient-descent",
            "euler": "gradient-descent",
            "heavyball polyak hb polyakmomentum classicalmomentum sgdmomentum sgdwithmomentum sgdm": "momentum",
            "gdm momentumsgd": "momentum",
            "nag nesterovmomentum nesterovacceleratedgradient acceleratedgradient agd accelerated": "nesterov",
            "lookahead sgdnesterov fista": "nesterov",
            "adaptivegradient ada": "adagrad",
            "rms rmsp rootmeansquare hinton": "rmsprop",
            "adadel zeiler": "adadelta",
            "adaptivemoment adaptivemomentestimation kingma adamax radam": "adam",
            "adamwd decoupledweightdecay loshchilov": "adamw",
            "nesterovadam adamnesterov dozat": "nadam",
            "ams adamams": "amsgrad",
            "evolvedsign signmomentum signum signsgd": "lion",
            "newtonraphson newtonmethod newtonsmethod hessian secondorder": "newton",
            "backtracking armijo wolfe backtrackinglinesearch": "line-search",
            "lbfgs quasinewton": "bfgs newton",
        },
        "schedule": {
            "const fixed flat none no off constantlr": "constant",
            "steplr multistep multisteplr stepdecay staircase piecewise drop drops": "step",
            "exp exponentiallr geometric expdecay": "exponential",
            "inverse inv invtime timebased 1/t hyperbolic inversetimedecay robbinsmonro inversesqrt": "inverse-time",
            "linearlr lineardecay polynomial poly triangle": "linear",
            "cos cosineannealing cosineannealinglr cosinedecay halfcosine cosinelr": "cosine",
            "onecyclelr 1cycle superconvergence triangular cyclic clr": "one-cycle",
            "warmrestarts warmrestart sgdr cosineannealingwarmrestarts cosinewarmrestarts": "restarts=3 cosine",
            "cosinerestarts restarts restart": "restarts=3 cosine",
            "warmup": "warmup=10",
        },
        "goal": {
            "min minimise minimum minimization down descent descend lower": "minimize",
            "max maximise maximum maximization up ascent ascend climb higher": "maximize",
        },
        "axis": {
            "steps iteration iterations iter epoch epochs": "step",
            "evaluation eval evals calls gradients work cost": "evaluations",
        },
        "map": {
            "basin attraction basinsofattraction attractors": "basins",
            "rate learningrate learningrates lr lrs hyperparameters heatmap sweep": "rates",
        },
        "view": {
            "3d mesh relief terrain scene": "surface",
            "localquadratic curvature": "theory",
            "updaterule equation inspector": "rule",
        },
        "scale": {
            "logarithmic log10 logscale": "log",
            "lin linearscale": "linear",
        },
        "landscape": {
            "sphere paraboloid ellipse ellipsoid ellipsoidal elliptic convex dejong dejong1": "bowl",
            "sumofsquares quadraticbowl": "bowl",
            "x2 squared quadraticform": "quadratic bowl",
            "ravine rotatedellipse rotatedravine illconditioned rotated narrowvalley canyon": "turned-ravine",
            "banana bananafunction rosen rosenbrockbanana dejong2 valley": "rosenbrock",
            "doublewell twowell doublevalley twominima2d bistable": "two-valley two-minima",
            "saddlepoint hyperbolicparaboloid pringle minimax": "saddle",
            "monkey": "monkey-saddle",
            "gaussian gauss inversegaussian flatland needle": "plateau",
            "matlab matlabpeaks mountains hills": "peaks",
            "himmelblaus himmel": "himmelblau",
            "styblinski tang styblinskytang": "styblinski-tang",
            "sixhump sixhumpcamel camelback sixhumpcamelback threehumpcamel": "camel",
            "ripple ripples wavy wave waves sine egg bumpy": "bumps",
            "eggcrate eggbox eggholder griewank schwefel levy multimodal": "rastrigin",
            "ackleys funnel cone": "ackley",
            "garden area fenceproblem concave": "fence",
            "doublewell1d quartic twominima1d": "two-minima",
            "cubic inflection inflectionpoint": "shoulder",
            "abs absolute absolutevalue absx l1 v corner nonsmooth nondifferentiable": "kink",
            "mae meanabsoluteerror leastabsolute lad": "pasture",
            "mse meansquarederror leastsquares squarederror parabolafit": "pasture-squared straight-line",
            "linear line regression linearregression cars linearfit fit": "straight-line",
            "logistic-regression logisticregression logit classification classifier crossentropy": "logistic",
            "sigmoid bce": "logistic",
            "beales": "beale",
        },
    }.items()
    for names, slugs in table.items()
    for name in map(folded, names.split())
}


# The steps that have a name of their own.
STEPS: Mapping[str, str] = {
    name: step
    for names, step in {"last final stop finish ending": "end", "start first begin beginning zero": "0"}.items()
    for name in names.split()
}

# What the parts of the page are called elsewhere.
PARTS: Mapping[str, Sequence[str]] = {
    name: parts.split()
    for names, parts in {
        "function ground terrain landscapes": "landscape",
        "optimiser optimizers method solver": "optimizer",
        "learningrate lr eta rate stepsizes": "step-size",
        "beta mu heavyball": "momentum",
        "warmrestarts restart": "restarts",
        "moresettings settings other advanced": "more",
        "3d scene mesh view": "surface",
        "curve loss losscurve plots charts": "curves",
        "updaterule inspector formula": "rule",
        "map basins rates basin learningrates": "maps",
        "race runs compare comparison races": "race",
        "steps tableofsteps numbers": "table",
        "words verdict message outcome result": "sentence",
        "link sharing qr export": "share",
        "dials controls": "step-size momentum restarts",
    }.items()
    for name in names.split()
}


def like_step(text: str) -> str:
    """The step that a text may mean which is none; empty where nothing is near."""
    name = folded(text)
    return STEPS.get(name) or ("end" if near(name, ("end",)) else "")


def like_part(name: str, known: Iterable[str]) -> list[str]:
    """The parts of the page that an unknown name may mean, at most ``MOST`` and the likeliest first."""
    known = list(known)
    return (_alike(name, known) or [*PARTS.get(folded(name), ())] or near(name, known))[:MOST]


def like_key(name: str, known: Sequence[str], tables: Mapping[str, Iterable[str]]) -> list[str]:
    """What an unknown key may mean, at most ``MOST`` and the likeliest first.

    Of ``known`` keys, alone or with a value, or the address of a page; ``tables`` has the slugs of each registry.
    """
    if alike := _alike(name, known):
        return alike
    meanings = KEYS.get(folded(name)) or SLUGS.get(folded(name)) or _elsewhere(name, tables)
    meant = [meaning for meaning in meanings if meaning[0] == "/" or meaning.split("=")[0] in known]
    return (meant or near(name, known))[:MOST]


def like_slug(key: str, slug: str, tables: Mapping[str, Iterable[str]]) -> list[str]:
    """What an unknown slug of ``key`` may mean, at most ``MOST``: slugs, or ``key=value`` of another key.

    ``tables`` has the slugs of each registry, by the key that names it.
    """
    own = list(tables[key])
    if alike := _alike(slug, own):
        return alike
    meanings = SLUGS.get(folded(slug), ())
    if any(meaning.startswith(f"{key}=") for meaning in meanings):
        return [meaning.removeprefix(f"{key}=") for meaning in meanings][:MOST]
    return (_elsewhere(slug, tables) or list(meanings) or near(slug, own))[:MOST]


def _alike(name: str, known: Iterable[str]) -> list[str]:
    """The known name that differs in letter case and in what stands between words."""
    return [other for other in known if folded(other) == folded(name)]


def _elsewhere(name: str, tables: Mapping[str, Iterable[str]]) -> list[str]:
    return [f"{key}={slug}" for key, table in tables.items() for slug in table if folded(slug) == folded(name)]


def near(name: str, known: Iterable[str]) -> list[str]:
    """The known names that share a word with this one, or else those that a typing error makes of it."""
    known = list(known)
    name = name[:_LONGEST].lower()
    if alike := _alike(name, known):
        return alike
    words = _words(name)
    return [other for other in known if words & _words(other)][:MOST] or get_close_matches(
        name,
        known,
        MOST,
        # One letter too many is little in a long name and much in a short one.
        0.75 if len(name) > 3 else 0.8,
    )


def _words(name: str) -> set[str]:
    # Shorter ones, like min and max, say too little.
    return {word for word in re.split(r"[\W_]+", name) if len(word) > 3}


def question(meanings: Sequence[str]) -> str:
    """The question that a hint begins with, or nothing."""
    return f"Did you mean {' or '.join(meanings)}? " if meanings else ""


def some(names: Sequence[str], where: str) -> str:
    """The names as a list of ``MOST`` at the most; ``where`` says where all are to be found."""
    if len(names) <= MOST:
        return ", ".join(names)
    return f"{', '.join(names[:MOST])} and {len(names) - MOST} more ({where})"
