// Text as it is pasted from a spreadsheet, or as a file with separated values has it → points, and what of it was taken.
// Pure.

/**
 * @typedef {object} Pasted
 * @property {number[][]} points rows of two numbers, or of two and a label
 * @property {number[]} lines of the text that each point stands in, from 1 on
 * @property {Model} model that is fitted: the one that was asked for, or the one that suits the columns
 * @property {string[]} names what their columns are called, where they say it themselves; else empty
 * @property {boolean} has_labels whether the last number of each point is a label, 0 or 1
 * @property {string} said which column is what, and what was left out
 */

/** @typedef {'line' | 'parabola' | 'logistic'} Model */

/** The cells of a line of the text, and which line it is. @typedef {{cells: string[], line: number}} Row */

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
const PLAIN = /^-?\d{1,15}$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** With what parts thousands, which is never alone: 1,234 may be a decimal number. */
const GROUPED = /^[+-]?\d{1,3}(,\d{3})+(\.\d+)$|^[+-]?\d{1,3}(,\d{3}){2,}$/;
/** So many lines that were left out are named, and so many letters of a column's name are shown. */
const MOST_NAMED = 6;
const LONGEST_NAME = 32;

/**
 * @param {string} text
 * @param {number} most how many points are taken
 * @param {Model | null} [model] that is to be fitted; null for the one that suits the columns
 * @returns {Pasted} without points where there are no two columns of numbers
 */
export function pastedPoints(text, most, model = null) {
  const whole = inLines(text.slice(0, LONGEST));
  const form = formOf(whole.slice(0, SAMPLE));
  const rows = rowsOf(whole, form.cells).filter(({ cells }) => cells.some((cell) => cell !== ''));
  // Lines of words alone, a title or a note, are no part of the table.
  const table = rows.filter(({ cells }) => numbersIn(cells, form) > 0).map(({ cells }) => cells);
  const header = headerOf(rows, table, form);
  const body = rows.filter((row) => row !== header);
  const { taken, left } = columnsOf(header?.cells ?? [], table, form, model);
  if (taken.length < 2) return nothing(taken, header !== null || rows.length > 0, model);
  const read = body.map(({ cells, line }) => ({ line, values: taken.map((column) => valueOf(cells, column, form)) }));
  const having = (/** @type {(count: number) => boolean} */ is) =>
    read.filter(({ values }) => is(values.filter((value) => value !== null).length));
  const whole_points = having((count) => count === taken.length);
  const without = having((count) => count === 0);
  const isNumbered = new Set(
    body.filter(({ cells }) => cells.some((cell) => /^[+-]?\d/.test(cell))).map(({ line }) => line),
  );
  const empty = without.filter(({ line }) => !isNumbered.has(line));
  const unread = without.filter(({ line }) => isNumbered.has(line));
  const gaps = having((count) => count > 0 && count < taken.length);
  const kept = whole_points.slice(0, most);
  const points = kept.map(({ values }) => /** @type {number[]} */ (values));
  const has_labels = points.length > 0 && points.every((point) => isLabel(point[taken.length - 1]));
  const fitted = model ?? (has_labels ? 'logistic' : 'line');
  return {
    points,
    lines: kept.map(({ line }) => line),
    model: fitted,
    names: taken.every(({ name }) => name) ? taken.map(({ name }) => name) : [],
    has_labels,
    said: sentenceOf({
      taken,
      left,
      model: fitted,
      count: points.length,
      of: whole_points.length,
      empty: empty.map(({ line }) => line),
      unread: unread.map(({ line }) => line),
      gaps: gaps.map(({ line }) => line),
      commas: form.decimal === ',' && hasDecimals(body, taken, form),
    }),
  };
}

/** @param {number[][]} points @returns {string} as an address has them */
export function writePoints(points) {
  return points.map((point) => point.map(String).join(',')).join(';');
}

/** @param {Column[]} taken @param {boolean} has_words @param {Model | null} model @returns {Pasted} */
function nothing(taken, has_words, model) {
  const found = taken.length
    ? `There is one column of numbers, ${columnInWords(taken[0])}`
    : has_words
      ? 'No column of numbers was found'
      : 'There is nothing yet';
  const said = `${found}: a fit needs two, such as x and y.`;
  return { points: [], lines: [], model: model ?? 'line', names: [], has_labels: false, said };
}

// ---------------------------------------------------------------- cells

/** @param {string} text @returns {string} in lines: what an address has, x,y;x,y, is in one */
function inLines(text) {
  const plain = text
    .replace(/^\uFEFF/, '')
    .replace(/\r\n?/g, '\n')
    .trimEnd();
  const pieces = plain
    .trim()
    .split(';')
    .filter((piece) => piece.trim());
  const parts = (/** @type {string} */ piece) => piece.split(',');
  const is_address =
    !/[\n\t"]/.test(plain.trim()) &&
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
    const rows = rowsOf(sample, form.cells).map(({ cells: row }) => ({ row, numbers: numbersIn(row, form) }));
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
 * @returns {Row[]} the cells of each line, trimmed; what stands in quotes is one cell, whatever it holds
 */
function rowsOf(text, separator) {
  /** @type {Row[]} */
  const rows = [];
  /** @type {string[]} */
  let row = [];
  let [line, begun] = [1, 1];
  let cell = '';
  let quoted = false;
  const end = () => {
    row.push(cell.trim());
    cell = '';
  };
  for (let at = 0; at <= text.length; at += 1) {
    const sign = text[at];
    if (sign === '\n') line += 1;
    if (quoted && sign !== undefined) {
      if (sign !== '"') cell += sign;
      else if (text[at + 1] === '"') cell += text[(at += 1)];
      else quoted = false;
    } else if (sign === '"' && cell.trim() === '') {
      quoted = true;
    } else if (sign === undefined || sign === '\n') {
      end();
      rows.push({ cells: separator === ' ' ? row.filter((one) => one !== '') : row, line: begun });
      row = [];
      begun = line;
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
  // As nearly always.
  if (cell && PLAIN.test(cell)) return Number(cell);
  let text = (cell ?? '').replace(/\u2212/g, '-').replace(/[\u00A0\u202F\u2009']/g, '');
  if (decimal === ',') {
    if (/^[+-]?\d{1,3}(\.\d{3})+,\d+$/.test(text)) text = text.replaceAll('.', '');
    // A comma at the end parts cells.
    if (text.includes('.') || text.endsWith(',')) return null;
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
 * @param {Row[]} rows
 * @param {string[][]} table the cells of those that hold numbers
 * @param {Form} form
 * @returns {Row | null} the line that names the columns, just before their numbers, whatever stands above it
 */
function headerOf(rows, table, form) {
  const first = rows.findIndex(({ cells }) => cells === table[0]);
  return [rows[first], rows[first - 1]].find((row) => row && isHeader(row.cells, table, form)) ?? null;
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
 * @param {Model | null} model
 * @returns {{taken: Column[], left: Column[]}}
 */
function columnsOf(header, rows, form, model) {
  const width = rows.reduce((most, row) => Math.max(most, row.length), 0);
  const all = Array.from({ length: width }, (_, index) => ({ index, name: plainName(header[index]), words: null }));
  const numeric = all.filter(({ index }) => isMostly(rows, (row) => numberOf(row[index], form.decimal) !== null));
  const chosen = chosenOf(all, numeric, rows, form, model);
  return { taken: chosen, left: all.filter(({ index }) => !chosen.some((column) => column.index === index)) };
}

/**
 * Two, and a third where it holds labels.
 * @param {Column[]} all
 * @param {Column[]} numeric
 * @param {string[][]} rows
 * @param {Form} form
 * @param {Model | null} model
 * @returns {Column[]}
 */
function chosenOf(all, numeric, rows, { decimal }, model) {
  const holdsLabels = (/** @type {Column} */ { index }) =>
    rows.every((row) => {
      const value = numberOf(row[index], decimal);
      return value === null || isLabel(value);
    });
  const last = numeric[numeric.length - 1];
  if (model === null) {
    if (numeric.length < 2) return withWords(all, numeric, rows);
    return numeric.length > 2 && holdsLabels(last) ? [numeric[0], numeric[1], last] : numeric.slice(0, 2);
  }
  if (model !== 'logistic') return numeric.length < 2 ? withWords(all, numeric, rows) : numeric.slice(0, 2);
  const label =
    [...(numeric.length > 1 ? numeric : [])].reverse().find(holdsLabels) ??
    withWords(all, numeric, rows)[numeric.length];
  if (!label) return numeric.slice(0, 2);
  return [...numeric.filter(({ index }) => index !== label.index).slice(0, 2), label];
}

/** Columns of numbers, with one that has two words. @param {Column[]} all @param {Column[]} numeric @param {string[][]} rows @returns {Column[]} */
function withWords(all, numeric, rows) {
  if (numeric.length === 0) return numeric;
  for (const column of all) {
    if (numeric.includes(column)) continue;
    const words = [...new Set(rows.map((row) => row[column.index] ?? '').filter((word) => word !== ''))].sort();
    if (words.length === 2) return [...numeric, { ...column, words: YES.test(words[0]) ? words.reverse() : words }];
  }
  return numeric;
}

/** @param {string | undefined} name @returns {string} in one line, and no longer than may be */
function plainName(name) {
  const line = (name ?? '').replace(/[\s\p{C}]+/gu, ' ').trim();
  const signs = [...line];
  return signs.length > LONGEST_NAME ? `${signs.slice(0, LONGEST_NAME - 1).join('')}…` : line;
}

/** @param {string[]} row @param {Column} column @param {Form} form @returns {number | null} */
function valueOf(row, { index, words }, { decimal }) {
  if (!words) return numberOf(row[index], decimal);
  const label = words.indexOf(row[index] ?? '');
  return label < 0 ? null : label;
}

/** @param {Row[]} rows @param {Column[]} taken @param {Form} form */
function hasDecimals(rows, taken, { decimal }) {
  return rows.some(({ cells: row }) =>
    taken.some(({ index, words }) => !words && row[index]?.includes(',') && numberOf(row[index], decimal) !== null),
  );
}

// ---------------------------------------------------------------- words

/**
 * @param {{taken: Column[], left: Column[], model: Model, count: number, of: number, empty: number[], unread: number[], gaps: number[],
 *   commas: boolean}} read
 * @returns {string}
 */
function sentenceOf({ taken, left, model, count, of, empty, unread, gaps, commas }) {
  const inputs = taken.length > 2 ? ['x1', 'x2'] : ['x'];
  const roles = [...inputs, model === 'logistic' ? 'the label' : 'y'];
  const columns = taken.map((column, index) => `${roles[index]} is ${columnInWords(column)}`).join('; ');
  const points = `${count.toLocaleString('en')} point${count === 1 ? '' : 's'}`;
  const parts = of > count ? [`the first of ${of.toLocaleString('en')}`] : [];
  const out = [
    ...(empty.length ? [linesInWords(empty, 'without numbers')] : []),
    ...(unread.length ? [linesInWords(unread, 'without a number in these columns')] : []),
    ...(gaps.length ? [linesInWords(gaps, 'with a gap')] : []),
    ...(left.length ? [`column${left.length === 1 ? '' : 's'} ${left.map(plainColumn).join(' and ')}`] : []),
  ];
  return [
    `${columns}: ${[points, ...parts].join(', ')}.`,
    ...(commas ? ['Commas were read as decimal points.'] : []),
    ...(out.length ? [`Left out: ${out.join('; ')}.`] : []),
  ].join(' ');
}

/** @param {Column} column @returns {string} by its place, and by what it calls itself */
function columnInWords(column) {
  const words = column.words ? ` (${column.words.map(plainName).join(' is 0, ')} is 1)` : '';
  return `column ${column.index + 1}${column.name ? `, ${column.name}` : ''}${words}`;
}

/** @param {Column} column */
function plainColumn({ index, name }) {
  return `${index + 1}${name ? ` (${name})` : ''}`;
}

/** @param {number[]} lines @param {string} what they are @returns {string} how many, and which */
function linesInWords(lines, what) {
  const named = lines.slice(0, MOST_NAMED).join(', ');
  const more = lines.length > MOST_NAMED ? ', …' : '';
  return `${lines.length.toLocaleString('en')} line${lines.length === 1 ? '' : 's'} ${what} (${named}${more})`;
}
