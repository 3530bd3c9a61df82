/**
 * `npm run architecture`: reads every source file of the project it is started in and holds it to its shape. Prints each fault with its place
 * and exits 1, or says how many files it has read. A check that saw nothing of the program must not look like one that found nothing: 1 as well.
 */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { architectureFaults } from "./faults.ts";
import { readSources } from "./source-file.ts";

const FOLDERS = ["src", "tests", "bench", "scripts"];

const root = process.cwd();
const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)));
const files = readSources(root, folders);
const faults = architectureFaults(files);
for (const { path, line, sentence } of faults) console.error(`${path}:${line} ${sentence}`);
console.log(`architecture: ${files.length} files, ${faults.length} faults`);
process.exitCode = faults.length > 0 || !files.some(({ path }) => path.startsWith("src/")) ? 1 : 0;
