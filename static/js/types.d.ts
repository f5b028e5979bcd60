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
  domain: number[];
  start: number[];
  learning_rate: number;
  goal: string;
  teaches: string;
  mathml: string;
  shape: { name: string; symbol: string; low: number; high: number; default: number; explanation: string; log: boolean } | null;
  stationary_points: StationaryPoint[];
}

interface Optimizer {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  convention: string;
  rule: string[];
  first_rule: string[];
  symbols: Record<string, string>;
}

interface Schedule {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  explanation: string;
}

interface Catalog {
  order: string[];
  keys: Parameter[];
  landscapes: Landscape[];
  optimizers: Optimizer[];
  schedules: Schedule[];
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
  seed: number;
  [key: string]: any;
}

interface Summary {
  outcome: string;
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
  y: number[];
  loss: number[][];
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
  quantities: Record<string, number | number[]>;
}
