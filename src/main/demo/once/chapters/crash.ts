/**
 * Fifteen orders at once against a limit of ten a second, and in the middle of them the copier is dropped. At arjun and kabir six
 * requests each were received and not answered; at zoya six were still on their way, and arrive when nobody waits for them any more. The
 * first of these have been given up by then, because unanswered placements leave one after another (decision 5). The leader goes on
 * meanwhile. Then a new copier has nothing but the journal and the brokers' books (R8, R10, R11, R21).
 */
import { CALL_25000 } from "../../contracts.ts";
import { FOLLOWERS } from "../../players.ts";
import { cancel, fillEach, modify, place, type Step } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

const two = { side: "BUY", contract: CALL_25000, lots: 2 } as const;

const burst: readonly Step[] = [
  place("burst 1", { ...two, price: 41 }),
  place("burst 2", { ...two, price: 42 }),
  place("burst 3", { ...two, price: 43 }),
  place("burst 4", { ...two, price: 44 }),
  place("burst 5", { ...two, price: 45 }),
  place("burst 6", { ...two, price: 46 }),
  place("burst 7", { ...two, price: 47 }),
  place("burst 8", { ...two, price: 48 }),
  place("burst 9", { ...two, price: 49 }),
  place("burst 10", { ...two, price: 50 }),
  place("burst 11", { ...two, price: 51 }),
  place("burst 12", { ...two, price: 52 }),
  place("burst 13", { ...two, price: 53 }),
  place("burst 14", { ...two, price: 54 }),
  place("burst 15", { ...two, price: 55 }),
];

export const CRASH: Chapter = {
  title: "A burst, and a crash in the middle of it",
  steps: [
    {
      do: "at-once",
      steps: [
        { do: "disturb-requests", of: "arjun", call: "place", when: "after", skip: 4, effect: { kind: "hold" } },
        { do: "disturb-requests", of: "kabir", call: "place", when: "after", skip: 4, effect: { kind: "hold" } },
        { do: "disturb-requests", of: "zoya", call: "place", when: "before", skip: 4, effect: { kind: "hold" } },
        ...burst,
        { do: "await-held", requests: 18 },
        { do: "drop" },
        { do: "repair" },
        { do: "wait", ms: 50 },
        cancel("burst 3"),
        cancel("burst 13"),
        modify("burst 5", { price: 45.5 }),
        place("placed in the dark", { ...two, price: 40 }),
        // As long as a supervisor takes: the limit of ten a second holds at the broker, whoever sends.
        { do: "wait", ms: 1_000 },
      ],
    },
    { do: "rebuild" },
    // What had not left before the crash goes out when the books have been read twice, a grace apart.
    ...FOLLOWERS.map((at): Step => ({ do: "await-copy", order: "placed in the dark", at })),
    ...FOLLOWERS.map((at): Step => ({ do: "await-copy", order: "burst 15", at })),
    ...fillEach("burst 1", ["meera", "arjun", "kabir", "zoya"], 41),
  ],
  // One order each, whatever became of its request. The thirteenth was withdrawn before anything of it had left.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["burst 1",            "arjun", "BUY", "LIMIT", 75, 41,    0,  "TRADED",    75],
    ["burst 1",            "kabir", "BUY", "LIMIT", 75, 41,    0,  "TRADED",    75],
    ["burst 1",            "zoya",  "BUY", "LIMIT", 75, 41,    0,  "TRADED",    75],
    ["burst 2",            "arjun", "BUY", "LIMIT", 75, 42,    0,  "PENDING",    0],
    ["burst 2",            "kabir", "BUY", "LIMIT", 75, 42,    0,  "PENDING",    0],
    ["burst 2",            "zoya",  "BUY", "LIMIT", 75, 42,    0,  "PENDING",    0],
    ["burst 3",            "arjun", "BUY", "LIMIT", 75, 43,    0,  "CANCELLED",  0],
    ["burst 3",            "kabir", "BUY", "LIMIT", 75, 43,    0,  "CANCELLED",  0],
    ["burst 3",            "zoya",  "BUY", "LIMIT", 75, 43,    0,  "CANCELLED",  0],
    ["burst 4",            "arjun", "BUY", "LIMIT", 75, 44,    0,  "PENDING",    0],
    ["burst 4",            "kabir", "BUY", "LIMIT", 75, 44,    0,  "PENDING",    0],
    ["burst 4",            "zoya",  "BUY", "LIMIT", 75, 44,    0,  "PENDING",    0],
    ["burst 5",            "arjun", "BUY", "LIMIT", 75, 45.5,  0,  "PENDING",    0],
    ["burst 5",            "kabir", "BUY", "LIMIT", 75, 45.5,  0,  "PENDING",    0],
    ["burst 5",            "zoya",  "BUY", "LIMIT", 75, 45.5,  0,  "PENDING",    0],
    ["burst 6",            "arjun", "BUY", "LIMIT", 75, 46,    0,  "PENDING",    0],
    ["burst 6",            "kabir", "BUY", "LIMIT", 75, 46,    0,  "PENDING",    0],
    ["burst 6",            "zoya",  "BUY", "LIMIT", 75, 46,    0,  "PENDING",    0],
    ["burst 7",            "arjun", "BUY", "LIMIT", 75, 47,    0,  "PENDING",    0],
    ["burst 7",            "kabir", "BUY", "LIMIT", 75, 47,    0,  "PENDING",    0],
    ["burst 7",            "zoya",  "BUY", "LIMIT", 75, 47,    0,  "PENDING",    0],
    ["burst 8",            "arjun", "BUY", "LIMIT", 75, 48,    0,  "PENDING",    0],
    ["burst 8",            "kabir", "BUY", "LIMIT", 75, 48,    0,  "PENDING",    0],
    ["burst 8",            "zoya",  "BUY", "LIMIT", 75, 48,    0,  "PENDING",    0],
    ["burst 9",            "arjun", "BUY", "LIMIT", 75, 49,    0,  "PENDING",    0],
    ["burst 9",            "kabir", "BUY", "LIMIT", 75, 49,    0,  "PENDING",    0],
    ["burst 9",            "zoya",  "BUY", "LIMIT", 75, 49,    0,  "PENDING",    0],
    ["burst 10",           "arjun", "BUY", "LIMIT", 75, 50,    0,  "PENDING",    0],
    ["burst 10",           "kabir", "BUY", "LIMIT", 75, 50,    0,  "PENDING",    0],
    ["burst 10",           "zoya",  "BUY", "LIMIT", 75, 50,    0,  "PENDING",    0],
    ["burst 11",           "arjun", "BUY", "LIMIT", 75, 51,    0,  "PENDING",    0],
    ["burst 11",           "kabir", "BUY", "LIMIT", 75, 51,    0,  "PENDING",    0],
    ["burst 11",           "zoya",  "BUY", "LIMIT", 75, 51,    0,  "PENDING",    0],
    ["burst 12",           "arjun", "BUY", "LIMIT", 75, 52,    0,  "PENDING",    0],
    ["burst 12",           "kabir", "BUY", "LIMIT", 75, 52,    0,  "PENDING",    0],
    ["burst 12",           "zoya",  "BUY", "LIMIT", 75, 52,    0,  "PENDING",    0],
    ["burst 14",           "arjun", "BUY", "LIMIT", 75, 54,    0,  "PENDING",    0],
    ["burst 14",           "kabir", "BUY", "LIMIT", 75, 54,    0,  "PENDING",    0],
    ["burst 14",           "zoya",  "BUY", "LIMIT", 75, 54,    0,  "PENDING",    0],
    ["burst 15",           "arjun", "BUY", "LIMIT", 75, 55,    0,  "PENDING",    0],
    ["burst 15",           "kabir", "BUY", "LIMIT", 75, 55,    0,  "PENDING",    0],
    ["burst 15",           "zoya",  "BUY", "LIMIT", 75, 55,    0,  "PENDING",    0],
    ["placed in the dark", "arjun", "BUY", "LIMIT", 75, 40,    0,  "PENDING",    0],
    ["placed in the dark", "kabir", "BUY", "LIMIT", 75, 40,    0,  "PENDING",    0],
    ["placed in the dark", "zoya",  "BUY", "LIMIT", 75, 40,    0,  "PENDING",    0],
  ],
};
