// What the server sends, as Python makes it: once, and then kept until one of its sources is another.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const KEPT = join(ROOT, 'node_modules', '.cache', 'downhill');
const PYTHONS = [join(ROOT, '.venv', 'bin', 'python'), 'python3', 'python'];
const PROGRAM = 'import json; from app.web.catalog import catalog; print(json.dumps(catalog()))';

/** @returns {string} what the answer depends on */
function digest() {
  const hash = createHash('sha256').update(PROGRAM);
  const sources = readdirSync(join(ROOT, 'app'), { recursive: true, encoding: 'utf8' });
  for (const source of sources.filter((path) => /\.(py|json)$/.test(path)).sort())
    hash.update(`\0${source}\0`).update(readFileSync(join(ROOT, 'app', source)));
  return hash.digest('hex').slice(0, 20);
}

/** @returns {string} what the first Python says that can */
function ask() {
  const troubles = [];
  for (const python of PYTHONS) {
    const options = /** @type {const} */ ({ cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 26 });
    const { status, stdout, stderr, error } = spawnSync(python, ['-c', PROGRAM], options);
    if (status === 0) return stdout;
    troubles.push(`${python}: ${error?.message ?? stderr}`);
  }
  throw new Error(`No Python can tell what the server sends.\n${troubles.join('\n')}`);
}

/** @returns {Catalog} */
function sentCatalog() {
  const file = join(KEPT, `catalog-${digest()}.json`);
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    const text = ask();
    keep(file, text);
    return JSON.parse(text);
  }
}

/** Each test file is a process of its own: what one reads another has written whole. @param {string} file @param {string} text */
function keep(file, text) {
  try {
    mkdirSync(KEPT, { recursive: true });
    for (const old of readdirSync(KEPT)) if (old.endsWith('.json')) rmSync(join(KEPT, old), { force: true });
    const whole = `${file}.${process.pid}`;
    writeFileSync(whole, text);
    renameSync(whole, file);
  } catch (error) {
    console.error(`Not kept, and so asked for again by the next test file: ${error}`);
  }
}

export const catalog = sentCatalog();
