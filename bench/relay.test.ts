import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { correlationFor, correlationStem } from "../src/domain/correlation.ts";
import { clientId, orderId } from "../src/domain/identity.ts";
import { tradingDay, unixMs } from "../src/domain/time.ts";

const RELAY = readFileSync(new URL("relay.ts", import.meta.url), "utf8");

test("the relay that the product is measured against stays bare: under 80 lines, and two libraries", () => {
  expect(RELAY.split("\n").length).toBeLessThan(80);
  const imported = [...RELAY.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier);
  expect(imported).toEqual(["undici", "ws"]);
});

test("its correlation ids are as long as the product's, and so are its bodies", () => {
  const [, prefix = "", digits] = /correlationId: `(\w+)\$\{String\(sent\)\.padStart\((\d+), "0"\)\}`/.exec(RELAY) ?? [];
  const stem = correlationStem({ leader: clientId("1"), cause: orderId("1"), day: tradingDay(unixMs(0)), follower: clientId("2") });
  expect(prefix.length + Number(digits)).toBe(correlationFor(stem, { slice: 0, attempt: 0 }).length);
});
