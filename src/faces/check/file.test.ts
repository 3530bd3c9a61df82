import { expect, test } from "vitest";
import { fileFinding } from "./file.ts";

const FACTS = { path: "lockstep.yaml", copies: ["meera-arjun"], accounts: ["meera", "arjun"], unused: [], notActive: [], alertsWithoutSecret: [] };

test("a file is confirmed by what it says: copies, accounts, and who is left out", () => {
  expect(fileFinding({ ...FACTS, unused: ["devi"] })).toMatchObject({
    state: "ok",
    said: "lockstep.yaml: copies meera-arjun; accounts meera, arjun; in no enabled copy, and not looked at: devi",
  });
});

test("a channel of alerts without its secret fails: the copier would not start", () => {
  const alertsWithoutSecret = ["alerts[0]: the environment variable HOOK is not set, and it should hold the webhook's secret"];
  expect(fileFinding({ ...FACTS, alertsWithoutSecret })).toMatchObject({ state: "failed", said: `lockstep.yaml: ${alertsWithoutSecret[0]}` });
});
