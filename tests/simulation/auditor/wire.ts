/** Judged on the wire: I6 (windows), I7 (nothing before its intent is durable), I10 (no entry before a cancel that waits). */
import { BOOK_READ_AGAIN_MS, leaderOpposed, surelyCopiedAgainst } from "./allowance.ts";
import { type Evidence, isLive, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { sliceIn, stemIn } from "./mark.ts";
import { type CopyTerms, isOfAllProducts, isOver, type JournalLine, type OrderVersion } from "./observed.ts";

export interface Written {
  readonly account: string;
  readonly method: string;
  readonly path: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly at: number;
}

export interface Windows {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perHour: number;
}

interface Arrival {
  readonly method: string;
  readonly path: string;
  /** Its first byte left: a process that dies then leaves it on its way. */
  readonly writtenAt: number;
  readonly at: number;
}

const SPANS = [
  ["perSecond", 1_000],
  ["perMinute", 60_000],
  ["perHour", 3_600_000],
] as const;
/** One in so many slots of the minute and the hour is kept for cancels and exits (docs/budget.md). */
const KEPT_PART = 5;
/** After it has arrived, a request may go unanswered for so long: it holds its slot until then, and the window's length after that. */
const UNANSWERED_MS = 10_000;
/** How long answers and followers' reports may wait for company, and the journal take; and of a burst all that came before is taken first. Doubled. */
const DECIDED_MS = 40;
/** The broker's times are in whole seconds. */
const BROKERS_SECOND_MS = 1_000;
/** For so long the process has lived, the copy has held, and the exit has been due at most: older ones may have been refused, or the account unable. */
const STEADY_MS = 1_500;
/** For so long a placement that was not answered may rest all the same, as far as is known: a look that fails begins the grace anew (R10). */
const DOUBT_MS = 30_000;
/** What proves that a placement never arrived (R10), at `lookupGrace: 5s`. */
const LOOKS = 3;
const GRACE_MS = 5_000;

export class WireAudit {
  readonly #evidence: Evidence;
  readonly #breaks: Breaks;
  readonly #windows: Windows;
  /** Requests that durable intents allow and that have not been sent yet. */
  readonly #intended = new Map<string, number>();
  readonly #arrivals = new Map<string, Arrival[]>();
  /** When the last of each left, as `nameOf` calls them. */
  readonly #writtenLast = new Map<string, number>();
  /** When requests, as `nameOf` calls them, left while the journal took nothing. */
  readonly #unrecorded = new Map<string, number[]>();
  readonly #cancelsSent = new Map<string, number>();
  /** The size that the last change of an order asked for, and the last that the broker said yes to: it may come to the exchange a moment later. */
  readonly #sizeAsked = new Map<string, number>();
  readonly #sizeAccepted = new Map<string, number>();
  /** Of each account, the common parts of the marks of what was placed. */
  readonly #placed = new Map<string, Set<string>>();
  /** The last placement of each slice, until its fate is known from the answer. */
  readonly #unanswered = new Map<string, { readonly mark: string; readonly at: number; looks: number; booksRead: number }>();
  lastWriteAt = 0;
  /** Every order request, for the story of a failure. */
  readonly writes: Written[] = [];
  /** A window was full when a request arrived: more waited, most likely. */
  heldBack = false;

  constructor(evidence: Evidence, windows: Windows, breaks: Breaks) {
    this.#evidence = evidence;
    this.#windows = windows;
    this.#breaks = breaks;
  }

  durable(lines: readonly JournalLine[]): void {
    for (const line of lines) {
      if (line.type === "placement-intended") this.#allow(`place ${String(line["correlationId"])} ${sizeOf(line)}`);
      if (line.type === "modification-intended") this.#allow(`modify ${String(line["orderId"])} ${changedLeg(line) ?? sizeOf(line)}`);
      if (line.type === "cancel-intended") this.#allow(`cancel ${String(line["orderId"])}${cancelledLeg(line)}`);
    }
  }

  /** `isJournalBroken`: then the cancel of a known order may go all the same, and what makes one smaller (R8, decision 19). */
  sent(written: Written, isJournalBroken: boolean): void {
    const { account, method, path, body, at } = written;
    if (method === "GET") return;
    this.writes.push(written);
    this.lastWriteAt = at;
    this.#writtenLast.set(nameOf(written), at);
    if (isJournalBroken) this.#unrecorded.set(nameOf(written), [...(this.#unrecorded.get(nameOf(written)) ?? []), at]);
    const [orderId, leg] = addressed(path);
    const units = Number(body["quantity"]);
    if (method === "DELETE") {
      if (leg === undefined) this.#cancelsSent.set(`${account}/${orderId}`, at);
      if (!isJournalBroken) this.#use(`cancel ${orderId}${leg ?? ""}`, this.#evidence.order(account, orderId)?.stem);
    } else if (method === "PUT") {
      const order = this.#evidence.order(account, orderId);
      const isOfLeg = body["legName"] !== undefined && body["legName"] !== "ENTRY_LEG";
      const name = nameOf(written);
      const isSmaller = !isOfLeg && order !== undefined && units <= Math.max(newest(order).quantity, this.#sizeAccepted.get(name) ?? 0);
      if (!isOfLeg) this.#sizeAsked.set(name, units);
      if (!(isJournalBroken && isSmaller)) this.#use(`modify ${orderId} ${isOfLeg ? String(body["legName"]) : units}`, order?.stem);
    } else {
      const mark = String(body["correlationId"]);
      this.#use(`place ${mark} ${units}`, stemIn(mark));
      this.#proved(account, mark, at);
      this.#cancelsFirst(account, mark, at);
      this.#exitsFirst(account, mark, at);
      this.#placed.set(account, (this.#placed.get(account) ?? new Set()).add(stemIn(mark) ?? ""));
    }
  }

  /** An answer was read: it may settle the fate of a placement, or be a look that found nothing of it. */
  answered(account: string, method: string, path: string, reply: { readonly status: number; readonly body: string; readonly mark: string | undefined }): void {
    const mark = path.split("/").at(-1) ?? "";
    const looked = path.includes("/orders/external/") ? this.#unanswered.get(`${account}/${sliceIn(mark)}`) : undefined;
    if (looked?.mark === mark && !/"orderId"/.test(reply.body) && reply.status < 500) looked.looks += 1;
    if (/\/orders$/.test(path) && method === "GET" && reply.status === 200)
      for (const [slice, sent] of this.#unanswered) if (slice.startsWith(`${account}/`) && !reply.body.includes(sent.mark)) sent.booksRead += 1;
    if (method === "PUT" && /modifications is reached/.test(reply.body) && this.#areChangesKnown({ account, method, path }))
      this.#breaks("I6", `order ${mark} was to be changed more often than its cap allows`, this.#evidence.order(account, mark)?.stem);
    const asked = this.#sizeAsked.get(nameOf({ account, method, path }));
    if (asked !== undefined && reply.status === 200) this.#sizeAccepted.set(nameOf({ account, method, path }), asked);
    if (method !== "POST" || !/\/orders$/.test(path)) return;
    for (const [slice, { mark: sent }] of this.#unanswered)
      if (reply.mark === sent && (/"orderId"/.test(reply.body) || (reply.status >= 400 && reply.status < 500))) this.#unanswered.delete(slice);
  }

  /** How often an order was changed no book tells: what a journal that is lost, or that took nothing before a death, does not have is not counted. */
  #areChangesKnown(change: Pick<Written, "account" | "method" | "path">): boolean {
    const { journalLostAt, diedAt } = this.#evidence;
    return journalLostAt === undefined && !(this.#unrecorded.get(nameOf(change)) ?? []).some((at) => at <= (diedAt ?? -1));
  }

  /** Whether a cancel has been sent for it. */
  cancelSentFor(account: string, orderId: string): boolean {
    return this.#cancelsSent.has(`${account}/${orderId}`);
  }

  /** A request for an order has reached the broker. */
  arrived(account: string, arrival: Arrival): void {
    const { at } = arrival;
    const arrivals = this.#arrivals.get(account) ?? [];
    this.#arrivals.set(account, arrivals);
    arrivals.push(arrival);
    if ((arrivals.at(-this.#windows.perSecond)?.at ?? Number.NEGATIVE_INFINITY) > at - SPANS[0][1]) this.heldBack = true;
    const known = this.#unrecorded.size === 0 ? arrivals : arrivals.filter((one) => !this.#isUntold(account, one));
    for (const [window, spanMs] of SPANS) {
      const oldest = known.at(-1 - this.#windows[window]);
      if (oldest !== undefined && oldest.at > at - spanMs && !this.#isForgotten(oldest.writtenAt))
        this.#breaks(
          "I6",
          `${this.#windows[window] + 1} order requests of ${account} arrived within ${at - oldest.at} ms: ${window} is ${this.#windows[window]}`,
          undefined,
        );
    }
  }

  /** Whether an account has nothing left of the minute or the hour that entries may take: what waits, waits rightly (R21). */
  isSpent(at: number): boolean {
    return [...this.#arrivals.values()].some((arrivals) =>
      SPANS.slice(1).some(([window, spanMs]) => {
        const limit = this.#windows[window];
        const oldest = arrivals.at(-(limit - Math.floor(limit / KEPT_PART)));
        return oldest !== undefined && oldest.at > at - spanMs - UNANSWERED_MS;
      }),
    );
  }

  /** What was sent before the journal was lost, or, told by the wall clock alone, before a process died whose clock was stepped (decision 12). */
  #isForgotten(at: number): boolean {
    const { journalLostAt, diedAt, clockSteppedAt } = this.#evidence;
    const before = (moment: number | undefined): boolean => moment !== undefined && at <= moment;
    return before(journalLostAt) || (before(diedAt) && clockSteppedAt !== undefined);
  }

  /**
   * What a process sent while its journal took nothing, before it died: the next one knows it by the book alone, which tells that an order was
   * cancelled, or made smaller once. Of what the broker refused it tells nothing; and what the next one sends again, the book tells as its own.
   */
  #isUntold(account: string, { method, path, writtenAt, at }: Arrival): boolean {
    const name = nameOf({ account, method, path });
    if (!this.#unrecorded.get(name)?.includes(writtenAt) || writtenAt > (this.#evidence.diedAt ?? -1)) return false;
    const order = this.#evidence.order(account, path.split("/").at(-1) ?? "");
    const isTold = order?.versions.some(
      (one, index) =>
        one.at >= at &&
        index <= order.told.now &&
        (method === "DELETE" ? one.version.status === "CANCELLED" : one.version.quantity < (order.versions[index - 1]?.version.quantity ?? 0)),
    );
    return writtenAt !== this.#writtenLast.get(name) || isTold !== true;
  }

  #allow(what: string): void {
    this.#intended.set(what, (this.#intended.get(what) ?? 0) + 1);
  }

  #use(what: string, stem: string | undefined): void {
    const left = this.#intended.get(what) ?? 0;
    if (left === 0) this.#breaks("I7", `"${what}" was sent, and no durable intent that has not been used stands for it`, stem);
    else this.#intended.set(what, left - 1);
  }

  /** I2: a placement that was sent and not answered is sent again only when its absence, or its end, is proved (R10). */
  #proved(account: string, mark: string, at: number): void {
    const slice = `${account}/${sliceIn(mark)}`;
    const earlier = this.#unanswered.get(slice);
    this.#unanswered.set(slice, { mark, at, looks: 0, booksRead: 0 });
    if (earlier === undefined) return;
    const found = this.#evidence.ofStem(stemIn(mark) ?? "").find((order) => newest(order).correlationId === earlier.mark && order.firstToldAt !== undefined);
    // With the journal lost, two readings of the book a full grace apart are the proof (R11).
    const lost = this.#evidence.journalLostAt !== undefined && this.#evidence.journalLostAt >= earlier.at;
    const isProved = (lost ? earlier.booksRead >= 2 : earlier.looks >= LOOKS) && at >= earlier.at + GRACE_MS;
    if (found === undefined && !isProved)
      this.#breaks(
        "I2",
        `${mark} was sent ${at - earlier.at} ms after ${earlier.mark}, which was not answered, and ${earlier.looks} looks had not found it`,
        stemIn(mark),
      );
  }

  /** A process was told that died before it was stored, and the book of the next one's start may have lagged. */
  #wasToldInVain(toldAt: number, at: number): boolean {
    return this.#evidence.gaps.some(({ from, to }) => from < toldAt && toldAt <= to && at <= to + BOOK_READ_AGAIN_MS);
  }

  /**
   * So it does after every exit that is certainly due and could certainly be sent: the leader's MARKET order, which reduces his position however
   * one looks at it and takes him out whole, told as pending for a while; the copy holds something that no other order of that side could sell, or was known
   * to be able to. One that is older than the start waits for the book to be proved (R11).
   */
  #exitsFirst(account: string, mark: string, at: number): void {
    const entry = this.#entryBehind(mark);
    if (entry === undefined || !this.#evidence.isSteadySince(at - STEADY_MS)) return;
    for (const [stem, { leaderOrder, copy }] of this.#evidence.causes()) {
      if (copy.follower !== account || leaderOrder === undefined || (this.#placed.get(account)?.has(stem) ?? false)) continue;
      const [first] = leaderOrder.versions;
      const { pendingToldAt } = leaderOrder;
      if (first === undefined || this.#looksOlderThanStart(first.version)) continue;
      if (first.version.type !== "MARKET" || pendingToldAt === undefined || pendingToldAt > at - DECIDED_MS || pendingToldAt < at - STEADY_MS) continue;
      if (isOver(newest(leaderOrder).status) && newest(leaderOrder).status !== "TRADED") continue;
      // In which product he holds it may have to be read first.
      if (isOfAllProducts(first.version)) continue;
      const opposed = leaderOpposed(this.#evidence, leaderOrder, first.version);
      if (Math.min(...opposed) < first.version.quantity || Math.max(...opposed) > first.version.quantity) continue;
      if (surelyCopiedAgainst(this.#evidence, copy, first.version, at - STEADY_MS, at) === 0 || this.#mayBeClaimed({ copy, stem, at }, first.version)) continue;
      this.#breaks(
        "I10",
        `the entry ${mark} left before the exit for ${leaderOrder.orderId}, at the market and of all that the leader held, which had been told`,
        stem,
      );
    }
  }

  /** By the copier's clock, and the broker's whole seconds: what was placed within the second of the start looks older than it. */
  #looksOlderThanStart({ createdAt }: OrderVersion): boolean {
    return createdAt - (createdAt % BROKERS_SECOND_MS) < (this.#evidence.startedByItsClock ?? 0);
  }

  /**
   * Whether other orders of its side, of ours or the leader's, may have the first claim to what the copy holds. An end that was not told, of ours or of his, is
   * none, and a placement of which nobody knows whether it arrived may be such an order.
   */
  #mayBeClaimed({ copy, stem, at }: { readonly copy: CopyTerms; readonly stem: string; readonly at: number }, { side, holding }: OrderVersion): boolean {
    const isTold = ({ told, versions }: Kept): boolean => told.at(at - DECIDED_MS) === versions.length - 1;
    for (const [other, cause] of this.#evidence.causes()) {
      if (other === stem || cause.copy !== copy) continue;
      const ours = this.#evidence.ofStem(other);
      const mayFill = [...ours, ...this.#evidence.legsOf(other)];
      if (mayFill.some((order) => newest(order).holding === holding && newest(order).side === side && !(isTold(order) && isOver(newest(order).status))))
        return true;
      if (cause.leaderOrder === undefined) continue;
      const leader = newest(cause.leaderOrder);
      if (leader.holding !== holding || leader.side !== side) continue;
      if (this.#isInDoubt(other, at)) return true;
      const isThrough = ours.length > 0 && ours.every((order) => newest(order).status === "TRADED");
      if (!isThrough && !(isOver(leader.status) && leader.filled === 0 && isTold(cause.leaderOrder))) return true;
    }
    return false;
  }

  #isInDoubt(stem: string, at: number): boolean {
    return [...this.#unanswered.values()].some((sent) => stemIn(sent.mark) === stem && sent.at > at - DOUBT_MS);
  }

  /** The leader's order behind a mark, where it certainly opens a position. */
  #entryBehind(mark: string): Kept | undefined {
    const entry = this.#evidence.causeOf(stemIn(mark) ?? "")?.leaderOrder;
    return entry === undefined || Math.max(...leaderOpposed(this.#evidence, entry, newest(entry))) > 0 ? undefined : entry;
  }

  /** An order that opens a position leaves after every cancel of the account that was due. */
  #cancelsFirst(account: string, mark: string, at: number): void {
    if (this.#entryBehind(mark) === undefined) return;
    for (const [stem, { leaderOrder, copy }] of this.#evidence.causes()) {
      if (copy.follower !== account || leaderOrder === undefined || newest(leaderOrder).status !== "CANCELLED" || newest(leaderOrder).filled > 0) continue;
      const ended = leaderOrder.versions.findIndex(({ version }) => isOver(version.status));
      const toldAt = leaderOrder.told.reached(ended);
      if (toldAt === undefined || toldAt > at - DECIDED_MS || this.#wasToldInVain(toldAt, at)) continue;
      for (const order of this.#evidence.ofStem(stem)) {
        if (!isLive(order) || order.firstToldAt === undefined || order.firstToldAt > at - DECIDED_MS || newest(order).validity === "IOC") continue;
        if (!this.#cancelsSent.has(`${account}/${order.orderId}`))
          this.#breaks("I10", `the entry ${mark} left before the cancel of ${order.orderId}, whose leader order had been cancelled`, stem);
      }
    }
  }
}

/** The order's number, and the leg of a super order unless it is the entry, which stands for the whole. */
function addressed(path: string): readonly [string, string | undefined] {
  const parts = path.split("/");
  const named = parts.at(-1)?.endsWith("_LEG") === true ? parts.at(-1) : undefined;
  return [parts.at(named === undefined ? -1 : -2) ?? "", named === "ENTRY_LEG" ? undefined : named];
}

const LEG_WORDS: Readonly<Record<string, string | undefined>> = { stop: "STOP_LOSS_LEG", target: "TARGET_LEG" };

function changedLeg(line: JournalLine): string | undefined {
  return LEG_WORDS[(line["legs"] as { leg?: string } | undefined)?.leg ?? ""];
}

function cancelledLeg(line: JournalLine): string {
  return LEG_WORDS[String(line["leg"])] ?? "";
}

function nameOf({ account, method, path }: Pick<Written, "account" | "method" | "path">): string {
  return `${account} ${method} ${path}`;
}

function sizeOf(line: JournalLine): number {
  return (line["terms"] as { quantity: number }).quantity;
}
