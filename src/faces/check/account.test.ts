import { describe, expect, test } from "vitest";
import { parseKolkata, unixMs } from "../../domain/time.ts";
import type { Addresses, Profile } from "../../engine/ports/account-facts.ts";
import { type AccountFacts, accountFindings } from "./account.ts";

const NOW = parseKolkata("2026-11-24 08:30:00") ?? expect.fail();
const OPTIONS = { kinds: ["option"], segments: [], products: [], sides: [], underlyings: [] } as const;
const PROFILE: Profile = { clientId: "1000000002", tokenValidUntil: parseKolkata("2026-11-25 08:00:00"), segments: ["Equity", "Derivative"] };
const HERE: Addresses = { registered: ["203.0.113.7"], detected: "203.0.113.7", ordersAllowed: true };

const answer = <T>(value: T) => ({ ok: true, value }) as const;
const silence = { ok: false, refusal: undefined, detail: "timeout: no answer before the deadline" } as const;

function account(changes: Partial<AccountFacts> = {}): AccountFacts {
  return {
    name: "arjun",
    clientId: "1000000002",
    tokenIn: "the environment variable ARJUN_TOKEN",
    tokenOpenToOthers: undefined,
    filters: [OPTIONS],
    token: { is: "there", profile: answer(PROFILE) },
    addresses: answer(HERE),
    funds: answer({ availablePaise: 1_000_050, utilisedPaise: 0 }),
    ownAddresses: ["127.0.0.1", "192.168.1.10"],
    ...changes,
  };
}

const row = (check: string, changes: Partial<AccountFacts> = {}) => accountFindings(account(changes), NOW).find((finding) => finding.check === check);
const profile = (changes: Partial<Profile>) => ({ token: { is: "there", profile: answer({ ...PROFILE, ...changes }) } }) as const;
const addresses = (changes: Partial<Addresses>) => ({ addresses: answer({ ...HERE, ...changes }) });

test("a follower with which nothing is wrong has four rows, all ok", () => {
  expect(accountFindings(account(), NOW).map(({ check, state }) => `${check} ${state}`)).toEqual(["token ok", "segments ok", "address ok", "funds ok"]);
});

test("of a leader only the token and the money matter: he is read and sends nothing", () => {
  expect(accountFindings(account({ filters: [], addresses: undefined }), NOW).map(({ check }) => check)).toEqual(["token", "funds"]);
});

describe("the token", () => {
  test("is missing: failed, and the variable is named", () => {
    expect(row("token", { token: { is: "missing", said: "the environment variable ARJUN_TOKEN is not set" } })).toMatchObject({
      state: "failed",
      todo: expect.stringContaining("ARJUN_TOKEN"),
    });
  });

  test("is dead: failed, with what the broker said and what to do", () => {
    const dead = { ok: false, refusal: { code: "TOKEN_DEAD", brokerSaid: "HTTP 401 DH-901" }, detail: "HTTP 401 DH-901" } as const;
    expect(row("token", { token: { is: "there", profile: dead } })).toMatchObject({
      state: "failed",
      said: "the token is dead: HTTP 401 DH-901",
      todo: expect.stringContaining("make a new access token"),
    });
  });

  test("no answer is no proof that it is dead, and failed all the same: a copier would not become ready", () => {
    expect(row("token", { token: { is: "there", profile: silence } })).toMatchObject({
      state: "failed",
      said: expect.stringContaining("no answer before the deadline"),
    });
  });

  test("belongs to another account: failed, because every order would go there", () => {
    expect(row("token", profile({ clientId: "1000000001" }))).toMatchObject({
      state: "failed",
      said: expect.stringContaining("belongs to the account 1000000001"),
    });
    expect(row("token", profile({ clientId: undefined }))).toMatchObject({ state: "ok" });
  });

  test("stands in a file that others can read: a warning, with the command that mends it", () => {
    expect(row("token", { tokenOpenToOthers: "/d/arjun" })).toMatchObject({ state: "warning", todo: "chmod 600 /d/arjun" });
  });

  test.each([
    ["2026-11-24 16:30:00", "ok"],
    ["2026-11-24 16:29:00", "warning"],
    ["2026-11-24 08:00:00", "warning"],
  ])("valid until %s, seen at half past eight: %s", (until, state) => {
    expect(row("token", profile({ tokenValidUntil: parseKolkata(until) }))).toMatchObject({ state });
  });
});

describe("the segments that its copies want", () => {
  test("derivatives are not active, and options are copied: failed", () => {
    expect(row("segments", profile({ segments: ["Equity"] }))).toMatchObject({ state: "failed", said: expect.stringContaining("Derivative") });
  });

  test("what no copy wants may lack", () => {
    expect(row("segments", profile({ segments: ["DERIVATIVE"] }))).toMatchObject({ state: "ok" });
    const commodity = { ...profile({ segments: ["Commodity"] }), filters: [{ ...OPTIONS, segments: ["MCX_COMM"] }] } as const;
    expect(row("segments", commodity)).toMatchObject({ state: "ok" });
  });

  test("two copies into it want what both want", () => {
    expect(row("segments", { ...profile({ segments: ["Derivative"] }), filters: [OPTIONS, { ...OPTIONS, kinds: ["equity"] }] })).toMatchObject({
      state: "failed",
    });
  });

  test("a profile that does not say is a warning", () => {
    expect(row("segments", profile({ segments: undefined }))).toMatchObject({ state: "warning" });
  });
});

describe("the address that orders leave from", () => {
  test.each([
    ["Dhan allows orders from here", {}, "ok"],
    ["Dhan does not allow them, although the address looks right", { ordersAllowed: false }, "failed"],
    [
      "Dhan says only where it sees us, and that is registered as the secondary",
      { registered: ["198.51.100.1", "203.0.113.7"], ordersAllowed: undefined },
      "ok",
    ],
    ["it is registered nowhere", { detected: "203.0.113.8", ordersAllowed: undefined }, "failed"],
    ["no address is registered at all", { registered: [], ordersAllowed: undefined }, "failed"],
    ["Dhan says nothing, and it is an address of this machine", { registered: ["192.168.1.10"], detected: undefined, ordersAllowed: undefined }, "ok"],
    ["Dhan says nothing, and the machine is behind a router", { detected: undefined, ordersAllowed: undefined }, "warning"],
    ["IPv4 written as IPv6", { detected: "::FFFF:203.0.113.7", ordersAllowed: undefined }, "ok"],
  ] as const)("%s", (_, facts, state) => {
    expect(row("address", addresses(facts))).toMatchObject({ state });
  });

  test("an ok never claims more than a read can prove", () => {
    for (const facts of [{}, { ordersAllowed: undefined }]) expect(row("address", addresses(facts))?.said).toContain("only an order proves it");
  });

  test("leaving by IPv6 where IPv4 is registered: said so", () => {
    expect(row("address", addresses({ detected: "2001:db8::7", ordersAllowed: false }))?.todo).toContain("IPv6");
  });

  test("unread addresses are a warning", () => {
    expect(row("address", { addresses: silence })).toMatchObject({ state: "warning" });
  });
});

test("funds are told as people in India write them; none at a follower is a warning, at a leader it is not", () => {
  expect(row("funds", { funds: answer({ availablePaise: 123_456_789, utilisedPaise: 5_000 }) })?.said).toBe("12,34,567.89 rupees available, 50.00 in use");
  const none = { funds: answer({ availablePaise: 0, utilisedPaise: undefined }) };
  expect(row("funds", none)).toMatchObject({ state: "warning" });
  expect(row("funds", { ...none, filters: [] })).toMatchObject({ state: "ok" });
  expect(row("funds", { funds: silence })).toMatchObject({ state: "warning" });
});

test("a token that has ended by our clock and works all the same has no hours left, not less than none", () => {
  expect(row("token", profile({ tokenValidUntil: unixMs(NOW - 1) }))?.said).toContain("0.0 hours");
});
