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

/** Where something was published. */
interface Source {
  text: string;
  year: number | null;
  url: string | null;
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
  source: Source;
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
  /** Of the points themselves. */
  features: number[][];
  curve: { x: number[]; features: number[][] };
}

/** A landscape as it is drawn: its loss on a grid, and what is known of it. */
interface Ground {
  key: string;
  surface: Surface;
  stationary: StationaryPoint[];
  data: DataPoints | null;
  axes: string[];
  /** Its expression as it is typed, or, of what is made from data, as LaTeX. */
  formula: string;
}

interface Optimizer {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  convention: string;
  source: Source;
  needs_hessian: boolean;
  needs_all_data: boolean;
  /** Whether curvature limits its learning rate, in a way that is known. */
  has_stability_limit: boolean;
  /** Its default, null where the landscape's is taken. */
  learning_rate: number | null;
  /** Lines in symbols and in numbers: `rule`, and where they differ those of the first step, of an ascent, of a refusal. */
  rules: Record<string, [string, string][]>;
  symbols: Record<string, string>;
  /** The formulas of its best settings on quadratics and of the factor on the distance, where they are known. */
  best: { settings: string[]; rate: string } | null;
}

interface Schedule {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  explanation: string;
  source: Source;
  warms_up: boolean;
  /** Whether the learning rate changes at all, without which restarts have no meaning. */
  anneals: boolean;
}

/** The learning rates that are planned. */
interface Rates {
  step: number[];
  learning_rate: number[];
  restarts: number[];
}

interface Catalog {
  order: string[];
  /** The keys that each run of a race may have otherwise. */
  run_keys: string[];
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
  /** Evaluations until so large a part of the way to the best place known was left, for the first time and for good; null is never. */
  reached: { part: number; evaluations: number | null; stayed: number | null }[];
}

/** The keys that the address gives; what is not given has its default. */
type Given = Record<string, string>;

/** The runs of a picture: the keys that all share, and all own keys of each run, the first one's among them. */
interface Race {
  shared: Given;
  runs: Given[];
}

/** A run as the server has it. */
interface Run {
  run: number;
  label: string;
  /** That shows it alone. */
  query: string;
  request: Wanted;
  /** The best loss or value that is known, null where none is. */
  best_known: number | null;
}

interface Quartiles {
  lower: number | null;
  median: number | null;
  upper: number | null;
}

/** How one run of a race did over all its walkers. */
interface RaceRun {
  run: number;
  label: string;
  walkers: number;
  success: number;
  outcomes: Record<string, number>;
  places: Record<string, number>;
  /** Evaluations until so large a part of the way was left for good. */
  stayed: ({ part: number; share: number } & Quartiles)[];
  loss: Quartiles;
  bands: { part: number[]; lower: (number | null)[]; median: (number | null)[]; upper: (number | null)[] };
}

/** A sweep over learning rates. Evaluations are medians over all walkers, null where fewer than half of them stayed so near. */
interface Sweep {
  /** What part of the way was left for good when the evaluations were counted; null where nobody stayed so near. */
  part: number | null;
  best: { learning_rate: number; share: number; evaluations: number | null; loss: number | null };
  learning_rate: number[];
  share: number[];
  evaluations: (number | null)[];
  loss: (number | null)[];
}

interface Surface {
  x: number[];
  /** Left out where the landscape is a curve. */
  y?: number[];
  loss: any[];
  /** Of a curve alone. */
  derivative?: (number | null)[];
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
  theory: string;
  /** Ground and hatching of a map's cells whose walks end at no place that is known. */
  outcomes: Record<string, [string, string]>;
  /** Of few minima, and of the scale from the most evaluations to the fewest: red, green and blue. */
  minima: [number, number, number][];
  evaluations: [number, number, number][];
}

/** Every colour, as the server has it: of the theme a light and a dark one under each name. */
interface PaletteRecord {
  theme: Record<string, string[]>;
  minima: string[];
  evaluations: string[];
}

/** Where a walker is on the screen, in pixels of its canvas; `hidden` behind a hill. */
interface Spot {
  x: number;
  y: number;
  hidden: boolean;
}

type Project = (x: number, y: number, loss: number) => Spot;

/** The quadratic that gradient and Hessian describe at one point. */
interface LocalQuadratic {
  point: number[];
  loss: number;
  gradient: number[];
  hessian: number[][];
  /** Ascending, and the unit vectors that belong to them. */
  eigenvalues: number[];
  eigenvectors: number[][];
  condition_number: number | null;
  /** Its stationary point, where Newton's full step would land. */
  centre: number[] | null;
  stability_limit: number | null;
  curve: { x: number[]; loss: number[] } | null;
  lines: { level: number; x: number[]; y: number[] }[];
}

/** The largest Hessian eigenvalue along a walk, and the one at which the learning rate would be at the limit of `edge_of`. */
interface Sharpness {
  step: number[];
  sharpness: (number | null)[];
  edge: (number | null)[];
  edge_of: string;
  edge_text: string;
}

interface BestSettings {
  optimizer: string;
  title: string;
  settings: Record<string, number>;
  /** What each step keeps of the distance. */
  rate: number;
  source: { text: string; year: number; url: string | null };
}

/** What theory says of one step of a walk; `local` is null where there is no Hessian. */
interface Theory {
  walk: number;
  step: number;
  quadratic: boolean;
  local: LocalQuadratic | null;
  sharpness: Sharpness;
  best: BestSettings[];
}

interface StepNumbers {
  step: number;
  first: boolean;
  /** Which of the optimizer's rules led on from here. */
  rule: string;
  quantities: Record<string, any>;
  batch: number[] | null;
}
