/** What is not copied, and why: by kind, by size, by the leader's broker and by a follower's (S8, S35, S36, S40). */
import { CALL_22000, NIFTY_FUTURE, PUT_22000, PUT_26000, RELIANCE } from "../../contracts.ts";
import { fillEach, modify, place, price } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

export const REFUSALS: Chapter = {
  title: "Refused, each with its reason",
  steps: [
    place("a share", { side: "BUY", contract: RELIANCE, lots: 10, price: 1_400, product: "CNC" }),
    place("a future", { side: "BUY", contract: NIFTY_FUTURE, lots: 4, price: 26_000 }),

    price(PUT_26000, 31),
    place("one lot, then four", { side: "BUY", contract: PUT_26000, lots: 1, price: 30 }),
    modify("one lot, then four", { lots: 4 }),
    ...fillEach("one lot, then four", ["meera", "arjun", "kabir", "zoya"], 30),

    {
      do: "at-once",
      steps: [
        place("rejected before", { side: "BUY", contract: PUT_22000, lots: 4, price: 66 }),
        { do: "reject", order: "rejected before", at: "meera", reason: "Transactions blocked by RMS" },
      ],
    },

    place("rejected after", { side: "BUY", contract: PUT_22000, lots: 4, price: 70 }),
    { do: "reject", order: "rejected after", at: "meera", reason: "Price is outside the circuit limit range" },
    // A frame that calls a resting order rejected is read again after a second before it is believed (R5).
    { do: "wait", ms: 1_500 },

    { do: "funds", of: "zoya", rupees: 1_000 },
    place("too dear for zoya", { side: "BUY", contract: CALL_22000, lots: 4, price: 200 }),
    ...fillEach("too dear for zoya", ["meera", "arjun", "kabir"], 200),
    { do: "funds", of: "zoya", rupees: 100_000_000 },
  ],
  // Less than half a lot is nothing for arjun and kabir; zoya began with one lot for the leader's one, and keeps that scale.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["one lot, then four",  "arjun", "BUY", "LIMIT",     150,  30,    0,  "TRADED",    150],
    ["one lot, then four",  "kabir", "BUY", "LIMIT",      75,  30,    0,  "TRADED",     75],
    ["one lot, then four",  "zoya",  "BUY", "LIMIT",     300,  30,    0,  "TRADED",    300],
    ["rejected after",      "arjun", "BUY", "LIMIT",     150,  70,    0,  "CANCELLED",   0],
    ["rejected after",      "kabir", "BUY", "LIMIT",      75,  70,    0,  "CANCELLED",   0],
    ["rejected after",      "zoya",  "BUY", "LIMIT",      75,  70,    0,  "CANCELLED",   0],
    ["too dear for zoya",   "arjun", "BUY", "LIMIT",     150, 200,    0,  "TRADED",    150],
    ["too dear for zoya",   "kabir", "BUY", "LIMIT",      75, 200,    0,  "TRADED",     75],
    ["too dear for zoya",   "zoya",  "BUY", "LIMIT",      75, 200,    0,  "REJECTED",    0],
  ],
};
