/** The leader changes his orders: quantity, price, trigger and type, early and too late (S9 to S14). */
import { CALL_21000, CALL_27000, CALL_28000, PUT_21000, PUT_27000, PUT_28000 } from "../../contracts.ts";
import { cancel, fill, fillEach, modify, place, price } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

export const CHANGES: Chapter = {
  title: "Changes",
  steps: [
    place("larger, dearer, smaller", { side: "BUY", contract: CALL_21000, lots: 4, price: 200 }),
    modify("larger, dearer, smaller", { lots: 8 }),
    modify("larger, dearer, smaller", { price: 205 }),
    modify("larger, dearer, smaller", { lots: 4 }),
    ...fillEach("larger, dearer, smaller", ["meera", "arjun", "kabir", "zoya"], 205),

    place("three prices at once", { side: "BUY", contract: PUT_21000, lots: 4, price: 55 }),
    {
      do: "at-once",
      steps: [modify("three prices at once", { price: 56 }), modify("three prices at once", { price: 57 }), modify("three prices at once", { price: 58 })],
    },
    ...fillEach("three prices at once", ["meera", "arjun", "kabir", "zoya"], 58),

    price(CALL_27000, 28),
    place("a stop that moves", { side: "BUY", contract: CALL_27000, lots: 4, type: "STOP_LOSS", price: 31, trigger: 30 }),
    modify("a stop that moves", { price: 33, trigger: 32 }),
    cancel("a stop that moves"),

    price(PUT_27000, 310),
    place("limit to market", { side: "BUY", contract: PUT_27000, lots: 4, price: 300 }),
    modify("limit to market", { type: "MARKET" }),
    ...fillEach("limit to market", ["meera", "arjun", "kabir", "zoya"], 310),

    place("changed too late", { side: "BUY", contract: CALL_28000, lots: 4, price: 15 }),
    ...fillEach("changed too late", ["arjun", "kabir", "zoya"], 15),
    modify("changed too late", { price: 15.5 }),
    fill("changed too late", "meera", 15.5),

    place("halved when arjun has his half", { side: "BUY", contract: PUT_28000, lots: 8, price: 500 }),
    fill("halved when arjun has his half", "arjun", 500, 2),
    modify("halved when arjun has his half", { lots: 4 }),
    ...fillEach("halved when arjun has his half", ["meera", "kabir", "zoya"], 500),
  ],
  // A market order is protected at 2 % beyond 310. A reduction to what is filled already cancels the rest, instead of changing it; half a
  // lot of zoya's one is a lot, by her rounding.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["larger, dearer, smaller", "arjun", "BUY", "LIMIT",     150, 205,    0,  "TRADED",    150],
    ["larger, dearer, smaller", "kabir", "BUY", "LIMIT",      75, 205,    0,  "TRADED",     75],
    ["larger, dearer, smaller", "zoya",  "BUY", "LIMIT",      75, 205,    0,  "TRADED",     75],
    ["three prices at once",    "arjun", "BUY", "LIMIT",     150,  58,    0,  "TRADED",    150],
    ["three prices at once",    "kabir", "BUY", "LIMIT",      75,  58,    0,  "TRADED",     75],
    ["three prices at once",    "zoya",  "BUY", "LIMIT",      75,  58,    0,  "TRADED",     75],
    ["a stop that moves",       "arjun", "BUY", "STOP_LOSS", 150,  33,   32,  "CANCELLED",   0],
    ["a stop that moves",       "kabir", "BUY", "STOP_LOSS",  75,  33,   32,  "CANCELLED",   0],
    ["a stop that moves",       "zoya",  "BUY", "STOP_LOSS",  75,  33,   32,  "CANCELLED",   0],
    ["limit to market",         "arjun", "BUY", "LIMIT",     150, 316.2,  0,  "TRADED",    150],
    ["limit to market",         "kabir", "BUY", "LIMIT",      75, 316.2,  0,  "TRADED",     75],
    ["limit to market",         "zoya",  "BUY", "LIMIT",      75, 316.2,  0,  "TRADED",     75],
    ["changed too late",        "arjun", "BUY", "LIMIT",     150,  15,    0,  "TRADED",    150],
    ["changed too late",        "kabir", "BUY", "LIMIT",      75,  15,    0,  "TRADED",     75],
    ["changed too late",        "zoya",  "BUY", "LIMIT",      75,  15,    0,  "TRADED",     75],
    ["halved when arjun has his half", "arjun", "BUY", "LIMIT", 300, 500, 0,  "CANCELLED", 150],
    ["halved when arjun has his half", "kabir", "BUY", "LIMIT",  75, 500, 0,  "TRADED",     75],
    ["halved when arjun has his half", "zoya",  "BUY", "LIMIT",  75, 500, 0,  "TRADED",     75],
  ],
};
