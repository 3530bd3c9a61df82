/**
 * One frame of the order stream may hold several JSON objects back to back (reference 4.2). They are found by their braces, with
 * texts and escapes understood, so that a brace inside a text ends nothing.
 */

export interface Pieces {
  /** The text of each whole object, in order. */
  readonly objects: readonly string[];
  /** What stands between, before and after them and is no blank: garbage, or an object that was cut off. */
  readonly rest: readonly string[];
}

export function splitObjects(frame: string): Pieces {
  const objects: string[] = [];
  const rest: string[] = [];
  const keepRest = (from: number, to: number): void => {
    const between = frame.slice(from, to).trim();
    if (between !== "") rest.push(between);
  };
  let at = 0;
  while (at < frame.length) {
    const open = frame.indexOf("{", at);
    const end = open < 0 ? -1 : endOfObject(frame, open);
    if (end < 0) break;
    keepRest(at, open);
    objects.push(frame.slice(open, end));
    at = end;
  }
  keepRest(at, frame.length);
  return { objects, rest };
}

/** Just behind the brace that closes the one at `open`; -1 when it is never closed. */
function endOfObject(frame: string, open: number): number {
  let depth = 0;
  let inText = false;
  for (let at = open; at < frame.length; at++) {
    const character = frame[at];
    if (inText) {
      if (character === "\\") at++;
      else if (character === '"') inText = false;
    } else if (character === '"') inText = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at + 1;
  }
  return -1;
}
