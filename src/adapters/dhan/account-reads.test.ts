/** What an account's profile, addresses and funds become; the recorded ones are in recorded.test.ts. */
import { expect, test } from "vitest";
import { parseKolkata } from "../../domain/time.ts";
import { readAddresses, readFunds, readProfile } from "./account-reads.ts";

test("the addresses as documented: the registered ones, and nothing about where the request came from (reference 1.5)", () => {
  const documented = { modifyDatePrimary: "2026-11-28", primaryIP: "203.0.113.7", modifyDateSecondary: null, secondaryIP: null };
  expect(readAddresses(documented)).toEqual({ ok: true, value: { registered: ["203.0.113.7"], detected: undefined, ordersAllowed: undefined } });
});

test("the addresses as they were seen on the wire: where the broker sees us, and whether orders are allowed", () => {
  const seen = { primaryIP: "203.0.113.7", secondaryIP: "2001:db8::7", detectedIP: "203.0.113.9", ipMatchStatus: "MISMATCH", ordersAllowed: false };
  expect(readAddresses(seen)).toEqual({ ok: true, value: { registered: ["203.0.113.7", "2001:db8::7"], detected: "203.0.113.9", ordersAllowed: false } });
});

test("an account without addresses has none; what is no object is no answer", () => {
  expect(readAddresses({ primaryIP: null, secondaryIP: "NA" })).toMatchObject({ value: { registered: [] } });
  expect(readAddresses([])).toMatchObject({ ok: false });
});

test("a profile with nothing that can be read proves that the token lives, and no more", () => {
  expect(readProfile({ tokenValidity: "soon", activeSegment: "" })).toEqual({
    ok: true,
    value: { clientId: undefined, tokenValidUntil: undefined, segments: undefined },
  });
  expect(readProfile({ tokenValidity: "31/02/2026 09:05" })).toMatchObject({ value: { tokenValidUntil: undefined } });
  expect(readProfile({ tokenValidity: "23/11/2026 09:05" })).toMatchObject({ value: { tokenValidUntil: parseKolkata("2026-11-23 09:05:00") } });
});

test("funds by either spelling, with the noise of floats, and below zero", () => {
  expect(readFunds({ availableBalance: 84210.5 })).toMatchObject({ value: { availablePaise: 8_421_050 } });
  expect(readFunds({ availabelBalance: -12.30001, utilizedAmount: "15789.5" })).toEqual({
    ok: true,
    value: { availablePaise: -1_230, utilisedPaise: 1_578_950 },
  });
  expect(readFunds({ sodLimit: 1 })).toMatchObject({ ok: false });
});
