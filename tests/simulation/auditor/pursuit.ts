/**
 * What is done about a follower's order that rests when the leader's has filled (`onLeaderFilled`): never priced beyond what the copy allows,
 * nor outside the day's band; given up only when it may be, and then said; an exit is never given up. Judged on the wire, in the journal,
 * and at rest: parts of I3, I4 and I11.
 */
import { copiedAgainst, leaderOpposed, lostAgainst } from "./allowance.ts";
import { type Cause, type Evidence, isLive, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { stemIn } from "./mark.ts";
import type { Band, CopyTerms, JournalLine, OrderVersion } from "./observed.ts";
import { EXPLAINS_SIZE, type Rest } from "./rest.ts";
import { shares, takesResidual } from "./share.ts";
import { isWithinExit, worseBy } from "./slippage.ts";
import { triggeredStop } from "./triggered-stop.ts";
import type { Written } from "./wire.ts";

/** By how much the copier's wall clock is stepped at most, twice. */
const CLOCK_STEPS_MS = 1_500;
/** `maxSlippage` of every copy, in hundredths of a percent. */
const ENTRY_HUNDREDTHS = 200;
const WHOLE = 10_000;
/** How long what was told may wait for its turn, and the request for its record; doubled. */
const DECIDED_MS = 20;
/** By then a process that was started, or whose clock was stepped, knows what its brokers' books tell, however far they lag. */
const KNOWS_AGAIN_MS = 10_000;

export class PursuitAudit {
  readonly #evidence: Evidence;
  #bands: readonly Band[];
  readonly #breaks: Breaks;

  constructor(evidence: Evidence, bands: readonly Band[], breaks: Breaks) {
    this.#evidence = evidence;
    this.#bands = bands;
    this.#breaks = breaks;
  }

  /** A band is of one day, and by the next its contract may have expired. */
  dayTurned(): void {
    this.#bands = [];
  }

  sent(written: Written): void {
    if (written.method === "POST") this.#placed(written);
    else this.#changed(written);
  }

  /** An order that is placed at a price which is none that the leader's order had. */
  #placed({ body, at }: Written): void {
    const mark = String(body["correlationId"]);
    const stem = stemIn(mark) ?? "";
    const cause = this.#evidence.causeOf(stem);
    if (cause?.leaderOrder === undefined || body["orderType"] !== "LIMIT") return;
    const wanted = Math.round(Number(body["price"]) * WHOLE);
    const { leaderOrder } = cause;
    if (leaderOrder.versions.some(({ version }) => version.price === wanted)) return;
    const faults = this.#whatMoves(leaderOrder, cause.copy, at).map((part) =>
      part === "entry" ? this.#wrongForLateEntry(mark, leaderOrder, wanted) : this.#wrongForExit(mark, leaderOrder, { wanted, told: [] }),
    );
    this.#breaksIfAll(faults, stem);
  }

  /** At the market, once the leader has filled: no further from his price than `maxSlippage`. */
  #wrongForLateEntry(mark: string, leaderOrder: Kept, wanted: number): string | undefined {
    const leader = newest(leaderOrder);
    const words = `the entry ${mark} is placed at ${wanted / WHOLE}, which is none of the leader's prices`;
    if (leader.average === 0) return `${words}, and nothing of his order is filled`;
    const isAtMarket = leaderOrder.versions.some(({ version }) => version.type === "MARKET" || version.type === "STOP_LOSS_MARKET");
    if (!isAtMarket) return `${words}, and he has named his`;
    const isTooFar = worseBy(leader, wanted, leader.average) > Math.ceil((leader.average * ENTRY_HUNDREDTHS) / WHOLE);
    return isTooFar ? `${words}: further than maxSlippage from the ${leader.average / WHOLE} that he got` : undefined;
  }

  #breaksIfAll(faults: readonly (string | undefined)[], stem: string): void {
    const [fault] = faults;
    if (fault !== undefined && faults.every((one) => one !== undefined)) this.#breaks("I4", fault, stem);
  }

  /** A change of an order that gives it a price which is neither its own nor any that the leader's order had. */
  #changed({ account, method, path, body, at }: Written): void {
    const kept = method === "PUT" ? this.#evidence.order(account, path.split("/").at(-1) ?? "") : undefined;
    const cause = kept?.stem === undefined ? undefined : this.#evidence.causeOf(kept.stem);
    if (kept?.stem === undefined || cause?.leaderOrder === undefined || body["orderType"] !== "LIMIT") return;
    const wanted = Math.round(Number(body["price"]) * WHOLE);
    const { leaderOrder } = cause;
    const known = [...kept.versions, ...leaderOrder.versions].some(({ version }) => version.price === wanted);
    if (known) return;
    const faults = this.#whatMoves(leaderOrder, cause.copy, at).map((part) =>
      part === "entry" ? this.#wrongForEntry(kept, leaderOrder, cause.copy, { wanted, at }) : this.#wrongForChangedExit(kept, leaderOrder, { wanted, at }),
    );
    this.#breaksIfAll(faults, kept.stem);
    this.#inBand(kept, leaderOrder, wanted);
  }

  /**
   * What the order is to do, as far as it can be told: either, in a race. Of a stop and reverse it is an entry once the exit part is through, and
   * of slices any may be the last to fill: what counts is whether the copy has anything left that it reduces, or had on a day of which a part is lost.
   */
  #whatMoves(leaderOrder: Kept, copy: CopyTerms, at: number): readonly ("entry" | "exit")[] {
    const leader = newest(leaderOrder);
    const opposed = leaderOpposed(this.#evidence, leaderOrder, leader);
    if (Math.max(...opposed) === 0) return ["entry"];
    const left = copiedAgainst(this.#evidence, copy, leader, at - DECIDED_MS, at);
    const hasEntry = leader.quantity > Math.min(...opposed);
    const maybe = this.#evidence.writeOffs.maybeIn(copy.follower, leader.holding);
    const most = Math.max(...left) + lostAgainst(this.#evidence, copy, leader, at) + maybe;
    if (hasEntry && most === 0) return ["entry"];
    return Math.min(...opposed) === 0 || (hasEntry && Math.min(...left) === 0) ? ["entry", "exit"] : ["exit"];
  }

  #wrongForEntry(
    kept: Kept,
    leaderOrder: Kept,
    { id, onLeaderFilled: asked }: CopyTerms,
    { wanted, at }: { readonly wanted: number; readonly at: number },
  ): string | undefined {
    const leader = newest(leaderOrder);
    const words = `the entry ${kept.orderId} is to be priced at ${wanted / WHOLE}, which is none of the leader's prices`;
    if (asked.action !== "chase") return `${words}, and ${id} chases nothing`;
    if (leader.status !== "TRADED" || at < filledSince(leaderOrder) + asked.afterMs - this.#clockMs())
      return `${words}, and his order has not been filled for as long as the copy waits`;
    if (worseBy(leader, wanted, leader.average) > Math.ceil((leader.average * asked.hundredths) / WHOLE))
      return `${words}: further than ${asked.hundredths / 100} % from the ${leader.average / WHOLE} that he got`;
    return undefined;
  }

  /** From what the leader got, from what he named, or, of a stop that triggered and did not fill, from where the market went through it. */
  #wrongForExit(order: string, leaderOrder: Kept, { wanted, told }: { readonly wanted: number; readonly told: readonly number[] }): string | undefined {
    const leader = newest(leaderOrder);
    const references = leaderOrder.versions.flatMap(({ version }) => [version.average, version.trigger, version.price]).filter((one) => one > 0);
    if ([...references, ...told].some((one) => isWithinExit(leader, wanted, one))) return undefined;
    return `the exit ${order} is to be priced at ${wanted / WHOLE}, further from every price of the leader's than exitSlippage`;
  }

  /** A stop that triggered is not priced from what the leader had asked for before, once his change had been told. */
  #wrongForChangedExit(kept: Kept, leaderOrder: Kept, { wanted, at }: { readonly wanted: number; readonly at: number }): string | undefined {
    const stop = this.#evidence.isSteadySince(at - KNOWS_AGAIN_MS) ? triggeredStop(kept, leaderOrder, leaderOrder.surelyTold.at(at - DECIDED_MS)) : undefined;
    if (stop === undefined) return this.#wrongForExit(kept.orderId, leaderOrder, { wanted, told: toldOfStop(kept) });
    if (stop.references.some((one) => isWithinExit(newest(leaderOrder), wanted, one))) return undefined;
    return `the stop ${kept.orderId} that triggered is to be priced at ${wanted / WHOLE}, further than exitSlippage from every price that it may be priced from`;
  }

  #inBand(kept: Kept, leaderOrder: Kept, wanted: number): void {
    const band = this.#bands.find(({ contract }) => newest(kept).holding.startsWith(`${contract}:`));
    // A stop that triggered is priced beyond the band that the file tells, until the broker calls it outside (R14).
    if (band === undefined || (wanted >= band.lower && wanted <= band.upper) || newest(leaderOrder).status !== "TRADED") return;
    if (kept.versions.some(({ version }) => version.type === "STOP_LOSS")) return;
    // What the leader got lies outside: the file is of an earlier day.
    const { average } = newest(leaderOrder);
    if (average < band.lower || average > band.upper) return;
    this.#breaks("I4", `order ${kept.orderId} is to be priced at ${wanted / WHOLE}, outside the day's band`, kept.stem);
  }

  /** An order is given up only by a copy that does so, when the leader's has been filled for long enough. */
  durable(lines: readonly JournalLine[], at: number): void {
    for (const line of lines) {
      if (line.type !== "cancel-intended" || line["givesUp"] !== true) continue;
      const kept = this.#evidence.order(String(line["follower"]), String(line["orderId"]));
      const cause = kept?.stem === undefined ? undefined : this.#evidence.causeOf(kept.stem);
      if (kept === undefined || cause?.leaderOrder === undefined) continue;
      const { leaderOrder, copy } = cause;
      const since = filledSince(leaderOrder);
      const may =
        copy.onLeaderFilled.action !== "leave" && newest(leaderOrder).status === "TRADED" && at >= since + copy.onLeaderFilled.afterMs - this.#clockMs();
      const isWholly = newest(leaderOrder).quantity <= Math.min(...leaderOpposed(this.#evidence, leaderOrder, newest(leaderOrder)));
      if (isWholly) this.#breaks("I3", `the exit ${kept.orderId} is given up`, kept.stem);
      if (!may) this.#breaks("I3", `${kept.orderId} is given up, and the leader's ${leaderOrder.orderId} has not been filled for so long`, kept.stem);
    }
  }

  #clockMs(): number {
    return this.#evidence.clockSteppedAt === undefined ? 0 : CLOCK_STEPS_MS;
  }
}

/** With the faults over: of an entry nothing rests any more, and what it missed is said; of an exit what rests is said. */
export function auditPursuitAtRest(rest: Rest): void {
  const { evidence, breaks, dayFrom } = rest;
  for (const [stem, cause] of evidence.causes()) {
    const { leaderOrder, copy } = cause;
    if (leaderOrder === undefined || leaderOrder.placedAt < dayFrom || copy.onLeaderFilled.action === "leave") continue;
    const leader = newest(leaderOrder);
    if (leader.status !== "TRADED" || evidence.said(stem, "CHANGED_BY_OTHERS", "CANCEL_FAILED")) continue;
    const opposed = leaderOpposed(evidence, leaderOrder, leader);
    const resting = evidence.ofStem(stem).filter((order) => isLive(order) && newest(order).validity !== "IOC");
    if (Math.max(...opposed) === 0) entryAtRest(rest, stem, cause, { leader, resting });
    else if (Math.min(...opposed) > 0 && resting.length > 0 && !evidence.said(stem, "EXIT_RESTS") && evidence.journalLostAt === undefined)
      breaks("I11", `the leader is out by ${leader.orderId}, ${resting[0]?.orderId} still rests, and nobody is told`, stem);
  }
}

function entryAtRest(
  { evidence, breaks }: Rest,
  stem: string,
  { copy }: Cause,
  { leader, resting }: { readonly leader: OrderVersion; readonly resting: readonly Kept[] },
): void {
  if (resting.length > 0) breaks("I3", `${resting[0]?.orderId} still rests for ${leader.orderId}, which was filled, and ${copy.id} gives such orders up`, stem);
  const ours = evidence.ofStem(stem);
  const has = ours.reduce((sum, order) => sum + newest(order).filled, 0);
  const scales = evidence.scalesOf(stem, copy);
  const wanted = shares(scales, leader.quantity, leader.lot);
  // Earlier orders may have been given a part of its share, or it a part of theirs.
  const isLoose = copy.rounding === "carry" || scales.some(takesResidual);
  if (
    wanted.some((units) => has >= units - (isLoose ? leader.lot : 0)) ||
    evidence.said(stem, ...EXPLAINS_SIZE) ||
    evidence.journalLostAt !== undefined ||
    evidence.halted.has(copy.follower)
  )
    return;
  // Nor is it told from outside how much less: what was sent of it is through, and nothing was given up.
  if (isLoose && ours.length > 0 && ours.every((order) => newest(order).status === "TRADED")) return;
  if (ours.some(({ orderId }) => evidence.cancelledByHand.has(orderId))) return;
  const sentence = (evidence.verdicts.get(stem) ?? []).findLast(({ code }) => code === "MISSED")?.sentence;
  const isSaid = wanted.some((units) => sentence?.includes(` ${units - has} units at the leader's `)) || (isLoose && sentence !== undefined);
  if (isSaid) return;
  breaks(
    "I11",
    `the leader's ${leader.orderId} gives ${wanted.join(" or ")} here, the follower has ${has}; what is said of it: ${sentence ?? "nothing"}`,
    stem,
  );
}

function filledSince(order: Kept): number {
  return order.versions.find(({ version }) => version.status === "TRADED")?.at ?? Number.POSITIVE_INFINITY;
}

/** The prices at which a stop of ours has triggered: its frames tell them. */
function toldOfStop({ versions }: Kept): readonly number[] {
  return versions.flatMap(({ version }, index) => (version.type === "LIMIT" && versions[index - 1]?.version.type === "STOP_LOSS" ? [version.last] : []));
}
