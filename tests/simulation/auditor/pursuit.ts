/**
 * What is done about a follower's order that rests when the leader's has filled (`onLeaderFilled`): never priced beyond what the copy allows,
 * nor outside the day's band; given up only when it may be, and then said; an exit is never given up. Judged on the wire, in the journal,
 * and at rest: parts of I3, I4 and I11.
 */
import { leaderOpposed } from "./allowance.ts";
import { type Cause, type Evidence, isLive, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import type { Band, CopyTerms, JournalLine, OrderVersion } from "./observed.ts";
import { EXPLAINS_SIZE, type Rest } from "./rest.ts";
import { shares } from "./share.ts";
import type { Written } from "./wire.ts";

/** By how much the copier's wall clock is stepped at most, twice. */
const CLOCK_STEPS_MS = 1_500;
/** `exitSlippage` of every copy, in hundredths of a percent. */
const EXIT_HUNDREDTHS = 1_000;
const WHOLE = 10_000;

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

  /** A change of an order that gives it a price which is neither its own nor any that the leader's order had. */
  sent({ account, method, path, body, at }: Written): void {
    const kept = method === "PUT" ? this.#evidence.order(account, path.split("/").at(-1) ?? "") : undefined;
    const cause = kept?.stem === undefined ? undefined : this.#evidence.causeOf(kept.stem);
    if (kept?.stem === undefined || cause?.leaderOrder === undefined || body["orderType"] !== "LIMIT") return;
    const wanted = Math.round(Number(body["price"]) * WHOLE);
    const { leaderOrder } = cause;
    const known = [...kept.versions, ...leaderOrder.versions].some(({ version }) => version.price === wanted);
    if (known) return;
    const opposed = leaderOpposed(this.#evidence, leaderOrder, newest(leaderOrder));
    if (Math.max(...opposed) === 0) this.#entryPriced(kept, leaderOrder, cause.copy, { wanted, at });
    else if (Math.min(...opposed) > 0) this.#exitPriced(kept, leaderOrder, wanted);
    this.#inBand(kept, leaderOrder, wanted);
  }

  #entryPriced(
    kept: Kept,
    leaderOrder: Kept,
    { id, onLeaderFilled: asked }: CopyTerms,
    { wanted, at }: { readonly wanted: number; readonly at: number },
  ): void {
    const leader = newest(leaderOrder);
    const words = `the entry ${kept.orderId} is to be priced at ${wanted / WHOLE}, which is none of the leader's prices`;
    if (asked.action !== "chase") this.#breaks("I4", `${words}, and ${id} chases nothing`, kept.stem);
    else if (leader.status !== "TRADED" || at < filledSince(leaderOrder) + asked.afterMs - this.#clockMs())
      this.#breaks("I4", `${words}, and his order has not been filled for as long as the copy waits`, kept.stem);
    else if (worseBy(leader, wanted, leader.average) > Math.ceil((leader.average * asked.hundredths) / WHOLE))
      this.#breaks("I4", `${words}: further than ${asked.hundredths / 100} % from the ${leader.average / WHOLE} that he got`, kept.stem);
  }

  /** From what the leader got, or from what he named: a stop that triggered and did not fill is priced from its trigger. */
  #exitPriced(kept: Kept, leaderOrder: Kept, wanted: number): void {
    const leader = newest(leaderOrder);
    const references = leaderOrder.versions.flatMap(({ version }) => [version.average, version.trigger, version.price]).filter((one) => one > 0);
    if (references.some((one) => worseBy(leader, wanted, one) <= Math.ceil((one * EXIT_HUNDREDTHS) / WHOLE))) return;
    this.#breaks("I4", `the exit ${kept.orderId} is to be priced at ${wanted / WHOLE}, further from every price of the leader's than exitSlippage`, kept.stem);
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
  const wanted = shares(evidence.scalesOf(stem, copy), leader.quantity, leader.lot);
  if (
    // Under `carry` earlier orders may have been given a part of its share.
    wanted.some((units) => has >= units - (copy.rounding === "carry" ? leader.lot : 0)) ||
    evidence.said(stem, ...EXPLAINS_SIZE) ||
    evidence.journalLostAt !== undefined ||
    evidence.halted.has(copy.follower)
  )
    return;
  // Nor is it told from outside how much less: what was sent of it is through, and nothing was given up.
  if (copy.rounding === "carry" && ours.length > 0 && ours.every((order) => newest(order).status === "TRADED")) return;
  if (ours.some(({ orderId }) => evidence.cancelledByHand.has(orderId))) return;
  const sentence = (evidence.verdicts.get(stem) ?? []).findLast(({ code }) => code === "MISSED")?.sentence;
  // Under `carry` it may have been given more than its own share.
  const isSaid = wanted.some((units) => sentence?.includes(` ${units - has} units at the leader's `)) || (copy.rounding === "carry" && sentence !== undefined);
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

/** How much more a buyer pays, or less a seller gets. */
function worseBy({ side }: OrderVersion, price: number, reference: number): number {
  return side === "BUY" ? price - reference : reference - price;
}
