import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { securityId } from "../../domain/identity.ts";
import type { Segment } from "../../domain/instrument.ts";
import { type InstrumentNews, InstrumentSource } from "./instrument-source.ts";
import { InstrumentFileFault } from "./instruments.ts";
import { VirtualTime } from "./virtual-time.ts";

const HEADER =
  "SEM_EXM_EXCH_ID,SEM_SEGMENT,SEM_SMST_SECURITY_ID,SEM_INSTRUMENT_NAME,SEM_EXPIRY_CODE,SEM_TRADING_SYMBOL,SEM_LOT_UNITS,SEM_CUSTOM_SYMBOL,SEM_EXPIRY_DATE,SEM_STRIKE_PRICE,SEM_OPTION_TYPE,SEM_TICK_SIZE";
const row = (id: string, lot: number): string =>
  `NSE,D,${id},OPTIDX,0,NIFTY-Dec2026-23000-CE,${lot}.0,NIFTY 29 DEC 23000 CALL,2026-12-29 14:30:00,23000.00000,CE,5.0000`;
const file = (...rows: readonly string[]): string => [HEADER, ...rows, ""].join("\n");
const DAY_MS = 86_400_000;
const KOLKATA_MS = 5.5 * 3_600_000;

/** What the other side answers, by path; undefined: 404. */
let answers: Map<string, string>;
let server: Server;
let folder: string;
let time: VirtualTime;
let base: string;
let asked: string[];

beforeEach(async () => {
  answers = new Map();
  asked = [];
  server = createServer((request, response) => {
    asked.push(request.url ?? "");
    const body = answers.get(request.url ?? "");
    response.writeHead(body === undefined ? 404 : 200).end(body ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  folder = mkdtempSync(join(tmpdir(), "instruments-"));
  time = new VirtualTime();
});

afterEach(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const kept = (): string => join(folder, "kept.csv");

/** Until the next 08:15 in India. */
function untilFetchMs(): number {
  return (8.25 * 3_600_000 - ((time.now() + KOLKATA_MS) % DAY_MS) + DAY_MS) % DAY_MS;
}

function source(): InstrumentSource {
  return new InstrumentSource({ url: `${base}/all.csv`, path: kept(), rest: `${base}/v2`, clock: time, timers: time });
}

function lotOf(from: InstrumentSource, id: string): number | undefined {
  return from.find("NSE_FNO", securityId(id), "2026-12-29")?.lot;
}

/** The next news that comes. */
function hearing(from: InstrumentSource): () => Promise<readonly unknown[]> {
  const heard: (readonly unknown[])[] = [];
  let wake = (): void => undefined;
  const tell = (...news: readonly unknown[]): void => {
    heard.push(news);
    wake();
  };
  const news: InstrumentNews = {
    refreshed: (fresh, lots) =>
      tell(
        "refreshed",
        fresh.rows,
        lots.map(({ from: old, to }) => [old.lot, to.lot]),
      ),
    kept: (why) => tell("kept", why),
    found: (segment: Segment) => tell("found", segment),
  };
  from.keepFresh(news);
  return async () => {
    if (heard.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    return heard.shift() ?? [];
  };
}

describe("at the start", () => {
  test("it is fetched and kept, and a file of today is not fetched again", async () => {
    answers.set("/all.csv", file(row("1", 75)));
    const first = source();
    await first.open();
    expect([lotOf(first, "1"), readFileSync(kept(), "utf8")]).toEqual([75, file(row("1", 75))]);
    utimesSync(kept(), time.now() / 1_000, time.now() / 1_000);
    await source().open();
    expect(asked).toEqual(["/all.csv"]);
  });

  test("where it can't be fetched the one of before serves, and says why; without one the start fails", async () => {
    await expect(source().open()).rejects.toBeInstanceOf(InstrumentFileFault);
    writeFileSync(kept(), file(row("1", 75)));
    utimesSync(kept(), 1, 1);
    const old = source();
    expect(await old.open()).toEqual({ oldBecause: "HTTP 404" });
    expect(lotOf(old, "1")).toBe(75);
  });
});

describe("every day", () => {
  test("what is fetched takes the place of the old at once, and changed lots are told", async () => {
    answers.set("/all.csv", file(row("1", 75), row("2", 20)));
    const used = source();
    await used.open();
    const next = hearing(used);
    answers.set("/all.csv", file(row("1", 65), row("2", 20)));
    await time.pass(untilFetchMs());
    expect(await next()).toEqual(["refreshed", 2, [[75, 65]]]);
    expect([lotOf(used, "1"), readFileSync(kept(), "utf8")]).toEqual([65, file(row("1", 65), row("2", 20))]);
    used.stop();
  });

  test.each([
    ["a page in place of the file", "<html>maintenance</html>", "has no column"],
    ["nothing", "", "is empty"],
    ["a file that was cut off", file(row("1", 65)), "1 rows"],
  ])("%s changes nothing, on the disk or in memory, and is tried again", async (_, broken, why) => {
    const whole = file(row("1", 75), row("2", 20), row("3", 20));
    answers.set("/all.csv", whole);
    const used = source();
    await used.open();
    const next = hearing(used);
    answers.set("/all.csv", broken);
    await time.pass(untilFetchMs());
    expect(await next()).toEqual(["kept", expect.stringContaining(why)]);
    expect([lotOf(used, "1"), readFileSync(kept(), "utf8")]).toEqual([75, whole]);
    answers.set("/all.csv", file(row("1", 65), row("2", 20), row("3", 20)));
    await time.pass(10 * 60_000);
    expect((await next())[0]).toBe("refreshed");
    used.stop();
  });
});

test("what nobody knows is asked of the broker, once in ten minutes for a segment", async () => {
  answers.set("/all.csv", file(row("1", 75)));
  answers.set("/v2/instrument/NSE_FNO", file(row("9", 40)));
  const used = source();
  await used.open();
  const next = hearing(used);
  expect(lotOf(used, "9")).toBeUndefined();
  used.seek("NSE_FNO");
  used.seek("NSE_FNO");
  expect(await next()).toEqual(["found", "NSE_FNO"]);
  expect([lotOf(used, "9"), lotOf(used, "1")]).toEqual([40, 75]);
  used.seek("NSE_FNO");
  expect(asked.filter((path) => path.includes("/instrument/"))).toHaveLength(1);
  used.stop();
});

test.each([
  ["a page instead of rows", "<html>maintenance</html>"],
  ["nothing", ""],
  ["rows that break off", undefined],
])("a search that is answered by %s finds nothing, and ends nothing else", async (_what, body) => {
  const rejections: unknown[] = [];
  const note = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", note);
  answers.set("/v2/instrument/NSE_FNO", body ?? file(row("9", 40)));
  answers.set("/all.csv", file(row("1", 75)));
  const used = source();
  await used.open();
  if (body === undefined) server.prependListener("request", (_request, response) => void response.setHeader("content-length", "9999"));
  used.seek("NSE_FNO");
  await expect.poll(() => asked).toContain("/v2/instrument/NSE_FNO");
  server.closeAllConnections();
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.off("unhandledRejection", note);
  expect([rejections, lotOf(used, "9"), lotOf(used, "1")]).toEqual([[], undefined, 75]);
  used.stop();
});
