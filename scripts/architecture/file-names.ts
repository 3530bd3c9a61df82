/** A file is named after one domain noun. A name that fits everything says nothing, and the file behind it grows without a reason to stop. */
import { posix } from "node:path";
import type { Finding } from "./finding.ts";
import type { SourceFile } from "./source-file.ts";

const EMPTY_WORDS = /(?:^|-)(?:utils?|helpers?|common|misc|managers?|services?|handlers?|impl|base|types|index)(?:-|$)/;

export function emptyNames(files: readonly SourceFile[]): readonly Finding[] {
  return files.flatMap((file) => {
    const folders = file.path.split("/").slice(0, -1);
    const name = posix.basename(file.path).split(".")[0] ?? "";
    const empty = [...folders, name].find((part) => EMPTY_WORDS.test(part));
    return empty === undefined ? [] : [{ path: file.path, line: 1, sentence: `"${empty}" says nothing: name it after what it is about` }];
  });
}
