/** Judged after every change at the exchange: I1, I2, I5. */
import { allowanceOf, KNOWLEDGE_MS, leaderOpposed } from "./allowance.ts";
import { type Evidence, filledAt, isLive, type Kept, newest } from "./evidence.ts";
import { mostLostWith } from "./lost-day.ts";
import { sliceIn } from "./mark.ts";
import { type CopyTerms, isOver, type OrderVersion, signed } from "./observed.ts";

export type Breaks = (invariant: string, sentence: string, stem: string | undefined) => void;

/** An exit that went through zero: two alternatives that filled together (R16). It must be closed and reported. */
export interface Flip {
  readonly stem: string;
  readonly at: number;
  readonly units: number;
  /** The order whose fill it was, the version that has the fill, and what the copy held by it. */
  readonly order: Kept;
  readonly version: number;
  readonly net: number;
}

export class ExchangeAudit {
  readonly #evidence: Evidence;
  readonly #breaks: Breaks;
  readonly flips: Flip[] = [];

  constructor(evidence: Evidence, breaks: Breaks) {
    this.#evidence = evidence;
    this.#breaks = breaks;
  }

  changed(kept: Kept, before: OrderVersion | undefined, at: number): void {
    const { stem } = kept;
    const version = newest(kept);
    if (kept.legOf !== undefined) return this.#legFilled(kept, version, version.filled - (before?.filled ?? 0), kept.legOf, at);
    // A leg only ever gets out.
    if (stem === undefined && version.leg !== undefined) return;
    if (stem === undefined) return this.#goneBothWays(kept, version, version.filled - (before?.filled ?? 0));
    if (before === undefined) this.#placed(kept, version, stem, at);
    if (before === undefined || before.quantity !== version.quantity) this.#withinTarget(kept, version, stem, at);
    if (version.filled > (before?.filled ?? 0)) this.#filled(kept, version, version.filled - (before?.filled ?? 0), stem, at);
  }

  #goneBothWays(kept: Kept, version: OrderVersion, units: number): void {
    const key = `${kept.account}:${version.holding}`;
    const before = this.#evidence.held.of(key).now - signed(version.side, units);
    const reduces = units > 0 && before !== 0 && Math.sign(before) !== Math.sign(signed(version.side, units));
    if (reduces && Math.min(...leaderOpposed(this.#evidence, kept, version)) === 0) this.#evidence.bothWays.add(key);
  }

  #placed(kept: Kept, version: OrderVersion, stem: string, at: number): void {
    const slice = sliceIn(version.correlationId ?? "");
    const earlier = this.#evidence.ofStem(stem).filter((other) => other !== kept && sliceIn(newest(other).correlationId ?? "") === slice);
    for (const other of earlier) {
      if (isLive(other)) this.#breaks("I1", `${kept.orderId} was accepted while ${other.orderId} of the same slice is live (${newest(other).status})`, stem);
      // That it has ended must be known, and not only true; what was refused in the answer needs no further proof.
      else if (other.told.at(at) < other.versions.findIndex((one) => isOver(one.version.status)))
        this.#breaks("I2", `${kept.orderId} was accepted although the copier had not been told that ${other.orderId} of the same slice has ended`, stem);
    }
    this.#forItsSession(kept, version, stem);
    const halted = this.#evidence.halted.get(kept.account);
    if (halted === undefined || at < halted + KNOWLEDGE_MS) return;
    const cause = this.#evidence.causeOf(stem);
    if (cause?.leaderOrder !== undefined && Math.max(...leaderOpposed(this.#evidence, cause.leaderOrder, version)) === 0)
      this.#breaks("I12", `${kept.orderId} opens a position although the account's entries are halted`, stem);
  }

  /** I4: for the session that the leader meant, and in his contract. */
  #forItsSession(kept: Kept, version: OrderVersion, stem: string): void {
    const cause = this.#evidence.causeOf(stem);
    const leader = cause?.leaderOrder?.versions[0]?.version;
    if (cause?.own !== undefined && version.afterMarket) this.#breaks("I4", `${kept.orderId}, of the copier's own, waits for the next session`, stem);
    if (cause === undefined || leader === undefined) return;
    if (version.holding !== leader.holding)
      this.#breaks("I5", `${kept.orderId} is for ${version.holding}, and the leader's ${leader.orderId} for ${leader.holding}`, stem);
    if (version.afterMarket && (!leader.afterMarket || version.amoTime !== cause.copy.amoTime))
      this.#breaks(
        "I4",
        `${kept.orderId} is an after-market order for ${version.amoTime}; the leader's ${leader.orderId} is ${leader.afterMarket ? "one" : "none"}, and the copy says ${cause.copy.amoTime}`,
        stem,
      );
  }

  #withinTarget(kept: Kept, version: OrderVersion, stem: string, at: number): void {
    const cause = this.#evidence.causeOf(stem);
    if (cause === undefined) {
      this.#breaks("I2", `${kept.orderId} bears the copier's mark, and neither a leader's order nor a record of the journal stands behind it`, stem);
      return;
    }
    const allowed = allowanceOf(this.#evidence, cause, version, at);
    const ours = this.#evidence.ofStem(stem);
    const total = ours.reduce((sum, other) => sum + (isLive(other) ? newest(other).quantity : newest(other).filled), 0);
    // Of all orders for it together: its slices, and what takes the place of one (R16).
    const rest = ours.reduce((sum, other) => sum + (isLive(other) ? newest(other).quantity - newest(other).filled : 0), 0);
    if (!allowed.mayExit && total > allowed.entry)
      this.#breaks("I2", `${kept.orderId} brings filled and live units to ${total}, and the leader's order allows ${allowed.entry} at most`, stem);
    if (allowed.mayExit && rest > allowed.entry + allowed.exit)
      this.#breaks(
        "I5",
        `${kept.orderId}, and what else is live beside it, would ${version.side} ${rest} units: the copy holds ${allowed.exit} at most, and ${allowed.entry} may be entered`,
        stem,
      );
  }

  #filled(kept: Kept, version: OrderVersion, units: number, stem: string, at: number): void {
    const cause = this.#evidence.causeOf(stem);
    if (cause === undefined || cause.own === "closing") return;
    const key = `${cause.copy.leader}>${kept.account}:${version.holding}`;
    const net = this.#evidence.held.of(key).now - this.#enteredLately(cause.copy, version, at);
    const before = net - signed(version.side, units);
    const through = before !== 0 && Math.sign(net) === -Math.sign(before);
    if (!through || allowanceOf(this.#evidence, cause, version, at).entry > 0) return;
    if (Math.abs(net) <= mostLostWith(this.#evidence, key, version.side) + this.#evidence.writeOffs.maybe(key)) return;
    this.flips.push({ stem, at, units: Math.abs(net), order: kept, version: kept.versions.length - 1, net });
    this.#evidence.flipped.add(key);
    const together = this.#exitBeside(kept, version, at);
    if (!together) this.#breaks("I5", `${kept.orderId} took the copied position through zero, to ${net}, and no other exit filled beside it`, stem);
  }

  /** A leg of an order of ours has got out: of no more than the copy held, unless another exit did so beside it. */
  #legFilled(kept: Kept, version: OrderVersion, units: number, stem: string, at: number): void {
    const cause = this.#evidence.causeOf(stem);
    if (cause === undefined || units === 0 || this.#evidence.isJournalCut) return;
    const key = `${cause.copy.leader}>${kept.account}:${version.holding}`;
    const net = this.#evidence.held.of(key).now;
    const before = net - signed(version.side, units);
    if (before === 0 || Math.sign(net) !== -Math.sign(before)) return;
    this.flips.push({ stem, at, units: Math.abs(net), order: kept, version: kept.versions.length - 1, net });
    this.#evidence.flipped.add(key);
    if (!this.#exitBeside(kept, version, at))
      this.#breaks("I5", `the leg ${kept.orderId} took the copied position through zero, to ${net}, and no other exit filled beside it`, stem);
  }

  #exitBeside(kept: Kept, { side, holding }: OrderVersion, at: number): boolean {
    return [...this.#evidence.orders()].some(
      (other) =>
        other !== kept &&
        other.account === kept.account &&
        (other.stem ?? other.legOf) !== undefined &&
        newest(other).holding === holding &&
        newest(other).side === side &&
        newest(other).filled > 0 &&
        (other.versions.at(-1)?.at ?? 0) > at - KNOWLEDGE_MS,
    );
  }

  /** What orders of the same side that open a position have filled lately: an exit beside them that comes after has not gone through zero. */
  #enteredLately(copy: CopyTerms, { side, holding }: OrderVersion, at: number): number {
    let units = 0;
    for (const [stem, cause] of this.#evidence.causes()) {
      if (cause.copy !== copy || cause.own !== undefined) continue;
      for (const order of this.#evidence.ofStem(stem)) {
        const now = newest(order);
        if (now.side !== side || now.holding !== holding || now.filled === 0) continue;
        if (allowanceOf(this.#evidence, cause, now, at).entry > 0) units += now.filled - filledAt(order, at - LATELY_MS);
      }
    }
    return signed(side, units);
  }
}

/** As long as the copier may be deaf to one of its streams and act on what it knew. */
const LATELY_MS = 60_000;
