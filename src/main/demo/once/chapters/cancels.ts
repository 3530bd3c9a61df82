/** The leader withdraws: before the exchange has the copies, after, and when they are filled in part (S15 to S18). */
import { CALL_21000, CALL_27000, PUT_21000, PUT_27000 } from "../../contracts.ts";
import { FOLLOWERS } from "../../players.ts";
import { cancel, fill, place, type Step } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

const brokers = (state: "hold" | "release"): readonly Step[] => FOLLOWERS.map((of) => ({ do: "transit", of, state }));

export const CANCELS: Chapter = {
  title: "Cancels",
  steps: [
    ...brokers("hold"),
    place("withdrawn in transit", { side: "BUY", contract: CALL_21000, lots: 4, price: 190 }),
    cancel("withdrawn in transit"),
    ...brokers("release"),

    place("withdrawn at the exchange", { side: "BUY", contract: PUT_21000, lots: 4, price: 50 }),
    cancel("withdrawn at the exchange"),

    place("withdrawn, arjun in part filled", { side: "BUY", contract: CALL_27000, lots: 8, price: 25 }),
    fill("withdrawn, arjun in part filled", "arjun", 25, 1),
    cancel("withdrawn, arjun in part filled"),

    place("withdrawn, half filled", { side: "BUY", contract: PUT_27000, lots: 8, price: 290 }),
    fill("withdrawn, half filled", "meera", 290, 4),
    fill("withdrawn, half filled", "arjun", 290, 2),
    fill("withdrawn, half filled", "kabir", 290, 1),
    cancel("withdrawn, half filled"),
  ],
  // biome-ignore format: a table is read by its columns
  expected: [
    ["withdrawn in transit",      "arjun", "BUY", "LIMIT", 150, 190,   0,  "CANCELLED",   0],
    ["withdrawn in transit",      "kabir", "BUY", "LIMIT",  75, 190,   0,  "CANCELLED",   0],
    ["withdrawn in transit",      "zoya",  "BUY", "LIMIT",  75, 190,   0,  "CANCELLED",   0],
    ["withdrawn at the exchange", "arjun", "BUY", "LIMIT", 150,  50,   0,  "CANCELLED",   0],
    ["withdrawn at the exchange", "kabir", "BUY", "LIMIT",  75,  50,   0,  "CANCELLED",   0],
    ["withdrawn at the exchange", "zoya",  "BUY", "LIMIT",  75,  50,   0,  "CANCELLED",   0],
    ["withdrawn, arjun in part filled", "arjun", "BUY", "LIMIT", 300, 25, 0, "CANCELLED", 75],
    ["withdrawn, arjun in part filled", "kabir", "BUY", "LIMIT", 150, 25, 0, "CANCELLED",  0],
    ["withdrawn, arjun in part filled", "zoya",  "BUY", "LIMIT",  75, 25, 0, "CANCELLED",  0],
    ["withdrawn, half filled",    "arjun", "BUY", "LIMIT", 300, 290,   0,  "CANCELLED", 150],
    ["withdrawn, half filled",    "kabir", "BUY", "LIMIT", 150, 290,   0,  "CANCELLED",  75],
    ["withdrawn, half filled",    "zoya",  "BUY", "LIMIT",  75, 290,   0,  "CANCELLED",   0],
  ],
};
