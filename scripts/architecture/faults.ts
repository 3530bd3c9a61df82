/** The whole architecture check, over files that have been read. */
import { ambientUses } from "./ambient.ts";
import { cycles } from "./cycles.ts";
import { emptyNames } from "./file-names.ts";
import type { Finding } from "./finding.ts";
import { layerFaults } from "./layers.ts";
import type { SourceFile } from "./source-file.ts";

export function architectureFaults(files: readonly SourceFile[]): readonly Finding[] {
  return [...layerFaults(files), ...cycles(files), ...ambientUses(files), ...emptyNames(files)];
}
