import { format, inspect } from "node:util";
import { expect, test } from "vitest";
import { Secret } from "./secret.ts";

const secret = new Secret("eyJhbGciOiJIUzUxMiJ9.body.sign");

test.each([
  ["a template", `${secret}`],
  ["joining", [secret].join(",")],
  ["JSON", JSON.stringify({ token: secret })],
  ["inspection", inspect({ deep: { token: secret } })],
  ["a log line", format("%s %o %j", secret, secret, secret)],
  ["its keys", JSON.stringify({ ...secret })],
])("a secret does not show through %s", (_way, shown) => {
  expect(shown).not.toContain("eyJ");
});

test("a secret opens where it is used", () => {
  expect(secret.open()).toBe("eyJhbGciOiJIUzUxMiJ9.body.sign");
});
