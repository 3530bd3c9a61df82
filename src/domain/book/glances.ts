/**
 * What must be known at a glance of each order and each mirror that is put away: two whole numbers by its name, in some 25 bytes. A map with texts for
 * names takes 70 and more, and a busy day has a hundred thousand of them.
 *
 * Names are numbers nearly always, as Dhan writes its orders: decimal, and small enough to be told apart exactly. The few that are not, and numbers that do
 * not fit, stand in an ordinary map. So nothing here is ever found for something else. It keeps the order in which things came, as a map does.
 */

export interface Glance {
  /** What is known of it. */
  readonly what: number;
  /** In which bundle it is. */
  readonly where: number;
}

export interface Glances {
  /** Numbers that are here. */
  size: number;
  /** Rows that are taken; one that was taken out is zeros until the rows are moved. */
  rows: number;
  keys: Float64Array;
  whats: Int32Array;
  wheres: Int32Array;
  /** For each number where it is looked for: its row, counted from one; zero ends the search. Some are always free. */
  slots: Int32Array;
  readonly spread: (key: number) => number;
  readonly others: Map<string, Glance>;
}

const ROWS_MIN = 8;
/** It grows by a quarter: of what a day has, a tenth is room. */
const GROWTH = 1.25;
const SLOTS_PER_ROW = 4 / 3;
const NO_KEYS = new Float64Array();
const NO_NUMBERS = new Int32Array();

/** `spread`: over all numbers of 32 bits; whatever it gives, what is found is right. */
export function noGlances(spread = spreadOf): Glances {
  return { size: 0, rows: 0, keys: NO_KEYS, whats: NO_NUMBERS, wheres: NO_NUMBERS, slots: NO_NUMBERS, spread, others: new Map() };
}

export function countOf({ size, others }: Glances): number {
  return size + others.size;
}

export function glanceAt(glances: Glances, name: string): Glance | undefined {
  const row = rowOf(glances, numberOf(name));
  return row === undefined ? glances.others.get(name) : inRow(glances, row);
}

export function has(glances: Glances, name: string): boolean {
  return rowOf(glances, numberOf(name)) !== undefined || glances.others.has(name);
}

/** Whatever stood there before. */
export function setGlance(glances: Glances, name: string, glance: Glance): void {
  dropGlance(glances, name);
  const key = numberOf(name);
  if (key === 0 || !fits(glance.what) || !fits(glance.where)) glances.others.set(name, glance);
  else append(glances, key, glance);
}

/** Answers what stood there. */
export function dropGlance(glances: Glances, name: string): Glance | undefined {
  const row = rowOf(glances, numberOf(name));
  const glance = row === undefined ? glances.others.get(name) : inRow(glances, row);
  if (row === undefined) {
    glances.others.delete(name);
    return glance;
  }
  glances.size -= 1;
  if (glances.size === 0) moveRows(glances, 0);
  else for (const column of [glances.keys, glances.whats, glances.wheres]) column[row] = 0;
  return glance;
}

/** Those that are numbers first, and otherwise in the order in which they came. It may be changed meanwhile by nobody. */
export function* allGlances(glances: Glances): Generator<readonly [string, Glance], void, undefined> {
  for (let row = 0; row < glances.rows; row += 1) if (glances.keys[row] !== 0) yield [String(glances.keys[row]), inRow(glances, row)];
  yield* glances.others;
}

/** The names of those of which this is known. */
export function* namesWith({ keys, whats, others }: Glances, what: number): Generator<string, void, undefined> {
  for (let row = whats.indexOf(what); row >= 0; row = whats.indexOf(what, row + 1)) if (keys[row] !== 0) yield String(keys[row]);
  for (const [name, one] of others) if (one.what === what) yield name;
}

/** All others leave, and take no room any more. */
export function keepGlances(glances: Glances, isKept: (name: string, glance: Glance) => boolean): void {
  for (const [name, glance] of [...allGlances(glances)]) if (!isKept(name, glance)) dropGlance(glances, name);
  if (glances.size > 0) moveRows(glances, glances.size);
}

function append(glances: Glances, key: number, { what, where }: Glance): void {
  if (glances.rows === glances.keys.length) moveRows(glances, Math.max(ROWS_MIN, Math.ceil((glances.size + 1) * GROWTH)));
  const row = glances.rows;
  glances.keys[row] = key;
  glances.whats[row] = what;
  glances.wheres[row] = where;
  glances.rows += 1;
  glances.size += 1;
  point(glances, row);
}

/** To where there is room for so many. */
function moveRows(glances: Glances, room: number): void {
  const { rows, keys, whats, wheres } = glances;
  const isEmpty = room === 0;
  glances.keys = isEmpty ? NO_KEYS : new Float64Array(room);
  glances.whats = isEmpty ? NO_NUMBERS : new Int32Array(room);
  glances.wheres = isEmpty ? NO_NUMBERS : new Int32Array(room);
  glances.slots = isEmpty ? NO_NUMBERS : new Int32Array(Math.ceil(room * SLOTS_PER_ROW) + 1);
  glances.rows = 0;
  for (let row = 0; row < rows && !isEmpty; row += 1) {
    if (keys[row] === 0) continue;
    glances.keys[glances.rows] = keys[row] ?? 0;
    glances.whats[glances.rows] = whats[row] ?? 0;
    glances.wheres[glances.rows] = wheres[row] ?? 0;
    point(glances, glances.rows);
    glances.rows += 1;
  }
}

/** The first free slot from where its number is looked for first. */
function point({ keys, slots, spread }: Glances, row: number): void {
  let slot = spread(keys[row] ?? 0) % slots.length;
  while (slots[slot] !== 0) slot = slot + 1 === slots.length ? 0 : slot + 1;
  slots[slot] = row + 1;
}

function rowOf({ keys, slots, spread }: Glances, key: number): number | undefined {
  if (key === 0 || slots.length === 0) return undefined;
  let slot = spread(key) % slots.length;
  for (let row = slots[slot] ?? 0; row !== 0; row = slots[slot] ?? 0) {
    if (keys[row - 1] === key) return row - 1;
    slot = slot + 1 === slots.length ? 0 : slot + 1;
  }
  return undefined;
}

function inRow({ whats, wheres }: Glances, row: number): Glance {
  return { what: whats[row] ?? 0, where: wheres[row] ?? 0 };
}

const DIGITS_MAX = 16;
const ZERO = 48;

/** The number whose text this is, to the letter; zero where there is none that is told apart from all others. */
function numberOf(name: string): number {
  const { length } = name;
  if (length === 0 || length > DIGITS_MAX || name.charCodeAt(0) === ZERO) return 0;
  let number = 0;
  for (let at = 0; at < length; at += 1) {
    const digit = name.charCodeAt(at) - ZERO;
    if (digit < 0 || digit > 9) return 0;
    number = number * 10 + digit;
  }
  return Number.isSafeInteger(number) ? number : 0;
}

function fits(value: number): boolean {
  return value === (value | 0);
}

/** Orders are numbered one after another: each of their bits moves all of these. */
function spreadOf(key: number): number {
  let mixed = (key | 0) ^ Math.imul(Math.floor(key / 0x1_0000_0000), 0x9e37_79b1);
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85eb_ca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2_ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
