/** What the copier was told of the accounts' funds, and what sizing by capital makes of it (design 3, Modes). */
import type { CopyTerms, Fraction } from "./observed.ts";

interface Reading {
  readonly at: number;
  /** Whole paise. */
  readonly total: number;
}

/** An answer and what is decided beside it may be heard of in either order. */
const BESIDE_MS = 50;
/** Five minutes, less what a reading and its answer take. */
const YOUNG_MS = 290_000;

export class FundsTold {
  readonly #readings = new Map<string, Reading[]>();

  /** The answer to a reading of the fund limit. */
  told(account: string, body: string, at: number): void {
    const { availabelBalance, utilizedAmount } = JSON.parse(body) as { availabelBalance?: unknown; utilizedAmount?: unknown };
    if (typeof availabelBalance !== "number" || typeof utilizedAmount !== "number") return;
    this.#readings.set(account, [...(this.#readings.get(account) ?? []), { at, total: Math.round(availabelBalance * 100) + Math.round(utilizedAmount * 100) }]);
  }

  /** The ratios by which an order may have been sized that was first decided on at a moment. */
  ratios({ leader, follower, capital }: CopyTerms, at: number): readonly Fraction[] {
    if (capital === undefined) return [];
    const [over, under] = capital.maxRatio;
    return this.#newest(follower, at).flatMap((his) =>
      this.#newest(leader, at).map((leaders): Fraction => {
        const ratio: Fraction = [his.total * capital.multiplier[0], leaders.total * capital.multiplier[1]];
        return ratio[0] * under > over * ratio[1] ? [over, under] : ratio;
      }),
    );
  }

  /** Both accounts had been read for certain, since the process began and lately enough. */
  areKnown({ leader, follower }: CopyTerms, since: number, at: number): boolean {
    const from = Math.max(since, at - YOUNG_MS);
    return [leader, follower].every((account) => (this.#readings.get(account) ?? []).some((one) => one.at > from && one.at < at - BESIDE_MS));
  }

  #newest(account: string, at: number): readonly Reading[] {
    const until = (this.#readings.get(account) ?? []).filter((one) => one.at <= at);
    return until.filter((_, index) => index === until.length - 1 || (until[index + 1]?.at ?? 0) >= at - BESIDE_MS);
  }
}
