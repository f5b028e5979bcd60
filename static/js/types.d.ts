/** The shapes that travel between the modules. The API's own are as it sends them. */

declare const Plotly: any;

type Session = import('./state/session.js').Session;
type Walk = import('./state/walks.js').Walk;
type Walks = import('./state/walks.js').Walks;
type MapCells = import('./state/map_cells.js').MapCells;

interface Window {
  /** For tests: what is shown, as numbers. */
  downhill?: any;
  /** What draws plots: plotly.js, or the little that a map alone needs of it. */
  Plotly?: any;
}

interface Parameter {
  key: string;
  title: string;
  symbol: string;
  low: number;
  high: number | null;
  default: number | null;
  /** One plain line, or all that is to be known where there is a plain one besides. */
  explanation: string;
  plain?: string;
  /** What else is to be known of it. */
  convention?: string;
  log: boolean;
  whole?: boolean;
  /** What it is called among the hyperparameters of a typed rule, which are set together. */
  own?: string;
  /** Whether each landscape has a default of its own for it, under the same name. */
  by_landscape?: boolean;
}

/** A word of the field, the pattern that finds it in a text, and what it means. */
interface Term {
  term: string;
  pattern: string;
  explanation: string;
}

/** A key means something only where another one's value is there, or its entry has, or has not, a trait. */
interface Need {
  key: string;
  trait: string | null;
  wanted: boolean;
  /** Asked only of those entries of the key's own registry that have this trait. */
  where?: string;
  /** Asked only of this value of the key. */
  of?: string;
}

/** How the page shows what is shown, as an address has it. */
interface View {
  /** The step that stands still, or the last one; null where it plays. */
  at: number | 'end' | null;
  /** What stands beside the map, with a comma before what has the third place; null where that is what is usual. */
  view: string | null;
  /** Of the curves. */
  scale: 'log' | 'linear';
  /** The parts of the page that are left out. */
  hide: string[];
  /** Whether how it ends is held back until then. */
  guess_first: boolean;
}

/** What a request names of the registries, as far as it is known. */
interface Entries {
  landscape: LandscapeEntry | undefined;
  optimizer: Optimizer | undefined;
  schedule: Schedule | undefined;
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

/** A landscape of the list to choose from. */
interface LandscapeEntry {
  slug: string;
  title: string;
  /** What the coordinates are called. */
  axes: string[];
  domain: number[];
  start: number[];
  /** The default optimizer's. */
  learning_rate: number;
  momentum: number;
  goal: string;
  teaches: string;
  source: Source;
  mathml: string;
  /** By optimizer, of one that is in no table. */
  learning_rates?: Record<string, number>;
  /** As it may be typed, with the name of its shape in it; null where it is no formula. */
  text?: string | null;
  /** Whether there is a Hessian everywhere. */
  smooth: boolean;
  /** How many data points it is made from, null where it is a formula. */
  points: number | null;
  data: boolean;
  network: boolean;
  shape: {
    name: string;
    symbol: string;
    low: number;
    high: number;
    default: number;
    explanation: string;
    convention: string;
    log: boolean;
  } | null;
}

/** What draws a fit along one input. */
interface Curve {
  x: number[];
  features: number[][];
}

/** The points that a landscape is made from, and what draws the fit: link(a * features[0] + b * features[1] + constant). */
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
  constant: number;
  /** The score takes (x - centre) / unit. */
  centre: number;
  unit: number;
  /** Null with a second input. */
  curve: Curve | null;
  second: { x: number[]; x_name: string; centre: number; unit: number } | null;
}

/** A network whose weights are trained: its landscape has as many dimensions, and a plane of them is drawn. */
interface NetworkRecord {
  /** Inputs, units, outputs. */
  sizes: number[];
  activation: string;
  error: string;
  link: string;
  /** How many. */
  weights: number;
  /** What they are, in their order. */
  layout: { name: string; shape: number[] }[];
  weight_names: string[];
  data: {
    inputs: number[][];
    targets: number[];
    input_names: string[];
    target_name: string;
    caption: string;
  };
}

/** The plane that a network's walks are drawn on: weights are origin + unit * (x * u + y * v), u and v of length 1. */
interface PlaneRecord {
  /** `start` where no walk could say where to: through the first weights, downhill and along the sharpest direction. */
  kind: 'walk' | 'steps' | 'ends' | 'start';
  /** The iterates that it goes through. */
  through: number[];
  origin: number[];
  u: number[];
  v: number[];
  unit: number;
  /** What the plane holds of the variance of the walk that defines it, and of its steps' squares; null where nothing moved. */
  share: number | null;
  share_of_steps: number | null;
}

/** All that is known of a landscape in the shape that was asked for: a walk's answer has it, whether or not a table does. */
interface LandscapeRecord extends Omit<LandscapeEntry, 'mathml' | 'data' | 'network'> {
  /** Whether its stationary points were found, and there may be others. */
  found?: boolean;
  /** Of a typed formula. */
  constants?: Constant[];
  /** As it is typed, null where it is made from data. */
  expression: string | null;
  latex: string;
  stationary_points: StationaryPoint[];
  data: DataPoints | null;
  network: NetworkRecord | null;
}

/** A landscape's loss on a grid; `key` tells it from any other. */
interface Surface {
  key: string;
  /** The rectangle that the grid is of. */
  ground: number[];
  grid: Grid;
}

/** A landscape as it is drawn. */
interface Landscape extends LandscapeRecord, Surface {}

/** A constant of a typed formula, and what a slider of it goes between. */
interface Constant {
  name: string;
  symbol: string;
  value: number;
  low: number;
  high: number;
}

/** What an answer tells of a typed rule; it comes typeset from a route of its own. */
interface OptimizerRecord extends Omit<Optimizer, 'rules' | 'symbols' | 'best' | 'named'> {
  run: number;
}

interface Optimizer {
  slug: string;
  title: string;
  hyperparameters: Parameter[];
  /** Those of a typed rule, which are no keys. */
  named?: Parameter[];
  convention: string;
  source: Source;
  needs_hessian: boolean;
  needs_all_data: boolean;
  /** Whether curvature limits its learning rate, in a way that is known. */
  has_stability_limit: boolean;
  /** Its defaults by landscape. */
  learning_rates: Record<string, number>;
  /** The learning rate of one whose step is right by itself, null of all others. */
  full_step: number | null;
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
  /** The keys that say how the page shows it, in an address's order. */
  view_keys: string[];
  /** The parts of the page that may be left out, with what they are called. */
  parts: Record<string, string>;
  keys: Parameter[];
  glossary: Term[];
  /** Of every key that means something only with others. */
  needs: Record<string, Need[]>;
  landscapes: LandscapeEntry[];
  /** What needs are told of landscapes that are in no table, by the key that makes them. */
  own: Record<string, any>;
  /** What answers have told of what is in no table. */
  told?: import('./state/told.js').Told;
  optimizers: Optimizer[];
  schedules: Schedule[];
  rule_symbols: Record<string, string>;
  gradient_rules: Record<string, [string, string]>;
  symbols: Record<string, string>;
}

/** The canonical request: every key that has a meaning, filled in. */
interface Wanted {
  /** Null where it is in no table. */
  landscape: string | null;
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
  /** What it means in plain words, and in a second line the numbers. */
  message: string;
  /** After how many steps a walk that repeats for ever is back at the same point, null where none is seen. */
  cycle: number | null;
  /** The first times that it came into another basin, at these iterates; null where that was not looked at. */
  crossings?: { step: number; from: number[]; to: number[] }[] | null;
  /** How often it did in all. */
  crossed?: number | null;
  /** Evaluations until so large a part of the way to the best place known was left, for the first time and for good; null is never. */
  reached: { part: number; evaluations: number | null; stayed: number | null }[];
  /** Of a run's first walk. */
  marks: Mark[];
}

/** A value of a number that means something while the others stay as they are. */
interface Mark {
  key: string;
  value: number;
  kind: 'limit' | 'best';
  at: 'start' | 'minimum' | 'end' | null;
  blows_up: 'above' | 'below' | null;
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

interface Grid {
  x: number[];
  /** Left out where the landscape is a curve. */
  y?: number[];
  loss: any[];
  /** Of a curve alone. */
  derivative?: (number | null)[];
  /** Of a plane alone. */
  relief?: Relief;
}

/** What draws a ground as a map. */
interface Relief {
  /** The range of heights, null where there is no height at all; a tint goes by the root of the height above the lowest. */
  lowest: number | null;
  highest: number | null;
  root: number;
  /** Contour lines, lowest first, in pieces with a null after each. */
  lines: { loss: number; numbered: boolean; x: (number | null)[]; y: (number | null)[] }[];
  /** How much each point of the grid is turned to the light, in hundredths; null where there is no height at all. */
  shade: number[][] | null;
}

interface Complaint {
  status: number;
  message: string;
  key: string | null;
  hint: string | null;
  /** Where in what was typed, in characters, in which line of a rule, from 1, and all that was likely meant, by key. */
  column?: number | null;
  line?: number | null;
  correction?: Record<string, string>;
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
  /** Of contour lines on bright ground, and on deep. */
  contour: string;
  contourDeep: string;
  casing: string;
  casingOuter: string;
  heights: string[];
  /** Of what is written on bright ground, and on deep. */
  number: string;
  numberDeep: string;
  /** Of the sides of a block of ground. */
  wall: string;
  /** Of the light and of the shade on a slope, and how much of them there is at the most. */
  lit: Triple;
  shadow: Triple;
  shading: { lit: number; shadow: number };
  walkers: string[];
  arrows: { gradient: string; velocity: string; step: string };
  theory: string;
  /** Of data points of two classes. */
  classes: [string, string];
  /** Landscape and hatching of a map's cells whose walks end at no place that is known. */
  outcomes: Record<string, [string, string]>;
  /** Of the scale from the most evaluations to the fewest. */
  evaluations: Triple[];
}

/** The colours, as the server has them: of the theme a light and a dark one under each name. */
interface PaletteRecord {
  theme: Record<string, string[]>;
  shading: { lit: number; shadow: number };
  evaluations: string[];
}

/** Where a walker is on the screen, in pixels of its canvas; `hidden` behind a hill. */
interface Spot {
  x: number;
  y: number;
  hidden: boolean;
}

type Project = (x: number, y: number, loss: number) => Spot;

/** A quadratic that touches the landscape at one point: with its Hessian, or with the curvatures that an optimizer goes by. */
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

/** The largest Hessian eigenvalue at some steps of a walk, and the one at which the learning rate would be at the limit of `limit_of`. */
interface Sharpness {
  step: number[];
  sharpness: (number | null)[];
  limit: (number | null)[];
  limit_of: string;
  limit_text: string;
}

interface BestSettings {
  optimizer: string;
  title: string;
  settings: Record<string, number>;
  /** What each step keeps of the distance. */
  rate: number;
  source: { text: string; year: number; url: string | null };
}

/** The quadratics of one point: with its Hessian, null where there is none, and the one that the optimizer goes by, null where it has none. */
interface Quadratics {
  local: LocalQuadratic | null;
  believed: LocalQuadratic | null;
}

/** What theory says of one step of a walk. */
interface Theory extends Quadratics {
  walk: number;
  step: number;
  quadratic: boolean;
  sharpness: { edge_of: string };
  best: BestSettings[];
}

interface StepRecord {
  step: number;
  first: boolean;
  /** Which of the optimizer's rules led on from here. */
  rule: string;
  quantities: Record<string, any>;
  batch: number[] | null;
}

/** A place in pixels of the axes. */
interface Place {
  x: number;
  y: number;
}

/** A rectangle, in pixels of the page. */
interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where a picture's axes lie, and how points become pixels of that rectangle. */
interface Frame {
  box: Box;
  project: Project;
}

/** A frame whose pixels are points again. */
interface PlotFrame extends Frame {
  invert: (px: number, py: number) => [number, number];
}

/** What of a step is drawn. */
interface Switches {
  gradient: boolean;
  velocity: boolean;
  step: boolean;
}

/** Red, green and blue, 0 to 255. */
type Triple = [number, number, number];

/** An axis of a map of cells. */
interface MapAxis {
  key: string;
  title: string;
  low: number;
  high: number;
  log: boolean;
}

/** What may become of a cell's walk. */
interface MapEnding {
  label: string;
  /** Null where it is told by its loss alone. */
  outcome: string | null;
  kind?: string | null;
  point?: number[] | null;
  value?: number | null;
  /** #rrggbb, of a place in the middle of its shades; null where cells have the scale of evaluations, or of the loss. */
  colour: string | null;
  /** Of the loss that training ends with, where the kind is `loss`: from the first on and below the second. */
  range?: [number | null, number | null];
}

interface MapCell {
  row: number;
  column: number;
  x: number;
  y: number | null;
  ending: MapEnding;
  /** The place that an unfinished walk is near. */
  near: MapEnding | null;
  steps: number;
  evaluations: number | null;
  /** What a network's training ends with; null where it diverged, and of all else. */
  loss: number | null;
}

/** A part of a picture, in CSS pixels of its view; `sharp` where pixels are cells, which are not to be blended. */
interface Layer extends Box {
  node: SVGSVGElement | HTMLCanvasElement;
  sharp: boolean;
}

/** A picture of the page, copied. */
interface Copy {
  of: 'map' | 'rates' | 'data' | 'surface' | 'curves';
  layers: Layer[];
  width: number;
  height: number;
  /** Whether it is on the screen. */
  seen: boolean;
  /** What is written about it. */
  paragraphs: import('./canvas/picture_file.js').Paragraph[];
}

/** What signs and colours mean, for paper. */
interface Captions {
  runs?: HTMLElement[];
  keys?: HTMLElement[];
  signs?: string;
  scale?: string;
  shades?: string;
}

/** A part of the page: what it does when something has happened. It looks only into its own element, and knows no other. */
interface Panel {
  // The walks.
  /** Other walks are shown. */
  walks?(): void;
  /** These are the first walks, or the first on another landscape. */
  begun?(): void;
  /** They are played anew, from their start. */
  replayed?(): void;
  /** How it ends is held back from now on, or is no more. */
  guessing?(): void;
  /** Another walk is told of, and the settings of its run are shown. */
  selected?(): void;
  /** More of the walks has arrived. */
  grew?(): void;
  /** All of the walks has arrived, or they were given up. */
  completed?(): void;
  /** They were given up by hand. */
  stopped?(): void;
  /** Another address is opened: what was being typed is given up. */
  opened?(): void;
  /** The page shows it otherwise: another scale, another picture beside the map. */
  looked?(): void;
  /** The address asks for a step after the last one, and the end is shown. */
  beyond?(step: number): void;
  /** The address is another one. */
  addressed?(): void;

  // The pictures.
  /** Another landscape is shown next: what moves over the one before is gone. */
  elsewhere?(): void;
  /** The landscape is to be drawn, for this request. */
  landscape?(request: Wanted): void | Promise<void>;
  /** Plotly's map stands in the place of the picture that came with the page. */
  drawn?(): void;
  /** A frame is painted: what moves is where the player is. */
  frame?(): void;
  /** Nothing has changed for a moment: what takes long is drawn. */
  settled?(): void | Promise<void>;
  /** What the curves are drawn from has changed. */
  curves?(): void | Promise<void>;
  /** The boxes of the pictures have another size. */
  resized?(): void | Promise<void>;
  /** The screen has more pixels, or fewer, to one of the page's. */
  rescaled?(): void;
  /** The colours are others. */
  theme?(): void;
  /** Something that did not stand beside the map does now. */
  placed?(place: string): void;
  /** A part of the page is to be seen below, not beside the map. */
  taken?(part: string): void;
  /** What is seen beside another picture is to be seen. */
  beside?(): void;
  /** The rule of the run that is selected is to be changed: it is seen, and its editor opens. */
  rewriting?(): void;

  // What else is known.
  /** Something is being turned: the whole path is shown until it is let go. */
  held?(): void;
  /** The learning rates that are planned for a request. */
  planned?(rates: Rates, request: Wanted): void;
  /** The step that is looked at, or its numbers; `another` where it is another walk's. */
  numbers?(playing: boolean, another: boolean): void;
  /** What theory says of it, or that it is not known; `another` where it is another walk's. */
  theory?(another: boolean): void;
  /** How the runs did over all starts, or why that will not be known. */
  compared?(): void;
  /** The landscapes' small pictures, by slug. */
  thumbnails?(pictures: Record<string, string>): void;

  // The map of cells.
  /** Another map is asked for. */
  asked?(): void;
  /** More of it has come, or no more will; for `busy` seconds the server does others. */
  progress?(busy?: number): void;
  /** It could not be had. */
  missed?(error: unknown): void;
  /** Its cells, or what they are drawn on, are others. */
  cells?(): void | Promise<void>;
  /** Another of its cells is pointed at. */
  hovered?(by_keys: boolean): void;
  /** A drag draws a rectangle to zoom into, or it does not any more. */
  zooming?(): void;
  /** Its cells are more opaque, or less. */
  opacity?(): void;

  // What failed.
  /** Something was refused: says so if it is of this panel. `inner` is the complaint as if the run were alone, `here` whether it stays on its landscape. */
  refused?(refusal: { complaint: Complaint; inner: Complaint; run: number; here: boolean }): boolean;
  /** Something failed that is no control's fault. */
  failed?(error: unknown): void;

  // What leaves the page.
  /** What of it is seen otherwise than usual and is in no link, in words that follow one another with commas. */
  unlinked?(): string[];
  /** Lays all pictures side by side; returns what brings them back. */
  unfold?(): (() => void) | undefined;
  /** Draws anew before anything else happens. */
  drawNow?(request: Wanted): void;
  /** The page is about to be printed. */
  printing?(): void;
  /** A copy of the picture; null where there is none to be seen. */
  copy?(how: { ratio: number; position: number; paper: boolean }): Copy | null;
  /** What is written below the pictures. */
  paragraphs?(): import('./canvas/picture_file.js').Paragraph[];
  captions?(): Captions;
}

type Mount = (element: HTMLElement, session: Session) => Panel;
