/** The market: one last price per instrument, and who decides about fills. */
import { downToTick, type Price, price } from "../../domain/money.ts";
import { type Listing, listingKey } from "./listing.ts";
import type { Random } from "./random.ts";

/** `manual`: nothing is triggered or filled unless a person says so. `market`: orders meet the last price. */
export type Matching = "manual" | "market";

/** What a matching mode is set for: an account's is stronger than an instrument's, that stronger than everybody's. */
export type MatchingScope =
  | { readonly scope: "all" }
  | { readonly scope: "instrument"; readonly listing: Listing }
  | { readonly scope: "account"; readonly clientId: string };

export class Market {
  readonly #random: Random;
  readonly #last = new Map<string, Price>();
  readonly #matching = new Map<string, Matching>();
  #everybodys: Matching;

  constructor(random: Random, matching: Matching) {
    this.#random = random;
    this.#everybodys = matching;
  }

  /** The last price. An instrument that nobody priced gets one from the seed. */
  last(listing: Listing): Price {
    const key = listingKey(listing.segment, listing.securityId);
    const known = this.#last.get(key);
    if (known !== undefined) return known;
    const drawn = this.#opening(listing);
    this.#last.set(key, drawn);
    return drawn;
  }

  isPriced(listing: Listing): boolean {
    return this.#last.has(listingKey(listing.segment, listing.securityId));
  }

  set(listing: Listing, last: Price): void {
    this.#last.set(listingKey(listing.segment, listing.securityId), last);
  }

  /** Moves a price by up to four ticks, never below one. */
  drift(listing: Listing): void {
    const moved = this.last(listing) + (this.#random.below(9) - 4) * listing.tick;
    this.set(listing, price(Math.max(moved, listing.tick)));
  }

  matching(clientId: string, listing: Listing): Matching {
    return this.#matching.get(`account:${clientId}`) ?? this.#matching.get(`instrument:${listingKey(listing.segment, listing.securityId)}`) ?? this.#everybodys;
  }

  /** `undefined` takes the mode of an account or instrument back, so that the weaker one holds again. */
  setMatching(of: MatchingScope, mode: Matching | undefined): void {
    if (of.scope === "all") {
      this.#everybodys = mode ?? this.#everybodys;
      return;
    }
    const key = of.scope === "account" ? `account:${of.clientId}` : `instrument:${listingKey(of.listing.segment, of.listing.securityId)}`;
    if (mode === undefined) this.#matching.delete(key);
    else this.#matching.set(key, mode);
  }

  /** Options between 20 and 400 rupees, all else between 100 and 3,000. */
  #opening(listing: Listing): Price {
    const rupees = listing.optionType === undefined ? 100 + this.#random.below(2_900) : 20 + this.#random.below(380);
    return downToTick(price(rupees * 10_000), listing.tick);
  }
}
