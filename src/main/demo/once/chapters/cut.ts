/** The leader's network is cut while he goes on trading; then a follower's stream, while his order fills (S24, R6). */
import { CALL_21000, CALL_27000, PUT_21000 } from "../../contracts.ts";
import { cancel, fill, fillEach, modify, place } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

export const CUT: Chapter = {
  title: "Cut off",
  steps: [
    place("from before the cut", { side: "BUY", contract: CALL_21000, lots: 4, price: 180 }),
    {
      do: "at-once",
      steps: [
        // Neither the stream nor the slow poll behind it: nothing of the leader's can be heard or read.
        { do: "disturb-requests", of: "meera", call: "any", when: "before", effect: { kind: "reset" } },
        { do: "upgrades", status: 503 },
        { do: "cut-stream", of: "meera" },
        { do: "wait", ms: 100 },
        place("rests in the gap", { side: "BUY", contract: PUT_21000, lots: 4, price: 45 }),
        place("withdrawn in the gap", { side: "BUY", contract: PUT_21000, lots: 4, price: 44 }),
        place("filled in the gap", { side: "BUY", contract: PUT_21000, lots: 4, price: 54 }),
        { do: "wait", ms: 20 },
        modify("from before the cut", { price: 181 }),
        cancel("withdrawn in the gap"),
        fill("filled in the gap", "meera", 54),
        // Until what was filled is older than maxAge, whole seconds considered.
        { do: "wait", ms: 3_200 },
        { do: "upgrades" },
        { do: "repair" },
      ],
    },

    place("filled while arjun is deaf", { side: "BUY", contract: CALL_27000, lots: 4, price: 24 }),
    { do: "at-once", steps: [{ do: "cut-stream", of: "arjun" }, ...fillEach("filled while arjun is deaf", ["meera", "arjun", "kabir", "zoya"], 24)] },
  ],
  // What was withdrawn in the gap has nothing, and what was filled in it is too old to run after.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["from before the cut",        "arjun", "BUY", "LIMIT", 150, 181,  0,  "PENDING",   0],
    ["from before the cut",        "kabir", "BUY", "LIMIT",  75, 181,  0,  "PENDING",   0],
    ["from before the cut",        "zoya",  "BUY", "LIMIT",  75, 181,  0,  "PENDING",   0],
    ["rests in the gap",           "arjun", "BUY", "LIMIT", 150,  45,  0,  "PENDING",   0],
    ["rests in the gap",           "kabir", "BUY", "LIMIT",  75,  45,  0,  "PENDING",   0],
    ["rests in the gap",           "zoya",  "BUY", "LIMIT",  75,  45,  0,  "PENDING",   0],
    ["filled while arjun is deaf", "arjun", "BUY", "LIMIT", 150,  24,  0,  "TRADED",  150],
    ["filled while arjun is deaf", "kabir", "BUY", "LIMIT",  75,  24,  0,  "TRADED",   75],
    ["filled while arjun is deaf", "zoya",  "BUY", "LIMIT",  75,  24,  0,  "TRADED",   75],
  ],
};
