// What theory says of the walk and of the step that is looked at: asked for when it stands still, remembered while it is shown.

import { SingleFlight, getJson } from '../server/api.js';

/** @typedef {{walks: Walks, walker: number, step: number, playing: boolean, dragging: boolean}} Scene what is looked at */

/** So many points of a walk are remembered; each has some hundred numbers of level lines. */
const REMEMBERED = 64;

export class TheoryOfSteps {
  /** @param {(another: boolean) => void} arrived called when something new is known, of another walk or of another step */
  constructor(arrived) {
    this.arrived = arrived;
    this.flight = new SingleFlight(1000);
    /** What is looked at. @type {Scene | null} */
    this.scene = null;
    /** The walk that is known, by its query and number. */
    this.key = '';
    /** What is known of it at any of its steps. @type {Theory | null} */
    this.known = null;
    /** How sharp the ground was along a walk: known whenever the above is, and of a network by itself. @type {Sharpness | null} */
    this.sharpness = null;
    /** The walk that it is of. */
    this.sharp_key = '';
    /** By step. @type {Map<number, Quadratics>} */
    this.quadratics = new Map();
    /** What was asked for last, whether or not it came. */
    this.asked = '';
    /** Why it is not known. @type {unknown} */
    this.failure = null;
  }

  /** Whether the page shows it. */
  get on() {
    return this.scene?.walks.request?.theory === 1;
  }

  /** Whether the page shows the sharpness: that of a network is what its walks are about. */
  get tells_sharpness() {
    return this.on || Boolean(this.scene?.walks.landscape?.network);
  }

  /** Whether the sharpness that is known is that of the walk that is shown. */
  get is_sharp_current() {
    return this.sharpness !== null && this.sharp_key === this.walk;
  }

  /** Whether what is known is of the walk that is shown. */
  get current() {
    return this.scene !== null && this.known !== null && this.key === keyOf(this.scene);
  }

  /** Of the point under the cursor; undefined while they are not known. */
  get here() {
    return this.current && this.scene ? this.quadratics.get(this.scene.step) : undefined;
  }

  /** The one that is drawn: an optimizer's own says where its step leads. Null where there is none. */
  get drawn() {
    return this.here && (this.here.believed ?? this.here.local);
  }

  /** The walk that is looked at, by its query and number. */
  get walk() {
    return this.scene ? keyOf(this.scene) : '';
  }

  /** Called with every frame. @param {Scene} scene */
  show(scene) {
    this.scene = { ...scene, step: Math.min(scene.step, scene.walks.all[scene.walker].length - 1) };
    this.#ask();
  }

  /** Asks again for what could not be had. */
  retry() {
    this.asked = '';
    this.#ask();
  }

  /** The numbers of points that fly by are not asked for, those of a whole walk once. */
  #ask() {
    if (!this.scene || !this.tells_sharpness) return;
    const { walks, walker, step, playing, dragging } = this.scene;
    const is_known = this.on ? this.current && (playing || this.here) : this.is_sharp_current;
    if (!walks.done || dragging || is_known) return;
    const key = keyOf(this.scene);
    const along = `/api/descent/sharpness?${walks.query}&walk=${walker}`;
    // What is the same at all steps is asked for at the first, or a server that fails would be asked with every frame.
    const address = this.on ? `/api/descent/theory?${walks.query}&walk=${walker}&step=${playing ? 0 : step}` : along;
    if (address === this.asked) return;
    this.asked = address;
    this.flight.ask((signal) => this.#fetch(this.on ? address : null, along, key, signal));
  }

  /** @param {string | null} address null where the sharpness alone is asked for @param {string} along of the sharpness @param {string} key @param {AbortSignal} signal */
  async #fetch(address, along, key, signal) {
    let another = false;
    try {
      const [known, sharpness] = /** @type {[Theory | null, Sharpness]} */ (
        await Promise.all([
          address && getJson(address, signal),
          this.sharp_key === key ? this.sharpness : getJson(along, signal),
        ])
      );
      if (this.walk !== key) return;
      another = this.sharp_key !== key || (known !== null && this.key !== key);
      this.sharp_key = key;
      this.sharpness = sharpness;
      if (known) this.#learn(key, known);
      this.failure = null;
    } catch (error) {
      if (signal.aborted) return;
      this.failure = error;
    }
    this.arrived(another);
  }

  /** @param {string} key @param {Theory} known */
  #learn(key, known) {
    if (this.key !== key || this.quadratics.size >= REMEMBERED) this.quadratics.clear();
    this.key = key;
    this.known = known;
    this.quadratics.set(known.step, known);
  }
}

/** @param {Scene} scene */
function keyOf({ walks, walker }) {
  return `${walks.query} ${walker}`;
}
