import { describe, expect, test } from "vitest";
import { KINDS } from "../domain/instrument.ts";
import { problemText } from "./problem.ts";
import { readSettings } from "./read.ts";
import type { Settings } from "./settings.ts";

const SMALLEST = `
accounts:
  - { id: meera, clientId: "1000000001", token: { env: MEERA_TOKEN } }
  - { id: arjun, clientId: "1000000002", token: { file: secrets/arjun } }
copies:
  - { id: meera-arjun, leader: meera, follower: arjun, sizing: { mode: ratio, ratio: 0.5 } }
`;

function read(text: string): Settings {
  const result = readSettings(text, { baseDir: "/etc/lockstep" });
  if (!result.ok) throw new Error(result.problems.map((problem) => problemText("lockstep.yaml", problem)).join("\n"));
  return result.settings;
}

/** The copy of the smallest file, with more lines in it. */
function copyWith(...lines: readonly string[]) {
  const text = SMALLEST.replace("  - { id: meera-arjun, leader: meera, follower: arjun, sizing: { mode: ratio, ratio: 0.5 } }", "");
  const sizing = lines.some((line) => line.startsWith("sizing")) ? [] : ["sizing: { mode: ratio, ratio: 0.5 }"];
  const [copy] = read(`${text}${["  - id: meera-arjun", "leader: meera", "follower: arjun", ...sizing, ...lines].join("\n    ")}`).copies;
  return copy;
}

describe("the smallest useful file: two accounts and one copy with its sizing", () => {
  const settings = read(SMALLEST);

  test("listens on the machine itself and keeps its journal beside the file", () => {
    expect(settings.journal).toBe("/etc/lockstep/lockstep.db");
    expect(settings.server).toEqual({ host: "127.0.0.1", port: 8420 });
  });

  test("talks to Dhan's production endpoints, with the documented patience", () => {
    expect(settings.dhan).toEqual({
      rest: "https://api.dhan.co/v2",
      auth: "https://auth.dhan.co",
      orderUpdates: "wss://api-order-update.dhan.co",
      instruments: "/etc/lockstep/scrip-master.csv",
      requestTimeoutMs: 3000,
      lookupGraceMs: 5000,
      lookbackMs: 86_400_000,
    });
  });

  test("keeps each account within Dhan's limits, and finds its token where the file says", () => {
    const rateLimits = { perSecond: 10, perMinute: 250, perHour: 1000, perDay: 7000, modificationsPerOrder: 25 };
    expect(settings.accounts).toEqual([
      { id: "meera", clientId: "1000000001", token: { from: "env", name: "MEERA_TOKEN" }, broker: "dhan", rateLimits },
      { id: "arjun", clientId: "1000000002", token: { from: "file", path: "/etc/lockstep/secrets/arjun" }, broker: "dhan", rateLimits },
    ]);
  });

  test("copies options only, rounds down, and takes every default of the design", () => {
    expect(settings.copies).toEqual([
      {
        id: "meera-arjun",
        leader: "meera",
        follower: "arjun",
        sizing: { mode: "ratio", ratio: { numerator: 1, denominator: 2 }, rounding: "down" },
        filter: { kinds: ["option"], segments: [], products: [], sides: [], underlyings: [] },
        maxAgeMs: 5000,
        stopMarket: { as: "limit", buffer: { options: 1000, others: 100 }, afterMs: 2000 },
        maxSlippage: { percent: 200 },
        exitSlippage: { percent: 1000 },
        onLeaderFilled: { action: "leave" },
        slippage: { percent: 200, afterMs: 5000 },
        amoTime: "OPEN",
        lateJoin: "orders",
        marketClosed: "warn",
        margin: "check",
        orphan: "report",
        forever: "report",
        squareOff: "report",
        basketWindowMs: 2000,
        modificationCap: "replace",
      },
    ]);
  });

  test("names at start every default that does nothing yet", () => {
    expect(settings.notActive.map((sentence) => sentence.slice(0, sentence.indexOf(" not active in this version: ")))).toEqual(["dhan.auth is"]);
  });
});

describe("what is written takes the place of a default", () => {
  test("in what becomes of an order that rests when the leader's has filled: a chase without a bound has the copy's", () => {
    expect(copyWith("onLeaderFilled: { action: cancel, after: 3s }")?.onLeaderFilled).toEqual({ action: "cancel", afterMs: 3_000 });
    const chase = { action: "chase", afterMs: 2_000 };
    expect(copyWith("onLeaderFilled: { action: chase }")?.onLeaderFilled).toEqual({ ...chase, maxSlippage: { percent: 200 } });
    expect(copyWith("maxSlippage: { rupees: 3 }", "onLeaderFilled: { action: chase }")?.onLeaderFilled).toEqual({ ...chase, maxSlippage: { price: 30_000 } });
    const own = "onLeaderFilled: { action: chase, maxSlippage: { percent: 1 } }";
    expect(copyWith("maxSlippage: { rupees: 3 }", own)?.onLeaderFilled).toEqual({ ...chase, maxSlippage: { percent: 100 } });
  });

  test("in the sizing, by ratio", () => {
    expect(copyWith("sizing: { mode: ratio, ratio: 1.25, rounding: nearest, minLots: 0, maxLots: 10 }")?.sizing).toEqual({
      mode: "ratio",
      ratio: { numerator: 5, denominator: 4 },
      rounding: "nearest",
      minLots: 0,
      maxLots: 10,
    });
  });

  test("in the sizing, by capital: as much as the accounts give, and never more than the leader's size, unless written", () => {
    expect(copyWith("sizing: { mode: capital, multiplier: 1.5, maxRatio: 0.75, rounding: carry }")?.sizing).toEqual({
      mode: "capital",
      multiplier: { numerator: 3, denominator: 2 },
      maxRatio: { numerator: 3, denominator: 4 },
      rounding: "carry",
    });
    const one = { numerator: 1, denominator: 1 };
    expect(copyWith("sizing: { mode: capital }")?.sizing).toEqual({ mode: "capital", multiplier: one, maxRatio: one, rounding: "down" });
  });

  test("in the sizing, by lots", () => {
    expect(copyWith("sizing: { mode: lots, lots: 2, rounding: up }")?.sizing).toEqual({ mode: "lots", lots: 2, rounding: "up" });
  });

  test("in the filter; an empty list of kinds copies every kind, and underlyings are the exchange's capitals", () => {
    expect(
      copyWith('filter: { kinds: [], products: [MARGIN], sides: [BUY], segments: [NSE_FNO], underlyings: [nifty], window: "09:15-15:40" }')?.filter,
    ).toEqual({
      kinds: [],
      products: ["MARGIN"],
      sides: ["BUY"],
      segments: ["NSE_FNO"],
      underlyings: ["NIFTY"],
      window: { from: "09:15", to: "15:40" },
    });
    expect(copyWith(`filter: { kinds: [${KINDS.join(", ")}] }`)?.filter.kinds).toEqual(KINDS);
  });

  test("in a mapping of which only a part is written, the rest keeps its default", () => {
    expect(copyWith("stopMarket: { buffer: { options: 12.5 } }")?.stopMarket).toEqual({ as: "limit", buffer: { options: 1250, others: 100 }, afterMs: 2000 });
    expect(copyWith("stopMarket: { as: pass, after: 500ms }")?.stopMarket).toEqual({ as: "pass", buffer: { options: 1000, others: 100 }, afterMs: 500 });
    expect(copyWith("orphan: exit")?.orphan).toBe("exit");
    expect(copyWith("modificationCap: refuse")?.modificationCap).toBe("refuse");
    expect(copyWith("slippage: { after: 1m }")?.slippage).toEqual({ percent: 200, afterMs: 60_000 });
  });

  test("in percent and rupees, by their digits", () => {
    expect(copyWith("exitSlippage: { percent: 0.29 }")?.exitSlippage).toEqual({ percent: 29 });
    expect(copyWith("exitSlippage: { percent: 99.99 }")?.exitSlippage).toEqual({ percent: 9999 });
    expect(copyWith("exitSlippage: { rupees: 4.35 }")?.exitSlippage).toEqual({ price: 43_500 });
    expect(copyWith("maxSlippage: { rupees: 3 }")?.maxSlippage).toEqual({ price: 30_000 });
    expect(copyWith("exitSlippage: { rupees: 0.0025 }")?.exitSlippage).toEqual({ price: 25 });
  });

  test("in the choices", () => {
    expect(copyWith("lateJoin: ignore", "amoTime: OPEN_30", "maxAge: 2m")).toMatchObject({ lateJoin: "ignore", amoTime: "OPEN_30", maxAgeMs: 120_000 });
    expect(copyWith("margin: trust")).toMatchObject({ margin: "trust" });
  });

  test("in the addresses, whose last slash is dropped, and in the paths, of which an absolute one stays", () => {
    const { dhan, journal, server } = read(
      `journal: /var/lib/lockstep.db\nserver: { port: 0 }\ndhan: { rest: "http://127.0.0.1:9000/v2/", orderUpdates: "ws://127.0.0.1:9000/", instruments: ../rows.csv }${SMALLEST}`,
    );
    expect(dhan).toMatchObject({
      rest: "http://127.0.0.1:9000/v2",
      orderUpdates: "ws://127.0.0.1:9000",
      instruments: "/etc/rows.csv",
      instrumentsUrl: undefined,
    });
    expect(read(`journal: /var/lib/lockstep.db\ndhan: { instruments: "https://images.dhan.co/api-data/rows.csv" }${SMALLEST}`).dhan).toMatchObject({
      instruments: "/var/lib/lockstep.db.instruments.csv",
      instrumentsUrl: "https://images.dhan.co/api-data/rows.csv",
    });
    expect({ journal, server }).toEqual({ journal: "/var/lib/lockstep.db", server: { host: "127.0.0.1", port: 0 } });
  });

  test("and the only choice there is so far may be written, which is no default then", () => {
    const written = ["onLeaderFilled: { action: leave }", "interference: respect"];
    expect(copyWith(...written)).toEqual(copyWith());
  });
});

test("a copy that is not enabled is checked and left out", () => {
  const second = "  - { id: later, leader: meera, follower: arjun, enabled: false, sizing: { mode: lots, lots: 1 } }\n";
  expect(read(SMALLEST + second).copies.map(({ id }) => id)).toEqual(["meera-arjun"]);
  const wrong = readSettings(SMALLEST + second.replace("lots: 1", "lots: 0"), { baseDir: "/" });
  expect(wrong.ok ? [] : wrong.problems.map(({ key }) => key)).toEqual(["copies[1].sizing.lots"]);
});

test("a filter may be written once and used in several copies", () => {
  const { copies } = read(`
accounts:
  - { id: meera, clientId: "1000000001", token: { env: A } }
  - { id: arjun, clientId: "1000000002", token: { env: B } }
  - { id: kavya, clientId: "1000000003", token: { env: C } }
copies:
  - { id: a, leader: meera, follower: arjun, sizing: { mode: lots, lots: 1 }, filter: &nifty { underlyings: [NIFTY] } }
  - { id: b, leader: meera, follower: kavya, sizing: { mode: lots, lots: 1 }, filter: *nifty }
`);
  expect(copies.map(({ filter }) => filter.underlyings)).toEqual([["NIFTY"], ["NIFTY"]]);
});

test("alerts go where the file says, in its order, with an address as it stands and secrets where they are found", () => {
  const { alerts } = read(`${SMALLEST}alerts:
  - webhook: { url: "https://alerts.example/hook/", secret: { file: ./secret } }
  - telegram: { botToken: { env: BOT_TOKEN }, chatId: "-100200300" }
`);
  expect(alerts).toEqual([
    { channel: "webhook", url: "https://alerts.example/hook/", secret: { from: "file", path: "/etc/lockstep/secret" } },
    { channel: "telegram", botToken: { from: "env", name: "BOT_TOKEN" }, chatId: "-100200300", api: "https://api.telegram.org" },
  ]);
  expect(read(SMALLEST).alerts).toEqual([]);
});
