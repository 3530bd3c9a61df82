/**
 * What the lists of forever orders tell where they are copied (`forever: copy`; docs/forever.md): how the leaders' and ours stand, and which order was
 * sent for which. Nothing connects the two but their terms. What cannot be told is never copied.
 */
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { UnixMs } from "../domain/time.ts";
import { LeadersForever } from "./forever-leaders.ts";
import { OwnForever } from "./forever-ours.ts";
import type { ForeverLinksOptions, ForeverReading } from "./forever-reading.ts";
import type { Parties } from "./parties.ts";
import type { Touched } from "./touched.ts";

export class ForeverLinks {
  readonly #parties: Parties;
  readonly #leaders: LeadersForever;
  readonly #ours: OwnForever;

  constructor(options: ForeverLinksOptions) {
    this.#parties = options.parties;
    this.#leaders = new LeadersForever(options);
    this.#ours = new OwnForever(options, (leader) => this.#leaders.isListed(leader));
  }

  /** Whether this order of the leader's may have been sent for a forever order; then the list is asked, and the order waits for it. */
  holds(leader: ClientId, id: OrderId): boolean {
    return this.#leaders.holds(leader, id);
  }

  take(reading: ForeverReading, now: UnixMs, touched: Touched): void {
    const { account } = reading;
    if (this.#parties.followsForeverOf(account)) this.#leaders.take(reading, now, touched);
    if (this.#parties.followsForeverInto(account)) this.#ours.take(reading, now, touched);
  }
}
