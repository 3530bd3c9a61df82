/** Import cycles, of types as well: two files that need each other are one thought in two places. */
import type { Finding } from "./finding.ts";
import { importedPath } from "./layers.ts";
import type { SourceFile } from "./source-file.ts";

/** One finding for each import that closes a circle. */
export function cycles(files: readonly SourceFile[]): readonly Finding[] {
  const byPath = new Map(files.map((file) => [file.path, file]));
  const finished = new Set<string>();
  const found: Finding[] = [];

  function follow(file: SourceFile, trail: readonly string[]): void {
    if (finished.has(file.path)) return;
    const here = [...trail, file.path];
    for (const each of file.imports) {
      const target = importedPath(file, each);
      const next = target === undefined ? undefined : byPath.get(target);
      if (next === undefined) continue;
      const start = here.indexOf(next.path);
      if (start < 0) follow(next, here);
      else found.push({ path: file.path, line: file.lineAt(each.offset), sentence: `closes a circle: ${[...here.slice(start), next.path].join(" -> ")}` });
    }
    finished.add(file.path);
  }

  for (const file of files) follow(file, []);
  return found;
}
