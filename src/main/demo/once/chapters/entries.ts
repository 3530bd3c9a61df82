/** Orders of every kind that open a position (S1 to S7, S20 to S22). */
import { CALL_23000, CALL_24000, CALL_25000, CALL_26000, PUT_23000, PUT_24000, PUT_25000, SENSEX_CALL } from "../../contracts.ts";
import { cancel, fill, fillEach, place, price } from "../../step.ts";
import type { Chapter } from "../chapter.ts";

export const ENTRIES: Chapter = {
  title: "Entries of every kind",
  steps: [
    price(CALL_23000, 120),
    place("limit", { side: "BUY", contract: CALL_23000, lots: 8, price: 120.5 }),
    fill("limit", "meera", 120.5, 3),
    fill("limit", "arjun", 120.5, 1),
    ...fillEach("limit", ["meera", "arjun", "kabir", "zoya"], 120.4),

    price(PUT_23000, 80),
    place("market", { side: "BUY", contract: PUT_23000, lots: 4, type: "MARKET" }),
    ...fillEach("market", ["meera", "arjun", "kabir", "zoya"], 80),

    price(CALL_24000, 95),
    place("stop", { side: "BUY", contract: CALL_24000, lots: 4, type: "STOP_LOSS", price: 101, trigger: 100 }),
    ...fillEach("stop", ["meera", "arjun", "kabir", "zoya"], 100.5),

    price(PUT_24000, 85),
    place("stop-market", { side: "BUY", contract: PUT_24000, lots: 4, type: "STOP_LOSS_MARKET", trigger: 90 }),
    cancel("stop-market"),

    price(CALL_25000, 60),
    place("immediate or cancel", { side: "BUY", contract: CALL_25000, lots: 4, price: 60, validity: "IOC" }),
    ...fillEach("immediate or cancel", ["meera", "kabir"], 60),
    fill("immediate or cancel", "arjun", 60, 1),
    { do: "end", order: "immediate or cancel", at: "zoya" },

    place("after the market", { side: "BUY", contract: PUT_25000, lots: 4, price: 50, afterMarket: true }),
    cancel("after the market"),

    price(CALL_26000, 41),
    place("showing a third", { side: "BUY", contract: CALL_26000, lots: 20, price: 40, disclosed: 500 }),
    fill("showing a third", "meera", 40, 3),
    fill("showing a third", "arjun", 40, 3),
    fill("showing a third", "arjun", 39.95, 4),
    ...fillEach("showing a third", ["meera", "arjun", "kabir", "zoya"], 40),

    price(SENSEX_CALL, 310),
    place("overnight in Sensex", { side: "BUY", contract: SENSEX_CALL, lots: 10, price: 300, product: "MARGIN" }),
    ...fillEach("overnight in Sensex", ["meera", "arjun", "kabir", "zoya"], 300),
  ],
  // A market order through the API shows as a limit at the protected price: 3 % beyond 80. A triggered stop shows as a limit. A stop-market
  // order goes out as a stop whose limit lies 10 % beyond its trigger. What an IOC order has left is cancelled by the exchange.
  // biome-ignore format: a table is read by its columns
  expected: [
    ["limit",               "arjun", "BUY", "LIMIT",     300, 120.5,  0,  "TRADED",    300],
    ["limit",               "kabir", "BUY", "LIMIT",     150, 120.5,  0,  "TRADED",    150],
    ["limit",               "zoya",  "BUY", "LIMIT",      75, 120.5,  0,  "TRADED",     75],
    ["market",              "arjun", "BUY", "LIMIT",     150,  82.4,  0,  "TRADED",    150],
    ["market",              "kabir", "BUY", "LIMIT",      75,  82.4,  0,  "TRADED",     75],
    ["market",              "zoya",  "BUY", "LIMIT",      75,  82.4,  0,  "TRADED",     75],
    ["stop",                "arjun", "BUY", "LIMIT",     150, 101,    0,  "TRADED",    150],
    ["stop",                "kabir", "BUY", "LIMIT",      75, 101,    0,  "TRADED",     75],
    ["stop",                "zoya",  "BUY", "LIMIT",      75, 101,    0,  "TRADED",     75],
    ["stop-market",         "arjun", "BUY", "STOP_LOSS", 150,  99,   90,  "CANCELLED",   0],
    ["stop-market",         "kabir", "BUY", "STOP_LOSS",  75,  99,   90,  "CANCELLED",   0],
    ["stop-market",         "zoya",  "BUY", "STOP_LOSS",  75,  99,   90,  "CANCELLED",   0],
    ["immediate or cancel", "arjun", "BUY", "LIMIT",     150,  60,    0,  "CANCELLED",  75, "IOC"],
    ["immediate or cancel", "kabir", "BUY", "LIMIT",      75,  60,    0,  "TRADED",     75, "IOC"],
    ["immediate or cancel", "zoya",  "BUY", "LIMIT",      75,  60,    0,  "CANCELLED",   0, "IOC"],
    ["after the market",    "arjun", "BUY", "LIMIT",     150,  50,    0,  "CANCELLED",   0, "AMO"],
    ["after the market",    "kabir", "BUY", "LIMIT",      75,  50,    0,  "CANCELLED",   0, "AMO"],
    ["after the market",    "zoya",  "BUY", "LIMIT",      75,  50,    0,  "CANCELLED",   0, "AMO"],
    ["showing a third",     "arjun", "BUY", "LIMIT",     750,  40,    0,  "TRADED",    750, "shows 300"],
    ["showing a third",     "kabir", "BUY", "LIMIT",     375,  40,    0,  "TRADED",    375, "shows 150"],
    ["showing a third",     "zoya",  "BUY", "LIMIT",      75,  40,    0,  "TRADED",     75],
    ["overnight in Sensex", "arjun", "BUY", "LIMIT",     100, 300,    0,  "TRADED",    100, "MARGIN"],
    ["overnight in Sensex", "kabir", "BUY", "LIMIT",      60, 300,    0,  "TRADED",     60, "MARGIN"],
    ["overnight in Sensex", "zoya",  "BUY", "LIMIT",      20, 300,    0,  "TRADED",     20, "MARGIN"],
  ],
};
