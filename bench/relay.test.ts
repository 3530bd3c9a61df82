import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const RELAY = readFileSync(new URL("relay.ts", import.meta.url), "utf8");

test("the relay that the product is measured against stays bare: under 80 lines, and two libraries", () => {
  expect(RELAY.split("\n").length).toBeLessThan(80);
  const imported = [...RELAY.matchAll(/from "([^"]+)"/g)].map(([, specifier]) => specifier);
  expect(imported).toEqual(["undici", "ws"]);
});
