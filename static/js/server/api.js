// Asks the server: answers line by line, one request in flight, the newest pending next.

import { bodyOf, fitsAnAddress } from './room.js';

/** An error in the API's own form. */
export class Refused extends Error {
  /**
   * @param {Complaint} complaint
   * @param {number | null} [wait] for how many seconds the server asks to wait before asking again
   */
  constructor(complaint, wait = null) {
    super(complaint.message);
    this.complaint = complaint;
    this.wait = wait;
  }
}

/** A stream that ended without its `done` line says nothing about the walk. */
export class CutOff extends Error {}

/** What a proxy has put before all addresses. */
const ROOT = globalThis.document?.documentElement.dataset.root ?? '';

/**
 * @param {string} address as the server knows it, from its own root
 * @returns {string} the address as this page's browser has to ask for it
 */
export function fromRoot(address) {
  return ROOT + address;
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Response>} the answer to it, which is asked for in a body where no address holds the query
 */
export function answerTo(address, signal) {
  const mark = address.indexOf('?');
  const query = mark < 0 ? '' : address.slice(mark + 1);
  if (fitsAnAddress(query)) return fetch(fromRoot(address), { signal });
  const body = JSON.stringify(bodyOf(query));
  const headers = { 'Content-Type': 'application/json' };
  return fetch(fromRoot(address.slice(0, mark)), { method: 'POST', headers, body, signal });
}

/**
 * @param {string} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export async function getJson(address, signal) {
  const response = await answerTo(address, signal);
  if (!response.ok) throw await refusal(response);
  return response.json();
}

/**
 * @param {string} address
 * @returns {Promise<string>}
 */
export async function getText(address) {
  const response = await fetch(address);
  if (!response.ok) throw await refusal(response);
  return response.text();
}

/**
 * @param {Response} response
 * @returns {Promise<Error>}
 */
export async function refusal(response) {
  try {
    const { error } = await response.json();
    const wait = Number(response.headers.get('Retry-After') ?? NaN);
    return new Refused(error, Number.isFinite(wait) ? wait : null);
  } catch {
    return new Error(`The server answered ${response.status}.`);
  }
}

/**
 * Reads JSON lines and hands them on in batches, as they arrive.
 * @param {ReadableStream<Uint8Array>} body
 * @param {(records: any[]) => void} take
 */
export async function readLines(body, take) {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  // A map's last line has megabytes: what has come of a line is joined once, when its end is there.
  let rest = [''];
  for (;;) {
    const { done, value } = await reader.read().catch((error) => {
      // The connection was lost on the way: whatever the browser calls that, the answer was cut off.
      throw error instanceof TypeError ? new CutOff('The answer was cut off.') : error;
    });
    if (done) break;
    const lines = decoder.decode(value, { stream: true }).split('\n');
    rest.push(/** @type {string} */ (lines.shift()));
    if (lines.length === 0) continue;
    const records = [rest.join(''), ...lines.slice(0, -1)].filter(Boolean).map((line) => JSON.parse(line));
    rest = lines.slice(-1);
    if (records.length > 0) take(records);
  }
  if (rest.some((part) => part.trim())) throw new CutOff('The answer was cut off.');
}

/**
 * @param {string} query
 * @param {(records: any[]) => void} take
 * @param {AbortSignal} signal
 */
export function streamDescent(query, take, signal) {
  return stream(`/api/descent/stream?${query}`, take, signal);
}

/** An answer whose last line is of none of these kinds was cut off. */
const LAST = ['done', 'file'];

/**
 * Hands on the records of an answer line by line. Throws where it ends without its last line.
 * @param {string} address
 * @param {(records: any[]) => void} take
 * @param {AbortSignal} signal
 */
export async function stream(address, take, signal) {
  const response = await answerTo(address, signal);
  if (!response.ok || !response.body) throw await refusal(response);
  let complete = false;
  /** @type {unknown} */
  let failure = null;
  try {
    await readLines(response.body, (records) => {
      const last = records[records.length - 1];
      if (last.kind === 'error') failure = new Error(last.message);
      complete = LAST.includes(last.kind);
      take(records);
    });
  } catch (error) {
    failure ??= error;
  }
  if (failure) throw failure;
  if (!complete) throw new CutOff('The answer was cut off.');
}

/** A busy server is waited for so many times as long as another one, at the most. */
const MOST_PATIENCE = 16;

/**
 * One job in flight, the newest pending next. A job that is slow is given up once something newer waits: aborting at
 * every event would starve the picture, waiting for a long walk would freeze it.
 */
export class SingleFlight {
  /** @param {number} patience milliseconds that a job may still take when something newer waits; more where none was enough */
  constructor(patience = 150) {
    this.least = this.patience = patience;
    /** @type {((signal: AbortSignal) => Promise<void>) | null} */
    this.pending = null;
    /** @type {AbortController | null} */
    this.controller = null;
    this.timer = 0;
  }

  /** @param {(signal: AbortSignal) => Promise<void>} job */
  ask(job) {
    if (!this.controller) {
      this.run(job);
      return;
    }
    if (!this.pending) {
      const late = this.controller;
      this.timer = Number(
        setTimeout(() => {
          // Who asks a busy server again and again keeps it busy with what nobody sees.
          this.patience = Math.min(2 * this.patience, MOST_PATIENCE * this.least);
          late.abort();
        }, this.patience),
      );
    }
    this.pending = job;
  }

  /** @param {(signal: AbortSignal) => Promise<void>} job */
  async run(job) {
    this.controller = new AbortController();
    const { signal } = this.controller;
    try {
      await job(signal);
    } finally {
      clearTimeout(this.timer);
      if (!signal.aborted) this.patience = this.least;
      this.controller = null;
      const next = this.pending;
      this.pending = null;
      if (next) this.run(next);
    }
  }

  /** Give up what is under way. */
  cancel() {
    this.pending = null;
    this.controller?.abort();
  }
}
