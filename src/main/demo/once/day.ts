/** The fixed session of `lockstep demo --once`, in order. */
import type { Chapter } from "./chapter.ts";
import { CANCELS } from "./chapters/cancels.ts";
import { CHANGES } from "./chapters/changes.ts";
import { CRASH } from "./chapters/crash.ts";
import { CUT } from "./chapters/cut.ts";
import { ENTRIES } from "./chapters/entries.ts";
import { EXITS } from "./chapters/exits.ts";
import { FRAMES } from "./chapters/frames.ts";
import { REFUSALS } from "./chapters/refusals.ts";

export const DAY: readonly Chapter[] = [ENTRIES, REFUSALS, CHANGES, CANCELS, EXITS, FRAMES, CUT, CRASH];
