/**
 * Imports flow one way: domain <- engine <- { adapters, simulator, faces, settings } <- main.
 *
 * Those in braces are strangers to one another; main introduces them. The simulator knows the domain only, so that it cannot share a misreading
 * of Dhan's documents with our parser. The domain and the engine reach nothing that acts on the world: an effect there goes through a port.
 */
import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import { type Import, isTest, type SourceFile } from "./source-file.ts";

/** What each folder below `src` may import from the others. Files that lie in `src` itself, and `src/main/`, are main. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  engine: ["domain"],
  adapters: ["domain", "engine"],
  simulator: ["domain"],
  faces: ["domain", "engine"],
  settings: ["domain", "engine"],
  main: ["domain", "engine", "adapters", "simulator", "faces", "settings"],
};

/** What the pure layers may take from Node and from libraries, by name; `*` is everything it has. Tests may take what they need. */
const PURE_IMPORTS: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  domain: { "node:crypto": ["hash"], "node:zlib": ["deflateRawSync", "inflateRawSync"] },
  engine: { "node:crypto": ["hash"], zod: ["*"] },
};

/** Who judges the program shares nothing with it, so that one mistake cannot agree with itself. */
const AUDITOR = "tests/simulation/auditor/";

export function layerFaults(files: readonly SourceFile[]): readonly Finding[] {
  return files
    .filter((file) => file.path.startsWith("src/") || file.path.startsWith(AUDITOR))
    .flatMap((file) => file.imports.flatMap((each) => faultOf(file, each).map((sentence) => ({ path: file.path, line: file.lineAt(each.offset), sentence }))));
}

/** The file that a relative import means; undefined for Node's modules and for libraries. */
export function importedPath(file: SourceFile, each: Import): string | undefined {
  if (each.specifier === undefined || !each.specifier.startsWith(".")) return undefined;
  return posix.join(posix.dirname(file.path), each.specifier);
}

function faultOf(file: SourceFile, each: Import): readonly string[] {
  if (file.path.startsWith(AUDITOR)) {
    const target = importedPath(file, each);
    const isItsOwn = target === undefined ? each.specifier?.startsWith("node:") === true : target.startsWith(AUDITOR);
    return isItsOwn
      ? []
      : [`the auditor imports ${target ?? each.specifier ?? "what is worked out at run time"}: it judges the program, and shares nothing with it`];
  }
  const from = layerOf(file.path);
  if (!(from in MAY_IMPORT)) return [`src/${from} is a folder that the architecture does not know`];
  if (each.specifier === undefined) return ["imports what is worked out at run time: nobody can say where that leads"];
  const target = importedPath(file, each);
  if (target === undefined) return outsideFault(file, from, each.specifier, each.names);
  if (!target.startsWith("src/")) return [`${from} imports ${target}: the program does not depend on what surrounds it`];
  const to = layerOf(target);
  return to === from || MAY_IMPORT[from]?.includes(to) ? [] : [`${from} imports ${to} (${target}): imports flow the other way`];
}

function outsideFault(file: SourceFile, from: string, specifier: string, names: readonly string[]): readonly string[] {
  const allowed = PURE_IMPORTS[from];
  if (allowed === undefined || isTest(file.path)) return [];
  const permitted = allowed[specifier] ?? [];
  if (permitted.includes("*") || (names.length > 0 && permitted.length > 0 && names.every((name) => permitted.includes(name)))) return [];
  return [`${from} imports ${names.join(", ") || "for its effect"} from ${specifier}: it is pure, and reaches the world through a port`];
}

function layerOf(path: string): string {
  const [, folder, rest] = path.split("/");
  return folder === undefined || rest === undefined ? "main" : folder;
}
