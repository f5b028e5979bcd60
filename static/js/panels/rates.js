// The map of learning rates: each setting coloured by how the walk with it ends.

import { clearCells, drawCells } from '../canvas/cell_picture.js';
import { drawScale } from '../canvas/legend_swatches.js';
import { canvasSample, signSample } from '../canvas/picture_file.js';
import { layersOf } from '../canvas/plot_layers.js';
import { axesFrame, draw } from '../figures/plotly.js';
import { measureInWords, ratesFigure } from '../figures/rates_map.js';
import { cellInWords } from '../words/cell_maps.js';
import { isSeen, wordsOf } from './parts/captions.js';
import { ZOOM_HINT, showTip, watchCells } from './parts/cell_tip.js';
import { find, setText } from './parts/elements.js';

/** A network's ground is curved otherwise wherever training comes to. */
const LIMIT_OF_A_NETWORK = 'stability limit at the start, no promise for later';
/** Narrower than so many pixels there is room for fewer ticks. */
const NARROW = 460;
/** By so many cells a key goes with Shift. */
const FAR = 10;
const WAYS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
});

/** @param {HTMLElement} view @param {Session} session @returns {Panel} */
export function mountRates(view, session) {
  const rates = new RatesMap(view, session);
  const { cells } = session;
  const redraw = () => cells.redraw();
  return {
    async cells() {
      rates.explain();
      if (cells.kind === 'rates') await rates.paint();
    },
    hovered: (by_keys) => rates.hover(by_keys),
    zooming: () => setText(rates.hint, cells.zooming && cells.kind === 'rates' ? ZOOM_HINT : ''),
    theme: redraw,
    printing() {
      rates.explain();
      if (cells.kind === 'rates') rates.paintNow();
    },
    copy: ({ ratio }) => rates.copy(ratio),
    captions: () => ({ scale: cells.kind === 'rates' ? rates.scaleInWords() : '' }),
  };
}

class RatesMap {
  /** @param {HTMLElement} view @param {Session} session */
  constructor(view, session) {
    this.session = session;
    this.box = find(view, '#rates');
    this.plot = find(view, '#rates-plot');
    this.canvas = /** @type {HTMLCanvasElement} */ (find(view, '#rates-under canvas'));
    this.note = find(view, '#rates-note');
    this.tip = find(view, '#rates-tip');
    this.spoken = find(view, '#map-cell');
    this.hint = find(view, '#rates-hint');
    this.scale = find(view, '#rates-scale');
    this.bar = /** @type {HTMLCanvasElement} */ (find(view, '#rates-bar'));
    this.ticks = find(view, '#rates-ticks');
    /** What was drawn on the axes last, and how large; and until when. */
    this.drawn = '';
    this.drawing = Promise.resolve();
    this.signs = {
      here: find(view, '#rates-here'),
      best: find(view, '#rates-best'),
      limit: find(view, '#rates-limit'),
    };
    this.#listen();
  }

  #listen() {
    const { box, plot, session } = this;
    const { cells } = session;
    const take = (/** @type {MapCell | null} */ cell) => cells.takeCell(cell);
    const cellAt = watchCells({
      area: box,
      session,
      kind: 'rates',
      frame: () => axesFrame(plot),
      // A finger scrolls the page.
      zooms: (event) => event.pointerType !== 'touch',
      corner: (_, to) => to,
      clicked: take,
    });
    // With a finger, where a press scrolls, a tap is a click.
    box.addEventListener('click', (event) => {
      if (cells.kind !== 'rates' || cells.zooming || /** @type {PointerEvent} */ (event).pointerType !== 'touch')
        return;
      const [holder, frame] = [box.getBoundingClientRect(), axesFrame(plot)];
      if (!frame) return;
      take(cellAt({ x: event.clientX - holder.left - frame.box.left, y: event.clientY - holder.top - frame.box.top }));
    });
    plot.addEventListener('keydown', (event) => this.#steer(event));
    plot.addEventListener('blur', () => cells.hover(null));
    new ResizeObserver(() => cells.redraw()).observe(box);
  }

  /** @returns {PlotFrame | null} */
  #frame() {
    return this.session.cells.kind === 'rates' ? axesFrame(this.plot) : null;
  }

  /** @returns {string} the colour of the run that is mapped */
  get #own() {
    const { cells, colours } = this.session;
    return colours.walkers[cells.run % colours.walkers.length];
  }

  /** Draws the axes and what lies on them. @returns {Promise<void> | null} null where there is nothing to draw on */
  #draw() {
    const { cells, colours } = this.session;
    const shown = cells.coming ?? cells.shown;
    const { width } = this.box.getBoundingClientRect();
    this.note.hidden = Boolean(shown);
    if (!shown || width === 0) return null;
    const figure = ratesFigure(shown, cells.current, colours, width < NARROW ? 4 : 6, this.#own);
    // While a control is dragged cells come many times a second, and what lies on them stays.
    const drawn = JSON.stringify([figure, width, this.plot.clientHeight]);
    if (drawn !== this.drawn) this.drawing = draw(this.plot, figure);
    this.drawn = drawn;
    return this.drawing;
  }

  #paintCells() {
    const { cells, colours } = this.session;
    if (cells.cells) drawCells(this.canvas, this.#frame(), cells.cells, cells.version, colours);
    else clearCells(this.canvas);
  }

  async paint() {
    const drawing = this.#draw();
    if (!drawing) return clearCells(this.canvas);
    await drawing;
    this.#paintCells();
  }

  /** What comes with the next frame comes too late for paper. */
  paintNow() {
    void this.#draw();
    if (this.session.cells.cells) this.#paintCells();
  }

  /** What its scale and its signs mean. */
  explain() {
    const { cells, colours } = this.session;
    const shown = cells.kind ? cells.shown : null;
    const range = shown?.kind === 'rates' ? shown.range : null;
    this.scale.hidden = !range;
    if (shown && range) {
      drawScale(range, shown.trained, colours, this.bar, this.ticks);
      setText(find(this.scale, '.of'), `${measureInWords(shown)}, logarithmic`);
    }
    const { here, best, limit } = this.signs;
    here.hidden = !shown || !cells.currentIsInside;
    const sign = /** @type {HTMLElement} */ (here.firstElementChild);
    sign.classList.toggle('upright', shown?.axes.length === 1);
    if (cells.walks) sign.style.borderColor = this.#own;
    limit.hidden = !(shown?.kind === 'rates' && shown.limit);
    setText(find(limit, 'span'), shown?.trained ? LIMIT_OF_A_NETWORK : 'stability limit');
    best.hidden = !shown?.best || shown.axes.length === 1;
  }

  /** @param {boolean} by_keys what is found by keys is read out */
  hover(by_keys) {
    const { shown, hovered } = this.session.cells;
    showTip(this.tip, this.#frame(), this.session);
    if (by_keys && shown && hovered) setText(this.spoken, cellInWords(shown, hovered).join('; '));
  }

  /** Arrow keys go from cell to cell; Enter takes the cell's settings. @param {KeyboardEvent} event */
  #steer(event) {
    const { cells } = this.session;
    const { shown, hovered, current } = cells;
    if (!shown || shown.kind !== 'rates' || shown.stride === 0) return;
    if (event.key === 'Enter') cells.takeCell(hovered);
    const way = WAYS[event.key];
    if (!way) return;
    event.preventDefault();
    event.stopPropagation();
    const far = event.shiftKey ? FAR : 1;
    const from = hovered ?? shown.at(current[0], current[1] ?? 0) ?? shown.cell(shown.rows >> 1, shown.columns >> 1);
    const row = Math.min(shown.rows - 1, Math.max(0, from.row + far * way[0]));
    const column = Math.min(shown.columns - 1, Math.max(0, from.column + far * way[1]));
    cells.hover(shown.cell(row, column), true);
  }

  /** @returns {string} the ends of the scale; empty where it is not seen */
  scaleInWords() {
    if (!isSeen(this.bar)) return '';
    const ends = [...this.ticks.querySelectorAll('span')].map(wordsOf);
    return `${ends.join(' … ')} ${wordsOf(find(this.scale, '.of'))}`;
  }

  /** @returns {import('../canvas/picture_file.js').Paragraph[]} the scale and the signs */
  #paragraphs() {
    const { soft, ink } = this.session.colours;
    const scale = this.scaleInWords();
    const { here, best, limit } = this.signs;
    const signs = /** @type {[HTMLElement, string, string][]} */ ([
      [here, '○', this.#own],
      [best, '★', ink],
      [limit, '╌', ink],
    ]).filter(([node]) => isSeen(node));
    return [
      { entries: scale ? [{ text: scale, sample: canvasSample(this.bar) }] : [], colour: soft },
      {
        entries: signs.map(([node, sign, colour]) => ({
          text: wordsOf(node).replace(sign, '').trim(),
          sample: signSample(sign, colour),
        })),
        colour: soft,
      },
    ];
  }

  /** @param {number} ratio @returns {Copy | null} */
  copy(ratio) {
    const { box, session } = this;
    if (!isSeen(box) || box.offsetWidth === 0) return null;
    const layers = layersOf(box, session.colours, ratio);
    const paragraphs = this.#paragraphs();
    return { of: 'rates', layers, width: box.offsetWidth, height: box.offsetHeight, seen: true, paragraphs };
  }
}
