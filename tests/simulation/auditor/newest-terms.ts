/**
 * I4 on the wire: an order is not priced by terms that the leader had before, once the copier had been told of his change. A frame that comes
 * late or out of order tells nothing new, and whoever acts on it re-prices the follower until the next reading of the book (R1). And a stop that
 * has triggered does not wait for the same trigger again because its size is changed; nor is the copy of a stop that waits sent as anything else:
 * it would be ahead of the leader. And once the leader's after-market order is at the exchange, its copy is none any more: it would wait for the next session (R19).
 */
import { leaderOpposed } from "./allowance.ts";
import { type Evidence, isLive, type Kept, newest } from "./evidence.ts";
import type { Breaks } from "./exchange.ts";
import { stemIn } from "./mark.ts";
import { isWithinExit, worseBy } from "./slippage.ts";
import { triggeredStop } from "./triggered-stop.ts";
import type { Written } from "./wire.ts";

/** How long what was told may wait for its turn, and the request for its record; doubled. */
const DECIDED_MS = 20;
/** Of two changes within one second of the broker's clock the last told is acted on, and one read later settles it (R1). */
const TIE_MS = 1_000;
/** By then a process that was started, or whose clock was stepped, knows what its brokers' books tell, however far they lag. */
const KNOWS_AGAIN_MS = 10_000;
/** Why an order may keep a price that the leader has left: it says so. */
const KEEPS_PRICE = ["CHANGE_REFUSED", "MODIFICATION_CAP", "CHANGED_BY_OTHERS", "EXIT_RETRIED"];
const WHOLE = 10_000;

export class NewestTermsAudit {
  readonly #evidence: Evidence;
  readonly #breaks: Breaks;
  /** Of each order the last change that left, and whether the broker said that he took it: it waits for that trigger then, whatever it was before. */
  readonly #changes = new Map<string, { readonly at: number; readonly price: number; readonly trigger: number; isAccepted: boolean }>();

  constructor(evidence: Evidence, breaks: Breaks) {
    this.#evidence = evidence;
    this.#breaks = breaks;
  }

  /** `POST`: the form of the order. `PUT`: what it says of price. */
  sent(written: Written): void {
    const { method, account, path, body, at } = written;
    if (method === "POST") return this.#inForm(written);
    this.#priced(written);
    if (method === "PUT")
      this.#changes.set(`${account}${path}`, { at, price: tenThousandths(body["price"]), trigger: tenThousandths(body["triggerPrice"]), isAccepted: false });
  }

  answered(account: string, method: string, path: string, { status, body }: { readonly status: number; readonly body: string }): void {
    const change = method === "PUT" ? this.#changes.get(`${account}${path}`) : undefined;
    if (change !== undefined && status === 200 && /"orderId"/.test(body)) change.isAccepted = true;
  }

  /** In these sessions nobody refuses a stop for its trigger: whatever else it was refused for, it goes again as a stop. */
  #inForm({ body, at }: Written): void {
    const stem = stemIn(String(body["correlationId"])) ?? "";
    const leader = this.#evidence.causeOf(stem)?.leaderOrder;
    if (leader === undefined) return;
    const { atExchangeToldAt: toldAt } = leader;
    if (body["afterMarketOrder"] === true && toldAt !== undefined && toldAt >= (this.#evidence.startedAt ?? 0) && toldAt <= at - DECIDED_MS)
      this.#breaks("I4", `the leader's ${leader.orderId} is at the exchange, and its copy is sent as an order for the next session`, stem);
    if (!isLive(leader) || leader.versions.some(({ version }) => version.trigger === 0)) return;
    const hasTriggered = this.#evidence.ofStem(stem).some((kept) => kept.versions.some(({ version }) => version.trigger === 0));
    if (hasTriggered || tenThousandths(body["triggerPrice"]) > 0) return;
    this.#breaks("I4", `the leader's ${leader.orderId} is a stop that waits, and its copy is sent as ${String(body["orderType"])}`, stem);
  }

  /** A change that gives an order a price which is not its own, and which the leader's order had and has left. */
  #priced({ account, method, path, body, at }: Written): void {
    const kept = method === "PUT" ? this.#evidence.order(account, path.split("/").at(-1) ?? "") : undefined;
    const leader = kept?.stem === undefined ? undefined : this.#evidence.causeOf(kept.stem)?.leaderOrder;
    if (kept?.stem === undefined || leader === undefined || !isLive(leader) || this.#evidence.said(kept.stem, ...KEEPS_PRICE)) return;
    if (!this.#evidence.isSteadySince(at - KNOWS_AGAIN_MS)) return;
    const wanted = { price: tenThousandths(body["price"]), trigger: tenThousandths(body["triggerPrice"]) };
    const own = newest(kept);
    const armed = kept.versions.findLast(({ version }) => version.trigger > 0)?.version;
    const wasTold = kept.told.at(at - DECIDED_MS) === kept.versions.length - 1;
    const changed = this.#changes.get(`${account}${path}`);
    const isArmedAnew = changed?.isAccepted === true && changed.at > (kept.versions.at(-1)?.at ?? 0) && changed.trigger > 0;
    if (own.trigger === 0 && own.type === "LIMIT" && wasTold && !isArmedAnew && armed?.trigger === wanted.trigger && armed.price === wanted.price)
      this.#breaks("I4", `${kept.orderId} has triggered, and is to wait for ${wanted.trigger / WHOLE} again`, kept.stem);
    const from = leader.surelyTold.at(at - DECIDED_MS);
    const told = leader.versions[from];
    if (told === undefined) return;
    for (const what of ["price", "trigger"] as const) {
      if (wanted[what] === 0 || own[what] === 0 || wanted[what] === own[what]) continue;
      // A stop that triggers loses its trigger, and its owner has not left it.
      const first = leader.versions.findLastIndex((one, index) => index <= from && one.version[what] > 0);
      const may = leader.versions.filter((one, index) => index >= first || one.at > told.at - TIE_MS);
      if (may.some(({ version }) => version[what] === wanted[what])) continue;
      const left = leader.versions.findLast(({ version }) => version[what] === wanted[what]);
      if (left === undefined || (what === "price" && wanted.trigger === 0 && this.#isToExecute(kept, leader, { wanted: wanted.price, from, at }))) continue;
      this.#breaks(
        "I4",
        `${kept.orderId} is to have the ${what} ${wanted[what] / WHOLE}, which the leader's ${leader.orderId} has left, and that had been told`,
        kept.stem,
      );
    }
  }

  /** An exit stop that triggered and did not fill: `exitSlippage` may bring it, by chance, to a price that the leader's order once had. */
  #isToExecute(kept: Kept, leader: Kept, { wanted, from, at }: { readonly wanted: number; readonly from: number; readonly at: number }): boolean {
    const stop = triggeredStop(kept, leader, from);
    if (stop === undefined || at < stop.dueAt || Math.max(...leaderOpposed(this.#evidence, leader, newest(leader))) === 0) return false;
    const own = newest(kept);
    return worseBy(own, wanted, own.price) > 0 && stop.references.some((one) => isWithinExit(own, wanted, one));
  }
}

function tenThousandths(rupees: unknown): number {
  return Math.round(Number(rupees ?? 0) * WHOLE);
}
