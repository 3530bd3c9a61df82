/** The mirrors that what happened concerns: they are looked at anew. */
import { type Book, followerBook, holdingKey, mirrorsOfHolding } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { instrumentText } from "../domain/instrument.ts";
import { holdingOf } from "../domain/mirror/in-holding.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { OrderReport } from "../domain/order/report.ts";
import { PRODUCTS } from "../domain/order/terms.ts";
import type { Conversion } from "../domain/position/conversion.ts";

/** Each with its follower. */
export type Touched = Map<MirrorKey, ClientId>;

/**
 * A mirror, and those of the same holding, whose exits and claims depend on it: in the copies of other leaders as well, because what the account's owner has traded
 * is taken from each of them until it is known from which (decision 31).
 */
export function touch(book: Book, follower: ClientId, key: MirrorKey, touched: Touched): void {
  touched.set(key, follower);
  const its = followerBook(book, follower);
  const mirror = its.mirrors.get(key);
  if (mirror === undefined) return;
  for (const leader of its.byHolding.keys()) for (const other of mirrorsOfHolding(its, leader, holdingOf(mirror))) touched.set(other, follower);
  // What an earlier journal had sent may have sold what is kept under that product (R11, R15).
  for (const { adopted, product } of mirror.attempts)
    if (adopted && product !== mirror.contracted.product)
      for (const other of mirrorsOfHolding(its, mirror.leader, holdingKey(mirror.instrument, product))) touched.set(other, follower);
  for (const withdrawal of mirror.withdrawals) touched.set(withdrawal.by, follower);
}

/** What the owner trades himself moves what our exits may still sell (R15). */
export function touchHolding(book: Book, account: ClientId, { instrument }: Pick<OrderReport, "instrument">, touched: Touched): void {
  const follower = followerBook(book, account);
  for (const leader of follower.byHolding.keys())
    for (const product of PRODUCTS) for (const key of mirrorsOfHolding(follower, leader, holdingKey(instrument, product))) touched.set(key, account);
}

/** What of a contract an account holds, or its leader, has been converted to another product. */
export function touchConverted(book: Book, account: ClientId, converted: readonly Conversion[], touched: Touched): void {
  const contracts = new Set(converted.map(({ instrument }) => instrumentText(instrument)));
  for (const [id, { mirrors }] of book.followers)
    for (const mirror of mirrors.values())
      if ((id === account || mirror.leader === account) && contracts.has(instrumentText(mirror.instrument))) touched.set(mirror.key, id);
}
