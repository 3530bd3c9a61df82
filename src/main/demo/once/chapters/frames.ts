/** The wire misbehaves: frames twice, out of order and in another casing, and answers that never come (S37, S38, R10). */
import { CALL_24000, PUT_22000, PUT_24000, PUT_25000 } from "../../contracts.ts";
import { PLAYERS } from "../../players.ts";
import { fillEach, modify, place, type Step } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

const everyFrameTwice: readonly Step[] = PLAYERS.map((of) => ({ do: "disturb-frames", of, effect: { kind: "duplicate" } }));

export const FRAMES: Chapter = {
  title: "A wire that misbehaves",
  steps: [
    ...everyFrameTwice,
    place("every frame twice", { side: "BUY", contract: PUT_22000, lots: 4, price: 71 }),
    modify("every frame twice", { price: 72 }),
    ...fillEach("every frame twice", ["meera", "arjun", "kabir", "zoya"], 72),
    { do: "repair" },

    {
      do: "at-once",
      steps: [
        { do: "disturb-frames", of: "meera", times: 1, effect: { kind: "reorder" } },
        place("the change overtakes", { side: "BUY", contract: PUT_25000, lots: 4, price: 49 }),
        { do: "wait", ms: 10 },
        modify("the change overtakes", { price: 48 }),
      ],
    },
    { do: "repair" },
    ...fillEach("the change overtakes", ["meera", "arjun", "kabir", "zoya"], 48),

    { do: "dialect", speaks: { casing: "pascal" } },
    place("another casing", { side: "BUY", contract: CALL_24000, lots: 2, price: 94 }),
    { do: "dialect", speaks: { casing: "mixed" } },
    ...fillEach("another casing", ["meera", "arjun", "kabir", "zoya"], 94),
    { do: "dialect", speaks: { casing: "camel" } },

    {
      do: "at-once",
      steps: [
        { do: "disturb-requests", of: "arjun", call: "place", when: "after", effect: { kind: "silence" } },
        { do: "disturb-requests", of: "kabir", call: "place", when: "before", effect: { kind: "silence" } },
        { do: "disturb-requests", of: "zoya", call: "place", when: "after", effect: { kind: "reset" } },
        place("no answer", { side: "BUY", contract: PUT_24000, lots: 4, price: 84 }),
        { do: "wait", ms: 300 },
        { do: "repair" },
      ],
    },
    ...fillEach("no answer", ["meera", "arjun", "kabir", "zoya"], 84),
  ],
  // biome-ignore format: a table is read by its columns
  expected: [
    ["every frame twice",    "arjun", "BUY", "LIMIT", 150,  72,  0,  "TRADED", 150],
    ["every frame twice",    "kabir", "BUY", "LIMIT",  75,  72,  0,  "TRADED",  75],
    ["every frame twice",    "zoya",  "BUY", "LIMIT",  75,  72,  0,  "TRADED",  75],
    ["the change overtakes", "arjun", "BUY", "LIMIT", 150,  48,  0,  "TRADED", 150],
    ["the change overtakes", "kabir", "BUY", "LIMIT",  75,  48,  0,  "TRADED",  75],
    ["the change overtakes", "zoya",  "BUY", "LIMIT",  75,  48,  0,  "TRADED",  75],
    ["another casing",       "arjun", "BUY", "LIMIT",  75,  94,  0,  "TRADED",  75],
    ["another casing",       "kabir", "BUY", "LIMIT",  75,  94,  0,  "TRADED",  75],
    ["another casing",       "zoya",  "BUY", "LIMIT",  75,  94,  0,  "TRADED",  75],
    ["no answer",            "arjun", "BUY", "LIMIT", 150,  84,  0,  "TRADED", 150],
    ["no answer",            "kabir", "BUY", "LIMIT",  75,  84,  0,  "TRADED",  75],
    ["no answer",            "zoya",  "BUY", "LIMIT",  75,  84,  0,  "TRADED",  75],
  ],
};
