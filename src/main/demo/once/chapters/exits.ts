/** Ways out: in part and in full, at a stop or a target, over a resting stop, through zero, and before the way in is done (R14 to R16). */
import { CALL_22000, CALL_23000, CALL_24000, CALL_26000, PUT_23000, PUT_26000 } from "../../contracts.ts";
import { cancel, fill, fillEach, place, price } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

export const EXITS: Chapter = {
  title: "Exits",
  steps: [
    place("half out", { side: "SELL", contract: CALL_23000, lots: 4, price: 121 }),
    ...fillEach("half out", ["meera", "arjun", "kabir", "zoya"], 121),
    place("the rest out", { side: "SELL", contract: CALL_23000, lots: 4, type: "MARKET" }),
    ...fillEach("the rest out", ["meera", "arjun", "kabir"], 120),

    place("the stop", { side: "SELL", contract: PUT_23000, lots: 4, type: "STOP_LOSS", price: 69, trigger: 70 }),
    place("the target", { side: "SELL", contract: PUT_23000, lots: 4, price: 95 }),
    fill("the target", "arjun", 95),
    ...fillEach("the target", ["meera", "kabir", "zoya"], 95),
    cancel("the stop"),

    place("a stop below", { side: "SELL", contract: CALL_24000, lots: 4, type: "STOP_LOSS", price: 89, trigger: 90 }),
    place("out at the market", { side: "SELL", contract: CALL_24000, lots: 4, type: "MARKET" }),
    ...fillEach("out at the market", ["meera", "arjun", "kabir", "zoya"], 95),
    cancel("a stop below"),

    place("stop and reverse", { side: "SELL", contract: PUT_26000, lots: 8, type: "MARKET" }),
    ...fillEach("stop and reverse", ["meera", "arjun", "kabir", "zoya"], 31),
    place("half of the short back", { side: "BUY", contract: PUT_26000, lots: 2, price: 29 }),
    ...fillEach("half of the short back", ["meera", "arjun", "kabir", "zoya"], 29),

    price(CALL_22000, 212),
    place("bought to keep", { side: "BUY", contract: CALL_22000, lots: 4, price: 210, product: "MARGIN" }),
    fill("bought to keep", "meera", 210),
    fill("bought to keep", "arjun", 210, 1),
    place("sold before all was bought", { side: "SELL", contract: CALL_22000, lots: 4, type: "MARKET", product: "MARGIN" }),
    ...fillEach("sold before all was bought", ["meera", "arjun"], 212),

    place("an exit taken back", { side: "SELL", contract: CALL_26000, lots: 10, price: 45 }),
    cancel("an exit taken back"),
  ],
  // Half of zoya's one lot is a lot, by her rounding: she is out before the others, and has nothing left for the rest. The reverse is the
  // whole of what was copied, and the entry beside it: 150 and 150, 75 and 75, 300 and 75.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["half out",               "arjun", "SELL", "LIMIT",     150, 121,     0,  "TRADED",    150],
    ["half out",               "kabir", "SELL", "LIMIT",      75, 121,     0,  "TRADED",     75],
    ["half out",               "zoya",  "SELL", "LIMIT",      75, 121,     0,  "TRADED",     75],
    ["the rest out",           "arjun", "SELL", "LIMIT",     150, 117.6,   0,  "TRADED",    150],
    ["the rest out",           "kabir", "SELL", "LIMIT",      75, 117.6,   0,  "TRADED",     75],
    ["the stop",               "arjun", "SELL", "STOP_LOSS", 150,  69,    70,  "CANCELLED",   0],
    ["the stop",               "kabir", "SELL", "STOP_LOSS",  75,  69,    70,  "CANCELLED",   0],
    ["the stop",               "zoya",  "SELL", "STOP_LOSS",  75,  69,    70,  "CANCELLED",   0],
    ["the target",             "arjun", "SELL", "LIMIT",     150,  95,     0,  "TRADED",    150],
    ["the target",             "kabir", "SELL", "LIMIT",      75,  95,     0,  "TRADED",     75],
    ["the target",             "zoya",  "SELL", "LIMIT",      75,  95,     0,  "TRADED",     75],
    ["a stop below",           "arjun", "SELL", "STOP_LOSS", 150,  89,    90,  "CANCELLED",   0],
    ["a stop below",           "kabir", "SELL", "STOP_LOSS",  75,  89,    90,  "CANCELLED",   0],
    ["a stop below",           "zoya",  "SELL", "STOP_LOSS",  75,  89,    90,  "CANCELLED",   0],
    ["out at the market",      "arjun", "SELL", "LIMIT",     150,  92.15,  0,  "TRADED",    150],
    ["out at the market",      "kabir", "SELL", "LIMIT",      75,  92.15,  0,  "TRADED",     75],
    ["out at the market",      "zoya",  "SELL", "LIMIT",      75,  92.15,  0,  "TRADED",     75],
    ["stop and reverse",       "arjun", "SELL", "LIMIT",     300,  30.05,  0,  "TRADED",    300],
    ["stop and reverse",       "kabir", "SELL", "LIMIT",     150,  30.05,  0,  "TRADED",    150],
    ["stop and reverse",       "zoya",  "SELL", "LIMIT",     375,  30.05,  0,  "TRADED",    375],
    ["half of the short back", "arjun", "BUY",  "LIMIT",      75,  29,     0,  "TRADED",     75],
    ["half of the short back", "kabir", "BUY",  "LIMIT",      75,  29,     0,  "TRADED",     75],
    ["half of the short back", "zoya",  "BUY",  "LIMIT",      75,  29,     0,  "TRADED",     75],
    ["bought to keep",         "arjun", "BUY",  "LIMIT",     150, 210,     0,  "CANCELLED",  75, "MARGIN"],
    ["bought to keep",         "kabir", "BUY",  "LIMIT",      75, 210,     0,  "CANCELLED",   0, "MARGIN"],
    ["bought to keep",         "zoya",  "BUY",  "LIMIT",      75, 210,     0,  "CANCELLED",   0, "MARGIN"],
    ["sold before all was bought", "arjun", "SELL", "LIMIT",  75, 207.75,  0,  "TRADED",     75, "MARGIN"],
    ["an exit taken back",     "arjun", "SELL", "LIMIT",     375,  45,     0,  "CANCELLED",   0],
    ["an exit taken back",     "kabir", "SELL", "LIMIT",     225,  45,     0,  "CANCELLED",   0],
    ["an exit taken back",     "zoya",  "SELL", "LIMIT",      75,  45,     0,  "CANCELLED",   0],
  ],
};
