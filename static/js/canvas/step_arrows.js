// What is drawn of a single step while it is looked at: arrows on the map, the places a line search tried, and, on a
// curve, the tangent and where the step lands. The numbers are those of the update rule; nothing is computed anew.

/** Shorter than this many pixels an arrow is a dot that says nothing. */
const SHORTEST = 6;
/** Shorter than this many pixels it has no room for a name. */
const NAMED = 24;
/** What the rule calls the place uphill at which its gradient is taken. */
const PERTURBED = 'x\u0302';
/** Nearer than this many pixels a ring lies under the walker. */
const APART = 12;
const WIDTHS = { step: 5, velocity: 3.2, gradient: 1.8 };
/** The longest arrow on the map has so many pixels; where it would have more, all are drawn shorter alike. */
const LONGEST = 90;

/** @typedef {Record<'gradient' | 'velocity' | 'step', number[] | null>} Vectors */

/**
 * The vectors of a step as they move the point. Where the rule adds up what it kept and the newest gradient, `gradient` is
 * the pull of that gradient and `velocity` what was kept: with what weight decay takes they make the step. Elsewhere
 * `gradient` is minus the gradient times the learning rate, or the length that was found. The rule's gradient is that of
 * the loss or, where the walk climbs, minus that of the value.
 * @param {Record<string, any>} quantities
 * @returns {Vectors}
 */
export function vectors(quantities) {
  const { gradient, mean_next, direction, learning_rate, accepted, length, point, point_next } = quantities;
  const rate = -(accepted ?? length ?? learning_rate);
  // What is not finite is null, and null is no zero.
  const times = (/** @type {(number | null)[] | undefined} */ vector) =>
    vector?.map((part) => rate * (part ?? NaN)) ?? null;
  const step = minus(point_next, point);
  const pull = pullOf(quantities);
  if (!pull) return { gradient: times(gradient), velocity: times(direction && mean_next), step };
  const kept = quantities.velocity ?? quantities.mean;
  return { gradient: pull, velocity: kept ? minus(minus(step, decayOf(quantities)), pull) : null, step };
}

/** @param {(number | null)[]} one @param {(number | null)[]} other @returns {number[]} */
function minus(one, other) {
  return one.map((part, axis) => (part ?? NaN) - (other[axis] ?? NaN));
}

/** What weight decay moves the point by. @param {Record<string, any>} quantities @returns {number[]} */
function decayOf({ shrunk, point }) {
  return shrunk ? minus(shrunk, point) : point.map(() => 0);
}

/**
 * What of a step is due to its own gradient, where the rule adds that to what it has kept.
 * @param {Record<string, any>} quantities
 * @returns {number[] | null} null where it does not
 */
function pullOf(quantities) {
  const { gradient, learning_rate, velocity, velocity_next, mean_hat, momentum = 0, dampening } = quantities;
  const slope = gradient.map((/** @type {number | null} */ part) => part ?? NaN);
  if (velocity_next) {
    // Momentum begins with the whole gradient; Nesterov's looks one velocity ahead.
    const share = dampening === undefined ? 1 + momentum : velocity ? 1 - dampening : 1;
    return slope.map((/** @type {number} */ part) => -learning_rate * share * part);
  }
  if (!mean_hat) return null;
  const moved = minus(minus(quantities.point_next, quantities.point), decayOf(quantities));
  const share = shareOfMean(quantities);
  // What the mean is divided by is the same for all that is in it.
  return slope.map((/** @type {number} */ part, /** @type {number} */ axis) =>
    mean_hat[axis] ? (moved[axis] / mean_hat[axis]) * share * part : 0,
  );
}

/** The newest gradient's weight in a mean without bias. @param {Record<string, any>} quantities @returns {number} */
function shareOfMean({ beta1, count_next, weight, weight_after, product_next }) {
  if (weight === undefined) return (1 - beta1) / (1 - beta1 ** count_next);
  return (weight_after * (1 - beta1)) / (1 - product_next * weight_after) + (1 - weight) / (1 - product_next);
}

/** Whether the rule gives the gradient another size in each coordinate, or turns it: only its direction compares. */
function isRescaled(
  /** @type {Record<string, any>} */ { total_next, square_next, mean_hat, direction, newton, search },
) {
  return (
    mean_hat === undefined && [total_next, square_next, direction, newton, search].some((part) => part !== undefined)
  );
}

/** @param {Place} from @param {Place} to @param {number} part @returns {Place} so large a part of the way */
function partOfWay(from, to, part) {
  return { x: from.x + part * (to.x - from.x), y: from.y + part * (to.y - from.y) };
}

/** @param {Place} one @param {Place} other */
function distance(one, other) {
  return Math.hypot(one.x - other.x, one.y - other.y);
}

/**
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {number} longest
 * @returns {{x: number, y: number} | null} the arrow's tip, null where there is no arrow to draw
 */
export function tip(from, to, longest) {
  const length = distance(from, to);
  if (!(length >= SHORTEST && length < Infinity)) return null;
  return partOfWay(from, to, Math.min(1, longest / length));
}

/**
 * Where the arrows of a step end, in pixels: all are drawn shorter alike, so that the longest is no longer than it may be.
 * @param {Record<string, any>} quantities
 * @param {Project} project
 * @param {Place} from
 * @param {Switches} switches
 * @returns {{ends: Record<string, Place>, part: number}} `ends` without those that are switched off or too short to be
 *   seen; `both` is where what was kept and the pull lead together; `part` of their length is drawn
 */
export function arrowEnds(quantities, project, from, switches) {
  const [x, y] = quantities.point;
  const all = vectors(quantities);
  /** @type {Record<string, Place>} */
  const whole = {};
  for (const name of /** @type {const} */ (['gradient', 'velocity', 'step'])) {
    const vector = all[name];
    if (vector && Number.isFinite(vector[0] + vector[1])) whole[name] = { ...project(x + vector[0], y + vector[1], 0) };
  }
  if (isRescaled(quantities) && whole.gradient && whole.step) {
    const length = distance(from, whole.gradient);
    if (length > 0) whole.gradient = partOfWay(from, whole.gradient, Math.min(1, distance(from, whole.step) / length));
  }
  const shown = Object.keys(whole).filter((name) => switches[/** @type {keyof Switches} */ (name)]);
  const longest = shown.reduce((most, name) => Math.max(most, distance(from, whole[name])), 0);
  const part = Math.min(1, LONGEST / longest);
  /** @type {Record<string, Place>} */
  const ends = {};
  for (const name of shown) {
    const end = partOfWay(from, whole[name], part);
    if (distance(from, end) >= SHORTEST) ends[name] = end;
  }
  if (ends.gradient && ends.velocity && pullOf(quantities))
    ends.both = { x: ends.gradient.x + ends.velocity.x - from.x, y: ends.gradient.y + ends.velocity.y - from.y };
  return { ends, part };
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {StepRecord} numbers
 * @param {Switches} switches
 * @param {ReturnType<typeof import('../words/step_arrows.js').arrowNames>} names
 * @param {Palette} colours
 */
export function drawArrows(context, { box, project }, { quantities }, switches, names, colours) {
  const [x, y] = quantities.point;
  const from = { ...project(x, y, quantities.loss) };
  for (const [kx, ky] of quantities.probe_points ?? []) {
    const { x: px, y: py } = project(kx, ky, 0);
    ring(context, px, py, 4, colours.ink, colours.casing);
  }
  const elsewhere = switches.gradient ? perturbedAt(quantities, project, from) : null;
  if (elsewhere) ring(context, elsewhere.x, elsewhere.y, 4, colours.arrows.gradient, colours.casing);
  const { ends, part } = arrowEnds(quantities, project, from, switches);
  if (ends.both) drawParallelogram(context, ends, colours);
  // The step lies lowest and widest, so that one that equals the velocity or the gradient does not hide it.
  for (const name of /** @type {const} */ (['step', 'velocity', 'gradient']))
    if (ends[name]) arrow(context, from, ends[name], colours.arrows[name], colours.casing, WIDTHS[name]);
  // No name lies on the ball.
  /** @type {Rectangle[]} */
  const taken = [{ left: from.x - 9, top: from.y - 9, width: 18, height: 18 }];
  for (const name of /** @type {const} */ (['gradient', 'velocity', 'step'])) {
    const end = ends[name];
    if (end && distance(end, from) >= NAMED)
      label(context, from, end, names[name]?.name ?? '', colours.arrows[name], colours.casing, box, taken);
  }
  if (elsewhere) label(context, from, elsewhere, PERTURBED, colours.arrows.gradient, colours.casing, box, taken);
  if (part < 1 && Object.keys(ends).length > 0) tellPart(context, part, box, colours);
}

/**
 * The sides opposite the two arrows that make the step: head to tail, each leads from the other's tip to where both lead.
 * @param {CanvasRenderingContext2D} context
 * @param {Record<string, Place>} ends
 * @param {Palette} colours
 */
function drawParallelogram(context, { gradient, velocity, both }, colours) {
  context.save();
  for (const [from, colour] of /** @type {[Place, string][]} */ ([
    [gradient, colours.arrows.velocity],
    [velocity, colours.arrows.gradient],
  ])) {
    const side = new Path2D();
    side.moveTo(from.x, from.y);
    side.lineTo(both.x, both.y);
    context.setLineDash([]);
    stroke(context, side, colours.casing, 3.4);
    context.setLineDash([5, 4]);
    stroke(context, side, colour, 1.5);
  }
  context.restore();
}

/**
 * Says that arrows are drawn shorter than they are.
 * @param {CanvasRenderingContext2D} context
 * @param {number} part
 * @param {{width: number}} box
 * @param {Palette} colours
 */
function tellPart(context, part, { width }, { ink, casing }) {
  const text = `arrows at 1/${Number((1 / part).toPrecision(2))} of their length`;
  context.save();
  context.font = '12px system-ui, sans-serif';
  context.textAlign = 'center';
  // Below, the way to a walker who has left may lie over it.
  context.textBaseline = 'top';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = casing;
  context.strokeText(text, width / 2, 10);
  context.fillStyle = ink;
  context.fillText(text, width / 2, 10);
  context.restore();
}

/**
 * Where the gradient that is followed was taken, if not here.
 * @param {Record<string, any>} quantities
 * @param {Project} project
 * @param {Place} from
 * @returns {Place | null} null where that is here, or too near to be seen beside it
 */
export function perturbedAt({ perturbed }, project, from) {
  if (!perturbed) return null;
  const { x, y } = project(perturbed[0], perturbed[1], 0);
  return Math.hypot(x - from.x, y - from.y) >= APART ? { x, y } : null;
}

/** @typedef {{left: number, top: number, width: number, height: number}} Rectangle */

/**
 * Where an arrow's name stands: beyond its tip, inside the picture.
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {number} width of the name
 * @param {{width: number, height: number}} box
 * @returns {Rectangle}
 */
export function beyond(from, to, width, box) {
  const height = 14;
  const length = Math.hypot(to.x - from.x, to.y - from.y);
  const [dx, dy] = [(to.x - from.x) / length, (to.y - from.y) / length];
  // So far that the name's box, whatever its direction, lies behind the tip.
  const away = 4 + (Math.abs(dx) * width + Math.abs(dy) * height) / 2;
  const [x, y] = [to.x + dx * away, to.y + dy * away];
  const [left, top] = [
    Math.max(2, Math.min(x - width / 2, box.width - width - 2)),
    Math.max(2, Math.min(y - height / 2, box.height - height - 2)),
  ];
  return { left, top, width, height };
}

/**
 * Writes an arrow's name, unless another's is there: arrows that end in one place are one arrow.
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {string} name
 * @param {string} colour
 * @param {string} casing
 * @param {{width: number, height: number}} box
 * @param {Rectangle[]} taken
 */
function label(context, from, to, name, colour, casing, box, taken) {
  context.font = '600 12px system-ui, sans-serif';
  const place = beyond(from, to, context.measureText(name).width, box);
  const meets = (/** @type {Rectangle} */ other) =>
    place.left < other.left + other.width &&
    other.left < place.left + place.width &&
    place.top < other.top + other.height &&
    other.top < place.top + place.height;
  if (taken.some(meets)) return;
  taken.push(place);
  context.save();
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = casing;
  context.strokeText(name, place.left, place.top + place.height / 2);
  context.fillStyle = colour;
  context.fillText(name, place.left, place.top + place.height / 2);
  context.restore();
}

/**
 * On a curve: the tangent at this step, and where the step lands.
 * @param {CanvasRenderingContext2D} context
 * @param {Frame} frame
 * @param {StepRecord} numbers
 * @param {number} landing the loss at the next point
 * @param {Switches} switches
 * @param {Palette} colours
 */
export function drawTangent(context, { box, project }, { quantities }, landing, switches, colours) {
  const { point, slope, loss, point_next } = quantities;
  const here = { ...project(point[0], 0, loss) };
  const beside = { ...project(point[0] + 1, 0, loss + slope[0]) };
  const rise = (beside.y - here.y) / (beside.x - here.x);
  const width = Math.min(0.22 * box.width, (0.3 * box.height) / Math.max(Math.abs(rise), 1e-9));
  const line = new Path2D();
  line.moveTo(here.x - width, here.y - width * rise);
  line.lineTo(here.x + width, here.y + width * rise);
  if (switches.gradient) {
    stroke(context, line, colours.casing, 5);
    stroke(context, line, colours.arrows.gradient, 2.4);
  }
  const there = { ...project(point_next[0], 0, landing) };
  for (const [kx] of quantities.probe_points ?? [])
    ring(context, project(kx, 0, loss).x, here.y, 4, colours.ink, colours.casing);
  const elsewhere = switches.gradient
    ? perturbedAt(quantities, (x) => ({ ...project(x, 0, loss), y: here.y }), here)
    : null;
  if (elsewhere) {
    ring(context, elsewhere.x, elsewhere.y, 4, colours.arrows.gradient, colours.casing);
    label(context, here, elsewhere, PERTURBED, colours.arrows.gradient, colours.casing, box, []);
  }
  if (!Number.isFinite(there.x + there.y)) return;
  const drop = new Path2D();
  drop.moveTo(there.x, here.y);
  drop.lineTo(there.x, there.y);
  context.setLineDash([3, 4]);
  stroke(context, drop, colours.ink, 1.4);
  context.setLineDash([]);
  ring(context, there.x, there.y, 6, colours.ink, colours.casing);
  if (!switches.step) return;
  const end = tip(here, { x: there.x, y: here.y }, 0.9 * box.width);
  if (end) arrow(context, here, end, colours.arrows.step, colours.casing, 2.2);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {{x: number, y: number}} from
 * @param {{x: number, y: number}} to
 * @param {string} colour
 * @param {string} casing
 * @param {number} width
 */
function arrow(context, from, to, colour, casing, width) {
  const angle = Math.atan2(to.y - from.y, to.x - from.x);
  const head = Math.min(5 + 2 * width, 0.7 * Math.hypot(to.x - from.x, to.y - from.y));
  const neck = { x: to.x - 0.8 * head * Math.cos(angle), y: to.y - 0.8 * head * Math.sin(angle) };
  const shaft = new Path2D();
  shaft.moveTo(from.x, from.y);
  shaft.lineTo(neck.x, neck.y);
  const point = new Path2D();
  point.moveTo(to.x, to.y);
  for (const turn of [2.65, -2.65])
    point.lineTo(to.x + head * Math.cos(angle + turn), to.y + head * Math.sin(angle + turn));
  point.closePath();
  stroke(context, shaft, casing, width + 2.6);
  stroke(context, point, casing, 2.6);
  stroke(context, shaft, colour, width);
  context.fillStyle = colour;
  context.fill(point);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Path2D} path
 * @param {string} colour
 * @param {number} width
 */
function stroke(context, path, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.stroke(path);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {number} radius
 * @param {string} colour
 * @param {string} casing
 */
function ring(context, x, y, radius, colour, casing) {
  if (!Number.isFinite(x + y)) return;
  const circle = new Path2D();
  circle.arc(x, y, radius, 0, 2 * Math.PI);
  stroke(context, circle, casing, 4);
  stroke(context, circle, colour, 1.8);
}
