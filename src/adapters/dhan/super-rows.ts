/** The book of super orders, in our words: of each the entry with its plan, and its two legs (reference 3.1). */
import { z } from "zod";
import type { ClientId } from "../../domain/identity.ts";
import { orderId } from "../../domain/identity.ts";
import { NO_PRICE } from "../../domain/money.ts";
import { EXIT_LEGS, type ExitLeg, type LegState, legOrderId, type Plan } from "../../domain/order/plan.ts";
import type { OrderReport, ReportedStatus } from "../../domain/order/report.ts";
import { normalised, opposite, type Terms } from "../../domain/order/terms.ts";
import { NONE } from "../../domain/quantity.ts";
import { type UnixMs, unixMs } from "../../domain/time.ts";
import { exitLegNamed, type LegNumbers } from "./leg-numbers.ts";
import { ORDER, orderOf, type Rows, readRow, readRows } from "./rows.ts";
import { id, needed, rupees, text, units, wanted, word } from "./wire-values.ts";
import { statusOf } from "./words.ts";

const LEG = z.object({
  legName: needed("UNKNOWN_LEG", word(exitLegNamed)),
  orderId: wanted(id),
  orderStatus: needed("UNKNOWN_STATUS", word(statusOf)),
  price: needed("BAD_PRICE", rupees),
  trailingJump: needed("BAD_PRICE", rupees),
  // The documentation's spelling, and the one that it may mean.
  totalQuatity: needed("BAD_QUANTITY", units),
  totalQuantity: needed("BAD_QUANTITY", units),
  triggeredQuantity: needed("BAD_QUANTITY", units),
});
type Leg = z.output<typeof LEG>;

const SUPER = ORDER.extend({
  legDetails: z.array(z.looseObject({ legName: wanted(text) }), { error: "NO_LEGS" }),
});

/** Each order with the legs that follow it. */
export function readSuperOrders(body: unknown, account: ClientId, asked: UnixMs, numbers: LegNumbers): Rows<readonly OrderReport[]> {
  return readRows(body, (source) => readRow(source, SUPER, (row) => reportsOf(row, account, asked, numbers)));
}

function reportsOf(row: z.output<typeof SUPER>, account: ClientId, asked: UnixMs, numbers: LegNumbers): readonly OrderReport[] | string {
  const updatedAt = row.updateTime ?? row.exchangeTime ?? row.createTime;
  if (updatedAt === undefined) return "NO_TIME";
  const legs: Leg[] = [];
  for (const details of row.legDetails) {
    // Some list the entry among its legs.
    if (exitLegNamed(details.legName) === undefined) continue;
    const leg = LEG.safeParse(details);
    if (!leg.success) return leg.error.issues[0]?.message ?? "BAD_LEG";
    legs.push(leg.data);
  }
  const entry: OrderReport = { ...orderOf(row, account, { kind: "row", asked }, updatedAt), family: "super" };
  numbers.isEntry(entry.orderId);
  for (const leg of legs) if (leg.orderId !== undefined) numbers.belongs(orderId(leg.orderId), { leg: leg.legName, of: entry.orderId });
  return [{ ...entry, plan: planOf(legs, row.orderStatus.superLeg) }, ...legs.map((leg) => legReport(entry, leg))];
}

/** `CLOSED` is the only word of its own that an entry can have here. */
function planOf(legs: readonly Leg[], closed: boolean): Plan {
  const of = (name: ExitLeg): Leg | undefined => legs.find(({ legName }) => legName === name);
  const [stop, target] = EXIT_LEGS.map(of);
  return {
    prices: { stop: stop?.price ?? NO_PRICE, target: target?.price ?? NO_PRICE, trail: stop?.trailingJump ?? NO_PRICE },
    stop: stop === undefined ? "over" : stateOf(stop),
    target: target === undefined ? "over" : stateOf(target),
    closed,
  };
}

function stateOf({ orderStatus: { status }, triggeredQuantity }: Leg): LegState {
  if (ENDS.has(status)) return "over";
  return triggeredQuantity > 0 || status !== "PENDING" ? "sent" : "waits";
}

const ENDS: ReadonlySet<ReportedStatus> = new Set(["CANCELLED", "EXPIRED", "REJECTED"]);

/** What of it is filled the plain book and the stream say; these rows do not. */
function legReport(entry: OrderReport, { legName: leg, orderStatus, price, totalQuatity, totalQuantity }: Leg): OrderReport {
  const of = { leg, of: entry.orderId };
  const units = totalQuatity === NONE ? totalQuantity : totalQuatity;
  const shape: Pick<Terms, "validity" | "quantity" | "disclosed"> = {
    validity: "DAY",
    quantity: units === NONE ? entry.terms.quantity : units,
    disclosed: NONE,
  };
  const terms: Terms =
    leg === "target"
      ? { ...shape, type: "LIMIT", price, triggerPrice: NO_PRICE }
      : { ...shape, type: "STOP_LOSS_MARKET", price: NO_PRICE, triggerPrice: price };
  return {
    ...entry,
    orderId: legOrderId(of),
    leg: of,
    exchangeOrderId: undefined,
    correlationId: undefined,
    contracted: { ...entry.contracted, side: opposite(entry.contracted.side) },
    // That it was executed is told with its quantity, elsewhere.
    status: orderStatus.status === "TRADED" ? "PENDING" : orderStatus.status,
    terms: normalised(terms),
    filled: NONE,
    averagePrice: NO_PRICE,
    reason: "",
  };
}

/**
 * Both books as one: of a super order the plain book knows the fills, its own the plan, and the newer of the two what it asks for. A leg that nobody
 * explains is left out, and told.
 */
export function joined(
  plain: readonly OrderReport[],
  supers: readonly (readonly OrderReport[])[],
  numbers: LegNumbers,
): { readonly reports: readonly OrderReport[]; readonly strays: readonly OrderReport[] } {
  // Which contract it is, of several that have used one security id, only the plain book says.
  const instruments = new Map(plain.map(({ orderId, instrument }) => [orderId, instrument]));
  const dated = (report: OrderReport): OrderReport => ({ ...report, instrument: instruments.get(report.leg?.of ?? report.orderId) ?? report.instrument });
  const reports = new Map(supers.flat().map((report) => [report.orderId, dated(report)]));
  const strays: OrderReport[] = [];
  for (const report of plain) {
    const leg = report.leg === undefined ? undefined : numbers.legOf(report.leg.of, report.leg.leg);
    if (report.leg !== undefined && leg === undefined) {
      strays.push(report);
      continue;
    }
    const named: OrderReport = leg === undefined ? report : { ...report, orderId: legOrderId(leg), leg };
    const known = reports.get(named.orderId);
    reports.set(named.orderId, known === undefined ? named : withFills(known, named));
  }
  const placedAt = ({ createdAt, updatedAt }: OrderReport): number => createdAt ?? updatedAt;
  return { reports: [...reports.values()].sort((a, b) => placedAt(a) - placedAt(b)), strays };
}

function withFills(known: OrderReport, plain: OrderReport): OrderReport {
  const { exchangeOrderId, filled, averagePrice, reason } = plain;
  const isNews = plain.status !== "TRANSIT" && plain.status !== "PENDING";
  return {
    ...known,
    terms: known.leg === undefined ? entryTerms(known, plain) : legTerms(known, plain),
    exchangeOrderId: known.exchangeOrderId ?? exchangeOrderId,
    status: isNews ? plain.status : known.status,
    ...(filled >= known.filled ? { filled, averagePrice } : {}),
    reason: reason === "" ? known.reason : reason,
    updatedAt: unixMs(Math.max(plain.updatedAt, known.updatedAt)),
  };
}

/** Fills of the one book beside an older size of the other would call an order filled that was made larger meanwhile. */
function entryTerms(known: OrderReport, plain: OrderReport): Terms {
  const isNewer = plain.updatedAt > known.updatedAt || (plain.updatedAt === known.updatedAt && plain.filled > known.filled);
  return isNewer ? plain.terms : known.terms;
}

/** A leg that was sent is of what its entry had filled by then. */
function legTerms({ terms }: OrderReport, { exchangeOrderId, terms: { quantity } }: OrderReport): Terms {
  return exchangeOrderId === undefined ? terms : { ...terms, quantity };
}
