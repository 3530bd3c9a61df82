/** The simulated exchange of a soak as its driver sees it: acted on without a socket, so that the traffic does not wait for itself. */
import { z } from "zod";
import { administer } from "../../src/simulator/admin/administer.ts";
import { net } from "../../src/simulator/exchange/position.ts";
import type { Simulator } from "../../src/simulator/simulator.ts";

const placed = z.object({ orderId: z.string() });
const OPEN = new Set(["TRANSIT", "PENDING", "PART_TRADED"]);

export class Exchange {
  readonly #simulator: Simulator;

  constructor(simulator: Simulator) {
    this.#simulator = simulator;
  }

  /** Throws what the simulator says against it. */
  place(order: object): string {
    return placed.parse(JSON.parse(this.act("place", order))).orderId;
  }

  /** An act that comes too late (the order has ended meanwhile) is none; what else is refused throws. */
  act(command: string, body: object): string {
    const reply = administer(this.#simulator, { method: "POST", path: `/admin/${command}`, body: JSON.stringify(body) });
    if (reply.status !== 200 && reply.status !== 409) throw new Error(`${command} ${JSON.stringify(body)}: ${reply.body}`);
    return reply.body;
  }

  net(clientId: string, securityId?: string): number {
    const positions = this.#books(clientId).positions();
    return positions.filter(({ listing }) => securityId === undefined || listing.securityId === securityId).reduce((sum, one) => sum + net(one), 0);
  }

  /** Numbers of the orders that are open. */
  open(clientId: string): readonly string[] {
    return this.#books(clientId)
      .orders()
      .flatMap(({ status, orderId }) => (OPEN.has(status) ? [orderId] : []));
  }

  /** What is wrong in a follower's books whatever he follows: an order that is there twice, a sale of what he has not. */
  wrongs(clientId: string): readonly string[] {
    const found: string[] = [];
    const seen = new Set<string>();
    for (const { correlationId, orderId } of this.#books(clientId).orders()) {
      const id = correlationId ?? `none: ${orderId}`;
      if (seen.has(id)) found.push(`${clientId}: two orders bear ${id}`);
      seen.add(id);
    }
    for (const position of this.#books(clientId).positions())
      if (net(position) < 0) found.push(`${clientId} is short ${-net(position)} of ${position.listing.securityId}`);
    const refused = this.#simulator.gate.refused(clientId);
    if (refused > 0) found.push(`${clientId}: ${refused} requests were refused for the rate`);
    return found;
  }

  orders(clientId: string): number {
    return this.#books(clientId).orders().length;
  }

  #books(clientId: string): NonNullable<ReturnType<Simulator["exchange"]["ledger"]["books"]>> {
    const books = this.#simulator.exchange.ledger.books(clientId);
    if (books === undefined) throw new Error(`there is no account ${clientId}`);
    return books;
  }
}
