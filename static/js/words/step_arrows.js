// What the arrows of a step are called. Pure.

const PULL_OF_THE_MEAN =
  'The part of the step that the newest gradient makes: against it for the loss, divided in each coordinate as the mean is.';

/** @typedef {{name: string, means: string}} ArrowName */

/**
 * What an optimizer keeps of the gradients that it has seen and walks by: their running sum, their running mean, or
 * nothing. RMSProp's mean only measures the spread.
 * @param {Optimizer} optimizer
 * @returns {'velocity' | 'mean' | 'sign' | null} `sign` where it walks by the mean's sign alone, so that nothing adds up
 */
export function keptBy({ rules, hyperparameters }) {
  const used = rules.rule.flat().join();
  if (used.includes('@velocity-next@')) return 'velocity';
  if (used.includes('@direction@')) return 'sign';
  return used.includes('@mean-next@') && !hyperparameters.some(({ key }) => key === 'centred') ? 'mean' : null;
}

/**
 * What is drawn of a step is called by the way it points: the gradient points uphill, what the walker follows downhill is
 * minus the gradient. To climb it follows the gradient itself, and the rule's velocity sums up minus the gradient.
 * @param {boolean} flat whether it is a curve, whose gradient is the slope of its tangent
 * @param {string} goal
 * @param {'velocity' | 'mean' | 'sign' | null} kept
 * @returns {{gradient: ArrowName, velocity: ArrowName | null, step: ArrowName}} `velocity` is null where none is drawn
 */
export function arrowNames(flat, goal, kept) {
  const climbs = goal === 'maximize';
  const step = { name: 'step', means: 'From this iterate to the next.' };
  if (flat)
    return {
      gradient: { name: 'tangent', means: 'The line that touches the curve here: its slope is the derivative.' },
      velocity: null,
      step,
    };
  const pull = { name: climbs ? 'gradient, scaled' : '−gradient, scaled', means: PULL_OF_THE_MEAN };
  const gradient = climbs
    ? { name: 'gradient', means: 'η·gradient: the gradient points uphill, the ascent direction.' }
    : {
        name: '−gradient',
        means: '−η·gradient: the gradient points uphill, the descent direction is minus the gradient.',
      };
  const summed = climbs ? '−gradients' : 'gradients';
  const velocities = {
    velocity: {
      name: 'kept velocity',
      means: `What is kept of the velocity, a running sum of ${summed}: with the newest one's pull it makes the step.`,
    },
    mean: {
      name: 'kept mean',
      means: `What is kept of the running mean of the ${summed}: with the newest one's pull it makes the step.`,
    },
    sign: { name: '−mean', means: `−η·mean: the running mean of the ${summed}, of which the step takes the sign.` },
  };
  return { gradient: kept === 'mean' ? pull : gradient, velocity: kept && velocities[kept], step };
}
