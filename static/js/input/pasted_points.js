// Text as it is pasted from a spreadsheet, or as a file with separated values has it → points, and what of it was taken.
// Pure.

/**
 * @typedef {object} Pasted
 * @property {number[][]} points rows of two numbers, or of two and a label
 * @property {string[]} names what their columns are called, where they say it themselves; else empty
 * @property {boolean} has_labels whether the last number of each point is a label, 0 or 1
 * @property {string} said one sentence: what was taken, and what was left out
 */

/** How cells are parted, and what the decimal sign is. @typedef {{cells: string, decimal: '.' | ','}} Form */

/** @typedef {{index: number, name: string, words: string[] | null}} Column with the two words that are its labels, 0 and 1 */

/** The likeliest first: of two that find as many numbers it is taken. White space is any amount of it. @type {Form[]} */
const FORMS = [
  { cells: '\t', decimal: '.' },
  { cells: '\t', decimal: ',' },
  { cells: ';', decimal: '.' },
  { cells: ';', decimal: ',' },
  { cells: ' ', decimal: ',' },
  { cells: ',', decimal: '.' },
  { cells: '|', decimal: '.' },
  { cells: ' ', decimal: '.' },
];
/** So much of a long text is looked at to see how it is written, and no more than that is read at all. */
const SAMPLE = 20_000;
const LONGEST = 2_000_000;
/** A column is one of numbers where so many of its cells are, at the least. */
const MOSTLY = 0.5;
/** Which of two words is 1. */
const YES = /^(1|y|yes|true|t|pass|passed|positive|pos|success|won?|win|ja|oui|si|sí|sim|wahr|vrai|on|survived)$/i;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** With what parts thousands, which is never alone: 1,234 may be a decimal number. */
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)$|^[+-]?\d{1,3}(,\d{3}){2,}$/;
const ORDINALS = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth', 'tenth'];

/**
 * @param {string} text
 * @param {number} most how many points are taken
 * @returns {Pasted} without points where there are no two columns of numbers
 */
export function pastedPoints(text, most) {
  const whole = inLines(text.slice(0, LONGEST));
  const form = formOf(whole.slice(0, SAMPLE));
  const rows = rowsOf(whole, form.cells).filter((row) => row.some((cell) => cell !== ''));
  // Lines of words alone, a title or a note, are no part of the table.
  const table = rows.filter((row) => numbersIn(row, form) > 0);
  const header = headerOf(rows, table, form);
  const body = rows.filter((row) => row !== header);
  const { taken, left } = columnsOf(header, table, form);
  if (taken.length < 2) return nothing(taken);
  const read = body.map((row) => taken.map((column) => valueOf(row, column, form)));
  const whole_points = /** @type {number[][]} */ (read.filter((values) => values.every((value) => value !== null)));
  const empty = read.filter((values) => values.every((value) => value === null)).length;
  const points = whole_points.slice(0, most);
  const last = taken[taken.length - 1];
  return {
    points,
    names: taken.every(({ name }) => name) ? taken.map(({ name }) => name) : [],
    has_labels: points.length > 0 && points.every((point) => isLabel(point[taken.length - 1])),
    said: sentenceOf({
      taken,
      left,
      count: points.length,
      of: whole_points.length,
      empty,
      gaps: read.length - whole_points.length - empty,
      commas: form.decimal === ',' && hasDecimals(body, taken, form),
      words: last.words,
    }),
  };
}

/** @param {number[][]} points @returns {string} as an address has them */
export function writePoints(points) {
  return points.map((point) => point.map(String).join(',')).join(';');
}

/** @param {Column[]} taken @returns {Pasted} */
function nothing(taken) {
  const found = taken.length ? 'There is one column of numbers' : 'No column of numbers was found';
  return { points: [], names: [], has_labels: false, said: `${found}; a fit needs two, such as x and y.` };
}

// ---------------------------------------------------------------- cells

/** @param {string} text @returns {string} in lines: what an address has, x,y;x,y, is in one */
function inLines(text) {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trim();
  const pieces = plain.split(';').filter((piece) => piece.trim());
  const parts = (/** @type {string} */ piece) => piece.split(',');
  const is_address =
    !/[\n\t"]/.test(plain) &&
    pieces.length > 1 &&
    [2, 3].includes(parts(pieces[0]).length) &&
    pieces.every((piece) => parts(piece).length === parts(pieces[0]).length && parts(piece).every(isPlain));
  return is_address ? pieces.join('\n') : plain;
}

/** @param {string} cell */
function isPlain(cell) {
  return NUMBER.test(cell.trim());
}

/** @param {string} sample @returns {Form} the one in which most rows have two numbers, or else a number and a word */
function formOf(sample) {
  const found = FORMS.map((form) => {
    const rows = rowsOf(sample, form.cells).map((row) => ({ row, numbers: numbersIn(row, form) }));
    const two = rows.filter(({ numbers }) => numbers > 1).length;
    const some = rows.filter(({ row, numbers }) => numbers > 0 && row.length > 1).length;
    return { form, two, some };
  });
  return found.reduce((best, one) => ((one.two - best.two || one.some - best.some) > 0 ? one : best)).form;
}

/** @param {string[]} row @param {Form} form @returns {number} how many of its cells are numbers */
function numbersIn(row, { decimal }) {
  return row.filter((cell) => numberOf(cell, decimal) !== null).length;
}

/**
 * @param {string} text
 * @param {string} separator
 * @returns {string[][]} the cells of each line, trimmed; what stands in quotes is one cell, whatever it holds
 */
function rowsOf(text, separator) {
  /** @type {string[][]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let cell = '';
  let quoted = false;
  const end = () => {
    row.push(cell.trim());
    cell = '';
  };
  for (let at = 0; at <= text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign !== undefined) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[(at += 1)];
      else quoted = false;
    } else if (sign === '"' && cell.trim() === '') {
      quoted = true;
    } else if (sign === undefined || sign === '\n') {
      end();
      rows.push(separator === ' ' ? row.filter((one) => one !== '') : row);
      row = [];
    } else if (sign === separator || (separator === ' ' && /\s/.test(sign))) {
      end();
    } else {
      cell += sign;
    }
  }
  return rows;
}

/** @param {string | undefined} cell @param {'.' | ','} decimal @returns {number | null} null where it is no finite number */
function numberOf(cell, decimal) {
  let text = (cell ?? '').replace(/\u2212/g, '-').replace(/[\u00A0\u202F\u2009']/g, '');
  if (decimal === ',') {
    if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(text)) text = text.replaceAll('.', '');
    if (text.includes('.')) return null;
    text = text.replace(',', '.');
  } else if (GROUPED.test(text)) {
    text = text.replaceAll(',', '');
  }
  const number = NUMBER.test(text) ? Number(text) : NaN;
  return Number.isFinite(number) ? number : null;
}

/** @param {number} value */
function isLabel(value) {
  return value === 0 || value === 1;
}

// ---------------------------------------------------------------- columns

/**
 * @param {string[][]} rows
 * @param {string[][]} table those that hold numbers
 * @param {Form} form
 * @returns {string[]} the line that names the columns, just before their numbers, whatever stands above it; else nothing
 */
function headerOf(rows, table, form) {
  const first = rows.indexOf(table[0]);
  const found = [rows[first], rows[first - 1]].find((row) => row && isHeader(row, table, form));
  return found ?? [];
}

/**
 * @param {string[]} first
 * @param {string[][]} table
 * @param {Form} form
 * @returns {boolean} whether the first line names the columns: it has words where the others have numbers
 */
function isHeader(first, table, { decimal }) {
  const numeric = first.map((_, index) => isMostly(table, (row) => numberOf(row[index], decimal) !== null));
  const words = first.filter((cell, index) => numeric[index] && cell !== '' && numberOf(cell, decimal) === null);
  const numbers = first.filter((cell, index) => numeric[index] && numberOf(cell, decimal) !== null);
  return words.length > 0 && numbers.length === 0;
}

/** @param {string[][]} rows @param {(row: string[]) => boolean} is */
function isMostly(rows, is) {
  return rows.filter(is).length >= MOSTLY * rows.length;
}

/**
 * @param {string[]} header
 * @param {string[][]} rows
 * @param {Form} form
 * @returns {{taken: Column[], left: Column[]}}
 */
function columnsOf(header, rows, form) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const all = Array.from({ length: width }, (_, index) => ({ index, name: header[index] ?? '', words: null }));
  const numeric = all.filter(({ index }) => isMostly(rows, (row) => numberOf(row[index], form.decimal) !== null));
  const chosen = chosenOf(numeric, rows, form) ?? withWords(all, numeric, rows);
  return { taken: chosen, left: all.filter(({ index }) => !chosen.some((column) => column.index === index)) };
}

/** Two, and a third where it holds labels. @param {Column[]} numeric @param {string[][]} rows @param {Form} form */
function chosenOf(numeric, rows, { decimal }) {
  if (numeric.length < 2) return null;
  const last = numeric[numeric.length - 1];
  const values = rows.map((row) => numberOf(row[last.index], decimal)).filter((value) => value !== null);
  return numeric.length > 2 && values.every(isLabel) ? [...numeric.slice(0, 2), last] : numeric.slice(0, 2);
}

/** One column of numbers, with one that has two words. @param {Column[]} all @param {Column[]} numeric @param {string[][]} rows */
function withWords(all, numeric, rows) {
  if (numeric.length !== 1) return numeric;
  for (const column of all) {
    if (column === numeric[0]) continue;
    const words = [...new Set(rows.map((row) => row[column.index] ?? '').filter((word) => word !== ''))].sort();
    if (words.length === 2) return [numeric[0], { ...column, words: YES.test(words[0]) ? words.reverse() : words }];
  }
  return numeric;
}

/** @param {string[]} row @param {Column} column @param {Form} form @returns {number | null} */
function valueOf(row, { index, words }, { decimal }) {
  if (!words) return numberOf(row[index], decimal);
  const label = words.indexOf(row[index] ?? '');
  return label < 0 ? null : label;
}

/** @param {string[][]} rows @param {Column[]} taken @param {Form} form */
function hasDecimals(rows, taken, { decimal }) {
  return rows.some((row) =>
    taken.some(({ index, words }) => !words && row[index]?.includes(',') && numberOf(row[index], decimal) !== null),
  );
}

// ---------------------------------------------------------------- words

/**
 * @param {{taken: Column[], left: Column[], count: number, of: number, empty: number, gaps: number, commas: boolean,
 *   words: string[] | null}} read
 * @returns {string}
 */
function sentenceOf({ taken, left, count, of, empty, gaps, commas, words }) {
  const lines = (/** @type {number} */ some) => (some === 1 ? '1 line' : `${some} lines`);
  const said = [
    `Took the ${namesOf(taken)}: ${count === 1 ? '1 point' : `${count} points`}${of > count ? `, the first of ${of}` : ''}`,
    ...(words ? [`${words[0]} is 0 and ${words[1]} is 1`] : []),
    ...(commas ? ['commas were read as decimal points'] : []),
    ...(empty ? [`${lines(empty)} without numbers left out`] : []),
    ...(gaps ? [`${lines(gaps)} with a gap left out`] : []),
    ...(left.length ? [`the ${namesOf(left)} left out`] : []),
  ];
  return `${said.join('; ')}.`;
}

/** @param {Column[]} columns @returns {string} by what they call themselves, or by their place */
function namesOf(columns) {
  const named = columns.every(({ name }) => name);
  const names = columns.map(({ name, index }) => (named ? name : (ORDINALS[index] ?? `${index + 1}th`)));
  const one = columns.length === 1;
  const listed = one ? names[0] : `${names.slice(0, -1).join(', ')} and ${names[names.length - 1]}`;
  return named ? `column${one ? '' : 's'} ${listed}` : `${listed} column${one ? '' : 's'}`;
}
