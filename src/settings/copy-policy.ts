import { unreachable } from "../domain/assert.ts";
import { accountId, copyId } from "../domain/identity.ts";
import type { CopyPolicy, OnLeaderFilled, Sizing, Slippage } from "../domain/policy.ts";
import type { SettingsFile } from "./file.ts";

type WrittenCopy = SettingsFile["copies"][number];

/** What the core needs to know of a copy, from what the file says about it. */
export function copyPolicy(copy: WrittenCopy): CopyPolicy {
  return {
    id: copyId(copy.id),
    leader: accountId(copy.leader),
    follower: accountId(copy.follower),
    sizing: sizingOf(copy.sizing),
    filter: filterOf(copy.filter),
    maxAgeMs: copy.maxAge,
    stopMarket: { as: copy.stopMarket.as, buffer: copy.stopMarket.buffer, afterMs: copy.stopMarket.after },
    maxSlippage: slippageOf(copy.maxSlippage),
    exitSlippage: slippageOf(copy.exitSlippage),
    onLeaderFilled: onLeaderFilledOf(copy),
    slippage: { percent: copy.slippage.percent, afterMs: copy.slippage.after },
    orphan: copy.orphan,
    forever: copy.forever,
    squareOff: copy.squareOff,
    basketWindowMs: copy.basket.window,
    modificationCap: copy.modificationCap,
    amoTime: copy.amoTime,
    lateJoin: copy.lateJoin,
    marketClosed: copy.marketClosed,
    margin: copy.margin,
  };
}

function sizingOf(written: WrittenCopy["sizing"]): Sizing {
  const { minLots, maxLots, rounding } = written;
  const bounds = { rounding, ...(minLots === undefined ? {} : { minLots }), ...(maxLots === undefined ? {} : { maxLots }) };
  switch (written.mode) {
    case "ratio":
      return { mode: "ratio", ratio: written.ratio, ...bounds };
    case "lots":
      return { mode: "lots", lots: written.lots, ...bounds };
    case "capital":
      return { mode: "capital", multiplier: written.multiplier, maxRatio: written.maxRatio, ...bounds };
    default:
      return unreachable(written);
  }
}

function filterOf({ window, underlyings, ...lists }: WrittenCopy["filter"]): CopyPolicy["filter"] {
  return { ...lists, underlyings: underlyings.map((name) => name.toUpperCase()), ...(window === undefined ? {} : { window }) };
}

/** A chase without a bound of its own has the copy's. */
function onLeaderFilledOf({ onLeaderFilled: written, maxSlippage }: WrittenCopy): OnLeaderFilled {
  switch (written.action) {
    case "leave":
      return { action: "leave" };
    case "cancel":
      return { action: "cancel", afterMs: written.after };
    case "chase":
      return { action: "chase", afterMs: written.after, maxSlippage: slippageOf(written.maxSlippage ?? maxSlippage) };
  }
}

function slippageOf(written: WrittenCopy["exitSlippage"]): Slippage {
  return "percent" in written ? { percent: written.percent } : { price: written.rupees };
}
