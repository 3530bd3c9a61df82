/**
 * Of legs of one basket that are to be entered together the bought ones go before the sold ones: margin of a sale is far less once its hedge is
 * there (docs/legs.md). They change places among themselves; whatever stands between them keeps its own.
 */
import { type Book, followerBook } from "../domain/book/book.ts";
import type { ClientId } from "../domain/identity.ts";
import { goesAgain } from "../domain/mirror/attempt.ts";
import { soldBeside } from "../domain/mirror/basket.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import type { Parties } from "./parties.ts";

interface Asked {
  readonly key: MirrorKey;
  readonly follower: ClientId;
  /** Nobody changes places with what is more urgent, or less. */
  readonly rank: number;
}

export function boughtFirst<T extends Asked>(turns: readonly T[], { book, parties }: { readonly book: Book; readonly parties: Parties }): readonly T[] {
  const several = [...Map.groupBy(turns, ({ follower }) => follower).values()].filter((its) => its.length > 1);
  const moved = new Map(several.flatMap((its) => inOrder(its, book, parties)));
  return moved.size === 0 ? turns : turns.map((turn) => moved.get(turn) ?? turn);
}

/** Whose place is taken by whom, of one account. */
function inOrder<T extends Asked>(its: readonly T[], book: Book, parties: Parties): readonly (readonly [T, T])[] {
  const unsent = its.flatMap((turn) => {
    const mirror = followerBook(book, turn.follower).mirrors.get(turn.key);
    return mirror === undefined || !mirror.attempts.every(goesAgain) ? [] : [{ turn, mirror }];
  });
  const order = [...unsent];
  for (const [at, bought] of unsent.entries()) {
    const before = order.slice(0, at).filter(({ turn }) => turn.rank === bought.turn.rank);
    const keys = before.map(({ mirror }) => mirror.key);
    const sold = new Set(soldBeside(book, bought.mirror, keys, parties.copyOf(bought.mirror)?.policy.basketWindowMs ?? 0));
    let moving = bought;
    for (const [place, one] of order.slice(0, at).entries()) {
      if (!sold.has(one.mirror.key)) continue;
      order[place] = moving;
      moving = one;
    }
    order[at] = moving;
  }
  return unsent.flatMap(({ turn }, at) => {
    const by = order[at]?.turn;
    return by === undefined || by === turn ? [] : [[turn, by] as const];
  });
}
