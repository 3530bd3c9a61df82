/** The schema for editors, the documentation and the code say the same, leaf by leaf. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse, parseDocument } from "yaml";
import { problemText } from "./problem.ts";
import { publishedSchema, schemaLeaves } from "./published-schema.ts";
import { readSettings } from "./read.ts";

const root = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");

/** Together these write every leaf; each holds what excludes something of the others. */
const EVERYTHING = [
  `
journal: ./lockstep.db
server: { host: 127.0.0.1, port: 8420 }
calendar: always-open
dhan: { rest: https://api.dhan.co/v2, auth: https://auth.dhan.co, orderUpdates: wss://api-order-update.dhan.co, instruments: ./i.csv, requestTimeout: 3s, lookupGrace: 5s, lookback: 1d }
accounts:
  - id: meera
    clientId: "1000000001"
    token: { env: MEERA_TOKEN }
    broker: dhan
    rateLimits: { perSecond: 10, perMinute: 250, perHour: 1000, perDay: 7000, modificationsPerOrder: 25 }
  - { id: arjun, clientId: "1000000002", token: { env: ARJUN_TOKEN } }
copies:
  - id: meera-arjun
    leader: meera
    follower: arjun
    enabled: true
    sizing: { mode: ratio, ratio: 0.5, rounding: nearest, minLots: 0, maxLots: 10 }
    filter: { kinds: [option], segments: [NSE_FNO], products: [MARGIN], sides: [BUY], underlyings: [NIFTY], window: "09:15-15:40" }
    maxAge: 5s
    maxSlippage: { percent: 2 }
    exitSlippage: { percent: 10 }
    stopMarket: { as: limit, buffer: { options: 10, others: 1 }, after: 2s }
    amoTime: OPEN
    onLeaderFilled: { action: chase, after: 2s, maxSlippage: { percent: 3 } }
    orphan: report
    forever: report
    squareOff: report
    slippage: { percent: 2, after: 5s }
    basket: { window: 2s }
    modificationCap: replace
    marketClosed: warn
    interference: respect
    lateJoin: orders
    margin: trust
alerts:
  - telegram: { botToken: { env: BOT_TOKEN }, chatId: "1", api: https://api.telegram.org }
`,
  `
calendar: { file: ./calendar.json }
accounts:
  - { id: meera, clientId: "1000000001", token: { file: ./token } }
  - { id: arjun, clientId: "1000000002", token: { env: ARJUN_TOKEN } }
copies:
  - { id: meera-arjun, leader: meera, follower: arjun, sizing: { mode: lots, lots: 2 }, maxSlippage: { rupees: 3 }, exitSlippage: { rupees: 3 }, onLeaderFilled: { action: chase, maxSlippage: { rupees: 4 } } }
alerts:
  - webhook: { url: https://alerts.example/lockstep, secret: { file: ./secret } }
`,
  ...["telegram: { botToken: { file: ./bot }, chatId: '1' }", "webhook: { url: https://alerts.example/lockstep, secret: { env: SECRET } }"].map(
    (channel) => `
accounts:
  - { id: meera, clientId: "1000000001", token: { env: MEERA_TOKEN } }
  - { id: arjun, clientId: "1000000002", token: { env: ARJUN_TOKEN } }
copies:
  - { id: meera-arjun, leader: meera, follower: arjun, sizing: { mode: capital, multiplier: 1, maxRatio: 1 } }
alerts:
  - ${channel}
`,
  ),
];

const steps = (key: string): readonly (string | number)[] =>
  key
    .replaceAll("[]", ".0")
    .split(".")
    .map((step) => (step === "0" ? 0 : step));
const leaves = schemaLeaves();

/** What is said of the full file when one leaf holds something else. */
function saidWith(key: string, value: unknown): readonly string[] {
  const text = EVERYTHING.find((candidate) => parseDocument(candidate).hasIn(steps(key)));
  if (text === undefined) throw new Error(`no example writes ${key}`);
  const document = parseDocument(text);
  document.setIn(steps(key), value);
  const result = readSettings(document.toString(), { baseDir: "/" });
  return result.ok ? [] : result.problems.map((problem) => problemText("lockstep.yaml", problem));
}

test("schema/lockstep.schema.json is what the code accepts; scripts/write-schema.ts writes it", () => {
  expect(JSON.parse(root("schema/lockstep.schema.json"))).toEqual(publishedSchema());
});

test("the examples that the walk spoils are good, and write every leaf", () => {
  expect(EVERYTHING.flatMap((text) => readSettings(text, { baseDir: "/" })).every(({ ok }) => ok)).toBe(true);
  expect(leaves.filter(({ key }) => !EVERYTHING.some((text) => parseDocument(text).hasIn(steps(key))))).toEqual([]);
  expect(leaves.length).toBeGreaterThan(50);
});

describe("every leaf refuses what it cannot hold, by its own name", () => {
  test.each(leaves)("$key", ({ key }) => {
    const path = key.replaceAll("[]", "[0]");
    expect(saidWith(key, { not: "a plain value" }).filter((said) => said.includes(`: ${path}: `))).toHaveLength(1);
  });
});

describe("a leaf with a single choice so far refuses every other", () => {
  const single = leaves.filter(({ choices }) => choices?.length === 1);

  test("which are these", () => {
    expect(single.map(({ key, choices }) => `${key}: ${choices?.[0]}`)).toEqual(["accounts[].broker: dhan", "copies[].interference: respect"]);
  });

  test.each(single)("$key", ({ key, choices }) => {
    for (const other of ["exit", "", null, true, 1, [choices?.[0]], String(choices?.[0]).toUpperCase()]) {
      const said = saidWith(key, other);
      expect(said).toHaveLength(1);
      expect(said[0]).toContain(`: ${key.replaceAll("[]", "[0]")}: `);
    }
  });
});

describe("docs/configuration.md", () => {
  const page = root("docs/configuration.md");

  test.each(leaves)("explains $key with its default", ({ key, default: byDefault }) => {
    const row = page.split("\n").find((line) => line.startsWith(`| \`${key}\` |`));
    expect(row).toBeDefined();
    const shown = byDefault === undefined ? undefined : JSON.stringify(byDefault).replaceAll('"', "");
    if (shown !== undefined) expect(row).toContain(`| \`${shown}\` |`);
  });

  test("explains no key that is not there", () => {
    const explained = [...page.matchAll(/^\| `([a-zA-Z.[\]]+)` \|/gm)].map(([, key]) => key);
    expect(explained).toEqual(leaves.map(({ key }) => key));
  });

  test("shows only examples that work", () => {
    const examples = [...page.matchAll(/```yaml\n(.*?)```/gs)].map(([, text = ""]) => text);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const result = readSettings(example, { baseDir: "/" });
      expect(result.ok ? [] : result.problems).toEqual([]);
      expect(parse(example)).toBeTypeOf("object");
    }
  });
});
