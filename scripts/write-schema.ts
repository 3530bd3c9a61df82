/** Prints the JSON Schema of `lockstep.yaml` into the file that editors read. Run after a change of `src/settings/file.ts`. */
import { writeFileSync } from "node:fs";
import { publishedSchema } from "../src/settings/published-schema.ts";

const target = new URL("../schema/lockstep.schema.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(publishedSchema(), null, 2)}\n`);
