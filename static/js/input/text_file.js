// A file that was chosen or dropped → its text.

/** Longer ones are no list of points. */
const LARGEST = 5_000_000;

/**
 * @param {File} file
 * @returns {Promise<{text: string, trouble: string}>} its text, or why there is none
 */
export async function textOfFile(file) {
  if (file.size > LARGEST) {
    const trouble = `The file is too large: ${(file.size / 1e6).toFixed(1)} MB, and up to ${LARGEST / 1e6} are read.`;
    return { text: '', trouble };
  }
  let bytes;
  try {
    bytes = new Uint8Array(await file.arrayBuffer());
  } catch {
    return { text: '', trouble: 'The file could not be read.' };
  }
  const text = decoded(bytes);
  return text === null
    ? { text: '', trouble: 'The file is no text. A spreadsheet saves its cells as text under “CSV”.' }
    : { text, trouble: '' };
}

/** @param {Uint8Array} bytes @returns {string | null} null where they are no text */
function decoded(bytes) {
  const mark = bytes[0] * 256 + bytes[1];
  const wide = { 0xfffe: 'utf-16le', 0xfeff: 'utf-16be' }[mark];
  if (wide) return new TextDecoder(wide).decode(bytes);
  // What is no text holds such bytes, and text holds none.
  if (bytes.includes(0)) return null;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    // As spreadsheets save it that know no other.
    return new TextDecoder('windows-1252').decode(bytes);
  }
}
