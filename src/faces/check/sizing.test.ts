/** What `lockstep check` says of copies that are sized by capital. */
import { expect, test } from "vitest";
import { accountId, copyId } from "../../domain/identity.ts";
import type { Sizing } from "../../domain/policy.ts";
import { ratio } from "../../domain/ratio.ts";
import { sizingFindings } from "./sizing.ts";

const BY_CAPITAL: Sizing = { mode: "capital", multiplier: ratio(1, 1), maxRatio: ratio(1, 2), rounding: "down" };
const has = (name: string, rupees: number, inUse: number | "untold" = 0) =>
  ({ name, funds: { ok: true, value: { availablePaise: rupees * 100, utilisedPaise: inUse === "untold" ? undefined : inUse * 100 } } }) as const;
const said = (accounts: Parameters<typeof sizingFindings>[1], sizing: Sizing = BY_CAPITAL) =>
  sizingFindings([{ id: copyId("meera-arjun"), leader: accountId("meera"), follower: accountId("arjun"), sizing }], accounts).map((row) => [
    row.state,
    row.said,
  ]);

test("the ratio that the funds give now, of both accounts together", () => {
  expect(said([has("meera", 4_000_000, 800_000), has("arjun", 1_200_000)])).toEqual([
    ["ok", "meera-arjun by capital: 12,00,000 of 48,00,000 rupees x 1 = 0.25"],
  ]);
  expect(said([has("meera", 1_000_000), has("arjun", 1_200_000)])).toEqual([
    ["ok", "meera-arjun by capital: 12,00,000 of 10,00,000 rupees x 1 = 1.2, capped by maxRatio: 0.5"],
  ]);
  expect(said([has("meera", 1), has("arjun", 1)], { mode: "ratio", ratio: ratio(1, 2), rounding: "down" })).toEqual([]);
});

test("without the funds of one of them, or with nothing there, entries will be refused", () => {
  const none = "there is no ratio by capital";
  expect(said([has("meera", 1_000_000)])).toEqual([["warning", `meera-arjun by capital: the follower's funds have not been read: ${none}`]]);
  expect(said([has("meera", 1_000_000, "untold"), has("arjun", 1)])).toEqual([
    ["warning", `meera-arjun by capital: the leader's funds have not been read: ${none}`],
  ]);
  expect(said([has("meera", 1_000_000), has("arjun", 0)])).toEqual([["warning", `meera-arjun by capital: the follower's total funds are 0: ${none}`]]);
});
