import { expect, test } from "vitest";
import { unixMs } from "../../domain/time.ts";
import type { LogLine } from "./line.ts";
import { logTo } from "./log.ts";

const AT = unixMs(Date.parse("2026-11-23T09:15:02.417+05:30"));

function written(line: LogLine): Record<string, unknown> {
  let text = "";
  logTo({
    write: (chunk) => {
      text += chunk;
    },
  }).write(line);
  expect(text.endsWith("}\n")).toBe(true);
  return JSON.parse(text);
}

test("a line has its time in India, its level, code, account, copy, leader order, message, and what programs may need", () => {
  const line = {
    at: AT,
    level: "info",
    code: "PLACE",
    account: "arjun",
    copy: "meera-arjun",
    order: "112611200001",
    message: "BUY 75",
    details: { attempt: 0 },
  } as const;
  expect(written(line)).toEqual({
    at: "2026-11-23T09:15:02.417+05:30",
    level: "info",
    code: "PLACE",
    account: "arjun",
    copy: "meera-arjun",
    order: "112611200001",
    message: "BUY 75",
    attempt: 0,
  });
});

test.each([
  ["info", undefined],
  ["warning", true],
  ["critical", true],
] as const)("whether a line at %s is an alert: %s", (level, alert) => {
  expect(written({ at: AT, level, code: "X", message: "" })["alert"]).toBe(alert);
});

test.each([
  "GET /v2/orders access-token: simulated-arjun failed",
  'the gateway said {"access_token":"simulated-arjun"}',
  "token eyJhbGciOiJIUzUxMiJ9.eyJpc3MiOiJkaGFuIn0.c2lnbmF0dXJl was refused",
])("no token comes through, wherever the text comes from: %s", (message) => {
  const shown = String(written({ at: AT, level: "warning", code: "X", message })["message"]);
  expect(shown).toContain("[redacted]");
  expect(shown).not.toMatch(/simulated-arjun|eyJ|c2lnbmF0dXJl/);
});
