/** The mirrors that what happened concerns: they are looked at anew. */
import { type Book, followerBook, holdingKey, mirrorsOfHolding } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { holdingOf } from "../domain/mirror/exit.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { OrderReport } from "../domain/order/report.ts";

/** Each with its follower. */
export type Touched = Map<MirrorKey, ClientId>;

/** A mirror, and those of the same holding, whose exits and claims depend on it. */
export function touch(book: Book, follower: ClientId, key: MirrorKey, touched: Touched): void {
  touched.set(key, follower);
  const its = followerBook(book, follower);
  const mirror = its.mirrors.get(key);
  if (mirror === undefined) return;
  for (const other of mirrorsOfHolding(its, mirror.leader, holdingOf(mirror))) touched.set(other, follower);
  for (const withdrawal of mirror.withdrawals) touched.set(withdrawal.by, follower);
}

/** What the owner trades himself moves what our exits may still sell (R15). */
export function touchHolding(book: Book, account: ClientId, report: OrderReport, touched: Touched): void {
  const follower = followerBook(book, account);
  const holding = holdingKey(report.instrument, report.contracted.product);
  for (const leader of follower.byHolding.keys()) for (const key of mirrorsOfHolding(follower, leader, holding)) touched.set(key, account);
}
