import { accountId, copyId } from "../domain/identity.ts";
import type { CopyPolicy, ExitSlippage, Sizing } from "../domain/policy.ts";
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
    exitSlippage: exitSlippageOf(copy.exitSlippage),
    slippage: { percent: copy.slippage.percent, afterMs: copy.slippage.after },
    orphan: copy.orphan,
    squareOff: copy.squareOff,
    modificationCap: copy.modificationCap,
    amoTime: copy.amoTime,
    lateJoin: copy.lateJoin,
    marketClosed: copy.marketClosed,
  };
}

function sizingOf(written: WrittenCopy["sizing"]): Sizing {
  const { minLots, maxLots, rounding } = written;
  const bounds = { rounding, ...(minLots === undefined ? {} : { minLots }), ...(maxLots === undefined ? {} : { maxLots }) };
  return written.mode === "ratio" ? { mode: "ratio", ratio: written.ratio, ...bounds } : { mode: "lots", lots: written.lots, ...bounds };
}

function filterOf({ window, underlyings, ...lists }: WrittenCopy["filter"]): CopyPolicy["filter"] {
  return { ...lists, underlyings: underlyings.map((name) => name.toUpperCase()), ...(window === undefined ? {} : { window }) };
}

function exitSlippageOf(written: WrittenCopy["exitSlippage"]): ExitSlippage {
  return "percent" in written ? { percent: written.percent } : { price: written.rupees };
}
