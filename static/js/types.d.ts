/** The shapes that travel between the modules. The API's own are as it sends them. */

declare const Plotly: any;

interface Window {
  /** For tests: what is shown, as numbers. */
  downhill?: any;
}

interface Parameter {
  key: string;
  title: string;
  symbol: string;
  low: number;
  high: number | null;
  default: number | null;
  explanation: string;
  log: boolean;
  whole?: boolean;
}

interface StationaryPoint {
  point: number[];
  value: number;
  kind: string;
}

interface Landscape {
  slug: string;
  title: string;
  /** What the coordinates are called. */
  axes: string[];
  domain: number[];
  start: number[];
  learning_rate: number;
  goal: string;
  teaches: string;
  mathml: string;
  /** Whether there is a Hessian everywhere. */
  smooth: boolean;
  /** How many data points it is made from, null where it is a formula. */
  points: number | null;
  shape: { name: string; symbol: string; low: number; high: number; default: number; explanation: string; log: boolean } | null;
}

/** The points that a landscape is made from, and what draws the fit: link(a * features[0] + b * features[1]). */
interface DataPoints {
  x: number[];
  y: number[];
  x_name: string;
  y_name: string;
  caption: string;
  error: string;
  link: string;
  curve: { x: number[]; features: number[][] };
}

/** A landscape as it is drawn: its loss on a grid, and what is known of it. */
interface Ground {
  key: string;
  surface: Surface;
  stationary: StationaryPoint[];
  data: DataPoints | null;
  axes: string[];
}

interface Optimizer {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  convention: string;
  needs_hessian: boolean;
  needs_all_data: boolean;
  /** Lines in symbols and in numbers: `rule`, and where they differ those of the first step, of an ascent, of a refusal. */
  rules: Record<string, [string, string][]>;
  symbols: Record<string, string>;
}

interface Schedule {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  explanation: string;
  warms_up: boolean;
}

/** The learning rates that are planned. */
interface Rates {
  step: number[];
  learning_rate: number[];
  restarts: number[];
}

interface Catalog {
  order: string[];
  keys: Parameter[];
  landscapes: Landscape[];
  optimizers: Optimizer[];
  schedules: Schedule[];
  rule_symbols: Record<string, string>;
  gradient_rules: Record<string, [string, string]>;
  symbols: Record<string, string>;
}

/** The canonical request: every key that has a meaning, filled in. */
interface Wanted {
  landscape: string;
  shape: number | null;
  domain: number[];
  goal: string;
  start: number[];
  starts: number;
  optimizer: string;
  learning_rate: number;
  schedule: string;
  restarts: number;
  steps: number;
  tolerance: number;
  noise: number;
  batch: number;
  patience: number;
  min_change: number;
  warmup: number;
  seed: number;
  [key: string]: any;
}

interface Summary {
  outcome: string;
  stopped_by: string;
  evaluations: number;
  steps: number;
  x: number | null;
  y: number | null;
  loss: number | null;
  gradient_norm: number | null;
  place: string | null;
  hessian_eigenvalues: number[];
  stability_limit: number | null;
  message: string;
}

/** The keys that the address gives; what is not given has its default. */
type Given = Record<string, string>;

interface Surface {
  x: number[];
  /** Left out where the landscape is a curve. */
  y?: number[];
  loss: any[];
}

interface Complaint {
  status: number;
  message: string;
  key: string | null;
  hint: string | null;
}

/** Colours of the current theme, as CSS colours. */
interface Palette {
  /** Of the letters in a picture, in pixels. */
  size: number;
  ground: string;
  raised: string;
  line: string;
  ink: string;
  soft: string;
  accent: string;
  contour: string;
  casing: string;
  casingOuter: string;
  heights: string[];
  walkers: string[];
  arrows: { gradient: string; velocity: string; step: string };
}

/** Where a walker is on the screen, in pixels of its canvas; `hidden` behind a hill. */
interface Spot {
  x: number;
  y: number;
  hidden: boolean;
}

type Project = (x: number, y: number, loss: number) => Spot;

interface StepNumbers {
  step: number;
  first: boolean;
  /** Which of the optimizer's rules led on from here. */
  rule: string;
  quantities: Record<string, any>;
  batch: number[] | null;
}
