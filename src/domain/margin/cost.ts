/**
 * What an order that opens a position costs its account (indian-markets 6): a bought option its premium, shares for delivery their price,
 * both in full; all else what the broker's calculator says.
 */
import { copiesIn, type FollowerBook, followerBook, instrumentIn, type LeaderOrder, splitHolding } from "../book/book.ts";
import type { Mirror } from "../mirror/mirror.ts";
import type { Situation } from "../mirror/situation.ts";
import { NO_PRICE, type Price } from "../money.ts";
import { opposite, type Product, type Terms } from "../order/terms.ts";
import { quantity } from "../quantity.ts";
import { type MarginLeg, type MarginQuestion, QUOTE_STALE_MS, questionKey, quotedPaise } from "./quote.ts";

export type Cost =
  | {
      readonly is: "known";
      readonly paise: number /** The answer behind it is old: it is asked for anew, beside. */;
      readonly refresh: MarginQuestion | undefined;
      /** What is held beside it may make it cheaper, and how much that is has not been answered yet. */
      readonly isAtMost?: boolean;
    }
  /** To be asked of the broker. */
  | { readonly is: "asked"; readonly question: MarginQuestion }
  /** At the market, and the leader's price is not known yet. */
  | { readonly is: "unpriced" };

/** Of so many units of an order with these terms. */
export function costOf(mirror: Mirror, leader: LeaderOrder, terms: Terms, units: number, { book, now }: Situation): Cost {
  const price = priceOf(leader, terms);
  // Of a contract that he has converted the mirror may be kept under another.
  const { product } = leader.known.contracted;
  if (isPaidInFull(mirror, product)) {
    if (price === undefined) return { is: "unpriced" };
    // Prices are in 1/10000 rupee.
    return { is: "known", paise: Math.ceil((price * units) / 100), refresh: undefined };
  }
  const follower = followerBook(book, mirror.follower);
  const { instrument, contracted } = mirror;
  const order: MarginLeg = { instrument, side: contracted.side, product, units: quantity(units), price: price ?? NO_PRICE };
  const question = { order, beside: boughtBeside(follower, mirror) };
  const quote = follower.quotes.get(questionKey(question));
  if (quote === undefined) {
    const alone = follower.quotes.get(questionKey({ order, beside: [] }));
    return alone === undefined ? { is: "asked", question } : { is: "known", paise: quotedPaise(alone, units), refresh: question, isAtMost: true };
  }
  return { is: "known", paise: quotedPaise(quote, units), refresh: now - quote.asked > QUOTE_STALE_MS ? question : undefined };
}

/** Of the other side of what a mirror has entered. Undefined: the answer is known, or nothing has to be asked. */
export function reverseQuestion({ follower, instrument, contracted, contract }: Mirror, units: number, { book }: Situation): MarginQuestion | undefined {
  const side = opposite(contracted.side);
  if ((contract?.kind !== "option" || side === "BUY") && contract?.kind !== "future") return undefined;
  const question: MarginQuestion = { order: { instrument, side, product: contracted.product, units: quantity(units), price: NO_PRICE }, beside: [] };
  return followerBook(book, follower).quotes.has(questionKey(question)) ? undefined : question;
}

function isPaidInFull({ contract, contracted }: Mirror, product: Product): boolean {
  if (contracted.side !== "BUY") return false;
  return contract?.kind === "option" || (contract?.kind === "equity" && product === "CNC");
}

/** The limit; at the market, the leader's own price. */
function priceOf({ known }: LeaderOrder, terms: Terms): Price | undefined {
  const told = [terms.price, terms.triggerPrice, known.averagePrice, known.lastPrice ?? NO_PRICE];
  return told.find((price) => price > 0);
}

/** Options of the same underlying and expiry that were bought through copies into the account: beside them a sale costs less (reference 6.7). */
function boughtBeside(follower: FollowerBook, mirror: Mirror): readonly MarginLeg[] {
  const { instrument, contract, contracted } = mirror;
  if (contract?.kind !== "option" || contracted.side !== "SELL" || contract.underlying === undefined) return [];
  return [...copiesIn(follower)]
    .filter(([, held]) => held > 0)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([holding, held]) => {
      const other = follower.contracts.get(holding);
      const key = instrumentIn(holding);
      if (other?.kind !== "option" || other.underlying !== contract.underlying || key.expiry !== instrument.expiry) return [];
      if (splitHolding(holding).product !== contracted.product) return [];
      if (key.securityId === instrument.securityId && key.segment === instrument.segment) return [];
      return [{ instrument: key, side: "BUY", product: contracted.product, units: quantity(held), price: NO_PRICE }] as const;
    });
}
