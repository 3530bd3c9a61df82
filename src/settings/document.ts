/** The file as YAML: plain data, and the line of every key. */
import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, type YAMLError } from "yaml";
import { type KeyPath, keyText } from "./key.ts";
import type { SettingsProblem } from "./problem.ts";

export interface SettingsDocument {
  readonly data: unknown;
  /** The line of a key or an item, counted from 1; of what is not there, the line of the nearest thing around it. */
  lineOf(path: KeyPath): number;
}

export type Parsed = { readonly ok: true; readonly document: SettingsDocument } | { readonly ok: false; readonly problems: readonly SettingsProblem[] };

/** Bounds the work that repeated aliases can make (an alias of an alias of …). */
const ALIASES_MAX = 1000;

export function parseYaml(text: string): Parsed {
  const lines = new LineCounter();
  // Pretty errors quote the source, and the source may hold a secret that should not be there.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  const { contents } = document;
  if (faults.length > 0) {
    const problemOf = (fault: YAMLError): SettingsProblem => {
      const [offset] = fault.pos;
      return { line: lines.linePos(offset).line, key: keyText(keyAt(offset, contents, []) ?? []), sentence: faultSentence(fault) };
    };
    return { ok: false, problems: eachOnce(faults.map(problemOf)) };
  }
  const resolve = (node: unknown) => (isAlias(node) ? node.resolve(document) : node);
  try {
    const data: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return { ok: true, document: { data, lineOf: (path) => lines.linePos(offsetOf(path, contents, resolve)).line } };
  } catch {
    // The only way to fail here, as the document is well-formed: its aliases.
    return { ok: false, problems: [{ line: 1, key: "", sentence: `expected ${ALIASES_MAX} aliases at most, each to an anchor above it, found others` }] };
  }
}

/** One missing bracket is often several faults to the parser. */
function eachOnce(problems: readonly SettingsProblem[]): readonly SettingsProblem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function offsetOf(path: KeyPath, contents: Node | null, resolve: (node: unknown) => unknown): number {
  let offset = contents?.range?.[0] ?? 0;
  let node: unknown = contents;
  for (const step of path) {
    const inner = resolve(node);
    if (isMap(inner)) {
      const pair = inner.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(inner)) {
      node = inner.items[Number(step)];
      offset = startOf(node) ?? offset;
    } else return offset;
  }
  return offset;
}

/** The key that begins at an offset; undefined when none does. */
function keyAt(offset: number, node: unknown, path: KeyPath): KeyPath | undefined {
  if (isSeq(node)) return firstOf(node.items.map((item, at) => keyAt(offset, item, [...path, at])));
  if (!isMap(node)) return undefined;
  return firstOf(
    node.items.map(({ key, value }) => {
      const inner = [...path, isScalar(key) ? String(key.value) : "?"];
      return startOf(key) === offset ? inner : keyAt(offset, value, inner);
    }),
  );
}

function firstOf(paths: readonly (KeyPath | undefined)[]): KeyPath | undefined {
  return paths.find((path) => path !== undefined);
}

function startOf(node: unknown): number | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) || isAlias(node) ? node.range?.[0] : undefined;
}

/** In our words, because the parser's may quote the source, and often blame an indentation for a missing bracket or the reverse. */
function faultSentence(fault: YAMLError): string {
  switch (fault.code) {
    case "DUPLICATE_KEY":
      return "expected each key once, found one that stands there already";
    case "TAB_AS_INDENT":
      return "expected spaces for indentation, found a tab";
    case "MULTIPLE_DOCS":
      return "expected one document, found another after ---";
    default:
      return `expected YAML with the keys of a mapping in one column and every quote, bracket and brace closed, found a fault that YAML calls ${fault.code}`;
  }
}
