/** Requests that were sent and whose outcome is not known: what `/readyz` lists, and a person may want to look up at the broker. */
import type { Book } from "../../domain/book/book.ts";
import type { ClientId, CopyId, CorrelationId, OrderId } from "../../domain/identity.ts";
import { currentAttempts } from "../../domain/mirror/mirror.ts";
import type { UnixMs } from "../../domain/time.ts";

export interface InDoubt {
  readonly copy: CopyId;
  readonly follower: ClientId;
  /** The leader's order. */
  readonly order: OrderId;
  readonly request: "placement" | "modification";
  readonly correlationId: CorrelationId;
  readonly since: UnixMs;
}

export function inDoubt(book: Book): readonly InDoubt[] {
  const found: InDoubt[] = [];
  for (const [follower, { mirrors }] of book.followers) {
    for (const mirror of mirrors.values()) {
      for (const { placing, changing, correlationId, order } of currentAttempts(mirror)) {
        const about = { copy: mirror.copy, follower, order: mirror.cause, correlationId };
        // Found in the book though its answer never came: its fate is known.
        if (placing.state === "in-doubt" && order === undefined) found.push({ ...about, request: "placement", since: placing.since });
        else if (changing.state === "in-doubt" && order?.end === undefined) found.push({ ...about, request: "modification", since: changing.since });
      }
    }
  }
  return found;
}
