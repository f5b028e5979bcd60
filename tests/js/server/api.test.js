import { test } from 'node:test';
import assert from 'node:assert/strict';

import {
  CutOff,
  Refused,
  SingleFlight,
  getJson,
  readLines,
  stream,
  streamDescent,
} from '../../../static/js/server/api.js';
import { chance, twoWalkers } from '../tools.js';

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

/**
 * @param {Uint8Array[]} chunks as the network delivers them
 * @param {unknown} [failure] what the connection ends with, where it does not end well
 * @returns {ReadableStream<Uint8Array>}
 */
function bodyOf(chunks, failure) {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent < chunks.length) controller.enqueue(chunks[sent]);
      else if (failure) controller.error(failure);
      else controller.close();
      sent += 1;
    },
  });
}

/** @param {Uint8Array} whole @param {number[]} cuts */
function split(whole, cuts) {
  const ends = [...cuts, whole.length];
  return ends.map((end, k) => whole.slice(k === 0 ? 0 : ends[k - 1], end));
}

/** @param {any[]} records */
const lines = (records) => records.map((record) => `${JSON.stringify(record)}\n`).join('');

/** @param {ReadableStream<Uint8Array>} body */
async function batchesOf(body) {
  /** @type {any[][]} */
  const batches = [];
  await readLines(body, (records) => batches.push(records));
  return batches;
}

/** @param {number} milliseconds @returns {Promise<void>} */
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/**
 * With a server made up for the moment.
 * @template T
 * @param {(address: string, options: RequestInit) => Response | Promise<Response>} server
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
async function served(server, act) {
  const real = globalThis.fetch;
  globalThis.fetch = /** @type {any} */ (
    async (/** @type {string} */ address, /** @type {RequestInit} */ options) => server(address, options)
  );
  try {
    return await act();
  } finally {
    globalThis.fetch = real;
  }
}

const never = new AbortController().signal;

// ---------------------------------------------------------------- lines

const RECORDS = [
  { kind: 'start', message: 'ρ → 0: größer, 上, 🏔' },
  { kind: 'chunk', x: [1.5, null, -2e-300] },
  { kind: 'λ' },
  { kind: 'done' },
];

test('wherever the bytes are cut in two, the records are the same', async () => {
  const whole = bytes(lines(RECORDS));
  assert.ok(whole.length > lines(RECORDS).length, 'some letters take several bytes');
  for (let cut = 0; cut <= whole.length; cut += 1) {
    assert.deepEqual((await batchesOf(bodyOf(split(whole, [cut])))).flat(), RECORDS, `cut at byte ${cut}`);
  }
});

test('byte by byte the records are the same, one at a time', async () => {
  const whole = bytes(lines(RECORDS));
  assert.deepEqual(
    await batchesOf(bodyOf([...whole].map((byte) => Uint8Array.of(byte)))),
    RECORDS.map((record) => [record]),
  );
});

test('however the bytes are cut, the records are the same, and no batch is empty', async () => {
  const random = chance(51);
  const records = Array.from({ length: 40 }, (_, k) => ({ k, text: 'λ√🏔x'.repeat(Math.floor(9 * random())) }));
  const whole = bytes(lines(records));
  for (let round = 0; round < 100; round += 1) {
    const cuts = Array.from({ length: Math.floor(30 * random()) }, () =>
      Math.floor(random() * (whole.length + 1)),
    ).sort((a, b) => a - b);
    const batches = await batchesOf(bodyOf(split(whole, cuts)));
    assert.deepEqual(batches.flat(), records);
    assert.ok(batches.every((batch) => batch.length > 0));
  }
});

test('what arrives together is handed on together', async () => {
  const cut = bytes(lines(RECORDS.slice(0, 3))).length;
  const batches = await batchesOf(bodyOf(split(bytes(lines(RECORDS)), [cut])));
  assert.deepEqual(batches, [RECORDS.slice(0, 3), RECORDS.slice(3)]);
});

test('a record is handed on when its line is there, not when the answer is', async () => {
  /** @type {ReadableStreamDefaultController<Uint8Array> | undefined} */
  let controller;
  const body = new ReadableStream({
    start(given) {
      controller = given;
    },
  });
  /** @type {any[]} */
  const taken = [];
  const reading = readLines(body, (records) => taken.push(...records));
  controller?.enqueue(bytes('{"k":1}\n{"k":'));
  await pause(5);
  assert.deepEqual(taken, [{ k: 1 }]);
  controller?.enqueue(bytes('2}\n'));
  controller?.close();
  await reading;
  assert.deepEqual(taken, [{ k: 1 }, { k: 2 }]);
});

test('an empty answer and empty lines have no records', async () => {
  assert.deepEqual(await batchesOf(bodyOf([])), []);
  assert.deepEqual(await batchesOf(bodyOf([bytes('\n\n')])), []);
  assert.deepEqual(await batchesOf(bodyOf([bytes('\n{"k":1}\n\n'), new Uint8Array(0)])), [[{ k: 1 }]]);
});

test('a line that does not end is cut off, and what came before it counts', async () => {
  for (const rest of ['{', '{"k":2}', '{"k":"λ']) {
    /** @type {any[]} */
    const taken = [];
    await assert.rejects(
      readLines(bodyOf([bytes(`{"k":1}\n${rest}`)]), (records) => taken.push(...records)),
      CutOff,
    );
    assert.deepEqual(taken, [{ k: 1 }]);
  }
});

test('a line that is cut off within a letter is cut off', async () => {
  const whole = bytes('{"k":1}\n{"k":"🏔');
  await assert.rejects(batchesOf(bodyOf([whole.slice(0, -2)])), CutOff);
});

test('a line that is no record is an error and not passed over', async () => {
  await assert.rejects(batchesOf(bodyOf([bytes('{"k":1}\nnonsense\n')])), SyntaxError);
});

// ---------------------------------------------------------------- one walk's answer

const ANSWER = [
  ...twoWalkers,
  { kind: 'end', walk: 0, summary: {} },
  { kind: 'end', walk: 1, summary: {} },
  { kind: 'done' },
];

test('an answer with its last line is complete, and asked for at its address', async () => {
  /** @type {any[]} */
  const taken = [];
  const controller = new AbortController();
  await served(
    (address, { signal }) => {
      assert.equal(address, '/api/descent/stream?starts=2&steps=3');
      assert.equal(signal, controller.signal);
      return new Response(bodyOf(split(bytes(lines(ANSWER)), [10, 200, 900])));
    },
    () => streamDescent('starts=2&steps=3', (records) => taken.push(...records), controller.signal),
  );
  assert.deepEqual(taken, ANSWER);
});

for (const [name, records] of /** @type {[string, any[]][]} */ ([
  ['no line at all', []],
  ['its start only', ANSWER.slice(0, 1)],
  ['everything but its last line', ANSWER.slice(0, -1)],
])) {
  test(`an answer with ${name} is cut off, though every line is whole`, async () => {
    /** @type {any[]} */
    const taken = [];
    await assert.rejects(
      served(
        () => new Response(bodyOf([bytes(lines(records))])),
        () => streamDescent('', (some) => taken.push(...some), never),
      ),
      CutOff,
    );
    assert.deepEqual(taken, records, 'and what is there was handed on');
  });
}

test('a “done” that something follows is not the end', async () => {
  await assert.rejects(
    served(
      () => new Response(bodyOf([bytes(lines([{ kind: 'done' }])), bytes(lines([ANSWER[1]]))])),
      () => streamDescent('', () => {}, never),
    ),
    CutOff,
  );
});

test('a connection that is lost half-way is an answer cut off', async () => {
  /** @type {any[]} */
  const taken = [];
  await assert.rejects(
    served(
      () => new Response(bodyOf([bytes(lines(ANSWER.slice(0, 2)))], new TypeError('network error'))),
      () => streamDescent('', (some) => taken.push(...some), never),
    ),
    CutOff,
  );
  assert.deepEqual(taken, ANSWER.slice(0, 2));
});

test('an error after the first byte is told in the server’s words, whatever came with it', async () => {
  for (const cuts of [[], [bytes(lines(ANSWER.slice(0, 2))).length]]) {
    const whole = bytes(lines([...ANSWER.slice(0, 2), { kind: 'error', message: 'The formula has no value here.' }]));
    await assert.rejects(
      served(
        () => new Response(bodyOf(split(whole, cuts))),
        () => streamDescent('', () => {}, never),
      ),
      (error) =>
        error instanceof Error && !(error instanceof CutOff) && error.message === 'The formula has no value here.',
    );
  }
});

test('what refuses a query says which key, what and why', async () => {
  const complaint = {
    status: 422,
    message: 'steps=-3 is out of range.',
    key: 'steps',
    hint: 'A whole number from 1 to 100000.',
  };
  const refuse = () =>
    new Response(JSON.stringify({ error: complaint }), {
      status: 422,
      headers: { 'Content-Type': 'application/json' },
    });
  for (const act of [
    () => streamDescent('steps=-3', () => assert.fail('nothing is handed on'), never),
    () => getJson('/api/descent?steps=-3'),
  ]) {
    await assert.rejects(served(refuse, act), (error) => {
      assert.ok(error instanceof Refused);
      assert.deepEqual(error.complaint, complaint);
      assert.equal(error.message, complaint.message);
      return true;
    });
  }
});

test('a busy server says for how long', async () => {
  const error = { status: 503, message: 'Too many maps are under way.', key: null, hint: null };
  for (const [header, wait] of /** @type {[Record<string, string>, number | null][]} */ ([
    [{ 'Retry-After': '3' }, 3],
    [{}, null],
    [{ 'Retry-After': 'Wed, 21 Oct 2026 07:28:00 GMT' }, null],
  ])) {
    const refuse = () => new Response(JSON.stringify({ error }), { status: 503, headers: header });
    await assert.rejects(
      served(refuse, () => stream('/api/maps/basins', () => {}, never)),
      (error) => error instanceof Refused && error.wait === wait,
    );
  }
});

test('a line of megabytes is read whole', async () => {
  const record = { kind: 'pass', steps: Array.from({ length: 400_000 }, (_, k) => k) };
  const whole = bytes(lines([record, { kind: 'done' }]));
  const chunks = split(
    whole,
    Array.from({ length: Math.floor(whole.length / 4096) }, (_, k) => 4096 * (k + 1)),
  );
  const batches = await batchesOf(bodyOf(chunks));
  assert.deepEqual(batches.flat(), [record, { kind: 'done' }]);
});

for (const [name, body] of [
  ['a page', '<html>Bad gateway</html>'],
  ['nothing', ''],
  ['JSON in another form', '{"detail": "Bad gateway"}'],
  ['JSON that is no object', 'null'],
]) {
  test(`an error that is ${name} is told by its number`, async () => {
    for (const act of [() => streamDescent('', () => {}, never), () => getJson('/api/keys')]) {
      await assert.rejects(
        served(() => new Response(body, { status: 502 }), act),
        (error) =>
          error instanceof Error && !(error instanceof Refused) && error.message === 'The server answered 502.',
      );
    }
  });
}

test('what goes wrong with a record that was handed on is not taken for a lost connection', async () => {
  const failure = new RangeError('no such walker');
  const act = () =>
    streamDescent(
      '',
      () => {
        throw failure;
      },
      never,
    );
  await assert.rejects(
    served(() => new Response(bodyOf([bytes(lines(ANSWER))])), act),
    (error) => error === failure,
  );
});

test('a server that is not there is neither a refusal nor an answer cut off', async () => {
  const gone = () => Promise.reject(new TypeError('fetch failed'));
  await assert.rejects(
    served(gone, () => streamDescent('', () => {}, never)),
    (error) => error instanceof TypeError && !(error instanceof CutOff),
  );
});

test('an answer that is given up ends with the reason, not as cut off', async () => {
  const controller = new AbortController();
  const reason = new DOMException('given up', 'AbortError');
  await assert.rejects(
    served(
      () =>
        new Response(
          new ReadableStream({
            start(stream) {
              stream.enqueue(bytes(lines(ANSWER.slice(0, 1))));
              controller.signal.addEventListener('abort', () => stream.error(reason));
            },
          }),
        ),
      () => streamDescent('', () => controller.abort(), controller.signal),
    ),
    (error) => error === reason,
  );
});

test('JSON is given as it is, with the signal passed on', async () => {
  const controller = new AbortController();
  const got = await served(
    (address, { signal }) => {
      assert.equal(address, '/api/keys');
      assert.equal(signal, controller.signal);
      return new Response('[1, {"a": null}]');
    },
    () => getJson('/api/keys', controller.signal),
  );
  assert.deepEqual(got, [1, { a: null }]);
});

// ---------------------------------------------------------------- one in flight

/** Jobs that end when they are told to, or when they are aborted. */
function jobs() {
  /** @type {string[]} */
  const log = [];
  /** @type {Record<string, {end: () => void, signal: AbortSignal}>} */
  const running = {};
  return {
    log,
    running,
    /** @param {string} name */
    job: (name) => (/** @type {AbortSignal} */ signal) => {
      log.push(`${name} begins`);
      return /** @type {Promise<void>} */ (
        new Promise((resolve) => {
          const end = (/** @type {string} */ how) => {
            if (!(name in running)) return;
            delete running[name];
            log.push(`${name} ${how}`);
            resolve();
          };
          running[name] = { end: () => end('ends'), signal };
          signal.addEventListener('abort', () => end('is given up'));
        })
      );
    },
  };
}

const LONG = 60_000;

test('the first job begins at once', () => {
  const { log, job, running } = jobs();
  new SingleFlight(LONG).ask(job('a'));
  assert.deepEqual(log, ['a begins']);
  running.a.end();
});

test('one job at a time: the newest that waits is next, those between are left out', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(LONG);
  for (const name of ['a', 'b', 'c', 'd']) flight.ask(job(name));
  await pause(1);
  assert.deepEqual(log, ['a begins']);
  running.a.end();
  await pause(1);
  assert.deepEqual(log, ['a begins', 'a ends', 'd begins']);
  flight.ask(job('e'));
  flight.ask(job('f'));
  running.d.end();
  await pause(1);
  running.f.end();
  await pause(1);
  assert.deepEqual(log.slice(3), ['d ends', 'f begins', 'f ends']);
  flight.ask(job('g'));
  assert.equal(log[6], 'g begins', 'and after a rest the next begins at once');
  running.g.end();
});

test('never two at once, and the last that was asked for is always done', async () => {
  const random = chance(52);
  for (let round = 0; round < 30; round += 1) {
    const flight = new SingleFlight(LONG);
    let under_way = 0;
    let newest = -1;
    const count = 5 + Math.floor(20 * random());
    for (let k = 0; k < count; k += 1) {
      flight.ask(async () => {
        under_way += 1;
        assert.equal(under_way, 1);
        assert.ok(k > newest, 'none goes back to an older one');
        for (let wait = Math.floor(4 * random()); wait >= 0; wait -= 1) await Promise.resolve();
        newest = k;
        under_way -= 1;
      });
      for (let wait = Math.floor(3 * random()); wait > 0; wait -= 1) await Promise.resolve();
    }
    await pause(0);
    assert.equal(newest, count - 1);
    assert.equal(under_way, 0);
  }
});

test('a slow job is left in peace while nothing newer waits', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(10);
  flight.ask(job('a'));
  await pause(60);
  assert.deepEqual(log, ['a begins']);
  assert.equal(running.a.signal.aborted, false);
  running.a.end();
});

test('a slow job is given up once something newer has waited long enough, not before', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(150);
  flight.ask(job('a'));
  const since = performance.now();
  flight.ask(job('b'));
  assert.equal(running.a.signal.aborted, false);
  while (log.length < 3 && performance.now() - since < 5000) await pause(2);
  assert.ok(performance.now() - since >= 145, 'the patience was kept');
  assert.deepEqual(log, ['a begins', 'a is given up', 'b begins']);
  assert.equal(running.b.signal.aborted, false);
  running.b.end();
});

test('what is asked for again and again does not lengthen the patience', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(50);
  flight.ask(job('a'));
  for (let k = 0; k < 1000 && log.length < 2; k += 1) {
    flight.ask(job('b'));
    await pause(5);
  }
  assert.deepEqual(log, ['a begins', 'a is given up', 'b begins']);
  running.b.end();
});

test('after a job that was given up the next has twice the time, at most sixteen times, until one has ended', async () => {
  const { job, log, running } = jobs();
  const flight = new SingleFlight(1);
  const patiences = [];
  flight.ask(job('a'));
  for (const name of 'bcdefg') {
    flight.ask(job(name));
    for (let k = 0; k < 1000 && log.at(-1) !== `${name} begins`; k += 1) await pause(1);
    patiences.push(flight.patience);
  }
  assert.deepEqual(patiences, [2, 4, 8, 16, 16, 16]);
  running.g.end();
  await pause(1);
  assert.equal(flight.patience, 1);
});

test('the patience with one job does not end the next', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(40);
  flight.ask(job('a'));
  flight.ask(job('b'));
  running.a.end();
  await pause(120);
  assert.deepEqual(log, ['a begins', 'a ends', 'b begins']);
  assert.equal(running.b.signal.aborted, false);
  running.b.end();
});

test('given up, the job under way is aborted and what waited is not begun', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(LONG);
  flight.ask(job('a'));
  flight.ask(job('b'));
  flight.cancel();
  await pause(1);
  assert.deepEqual(log, ['a begins', 'a is given up']);
  flight.ask(job('c'));
  assert.deepEqual(log.slice(2), ['c begins']);
  assert.equal(running.c.signal.aborted, false);
  running.c.end();
});

test('giving up when nothing is under way is nothing', () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(LONG);
  flight.cancel();
  flight.ask(job('a'));
  assert.deepEqual(log, ['a begins']);
  running.a.end();
});

test('what is asked for right after giving up is done', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(LONG);
  flight.ask(job('a'));
  flight.cancel();
  flight.ask(job('b'));
  await pause(1);
  assert.deepEqual(log, ['a begins', 'a is given up', 'b begins']);
  running.b.end();
});

test('a job that fails does not hold up the next', async () => {
  const { log, job, running } = jobs();
  const flight = new SingleFlight(LONG);
  const failing = flight.run(async () => {
    await pause(2);
    throw new Error('failed');
  });
  flight.ask(job('b'));
  await assert.rejects(failing, /failed/);
  assert.deepEqual(log, ['b begins']);
  running.b.end();
  await pause(1);
  flight.ask(job('c'));
  assert.deepEqual(log.slice(1), ['b ends', 'c begins']);
  running.c.end();
});
