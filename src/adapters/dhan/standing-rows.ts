/**
 * Rows of forever and of conditional orders, in our words (reference 3.2, 3.3). None of either was ever seen by us: the shapes are the documented
 * ones, and a status that stands in no table is kept as it came.
 */
import { z } from "zod";
import { orderId, securityId } from "../../domain/identity.ts";
import type { ConditionalOrder, ConditionalPlacement, ForeverLeg, ForeverOrder, StandingState } from "../../domain/order/standing.ts";
import { type Rows, readRow, readRows } from "./rows.ts";
import { unreadable } from "./unreadable.ts";
import { expiryDate, id, instant, needed, rupees, someUnits, text, wanted, word } from "./wire-values.ts";
import { orderTypeOf, productOf, segmentNamed, sideOf } from "./words.ts";

const STATES: ReadonlyMap<string, StandingState> = new Map([
  ...["TRANSIT", "PENDING", "CONFIRM", "CONFIRMED", "MODIFIED", "ACTIVE"].map((said) => [said, "waits"] as const),
  ...["TRADED", "PART_TRADED", "TRIGGERED"].map((said) => [said, "fired"] as const),
  ...["CANCELLED", "REJECTED", "EXPIRED"].map((said) => [said, "over"] as const),
]);

interface Standing {
  readonly state: StandingState;
  readonly said: string;
}

function standingIn(raw: unknown): Standing | undefined {
  const said = text(raw)?.toUpperCase().replaceAll(/[ -]/g, "_");
  return said === undefined ? undefined : { state: STATES.get(said) ?? "unknown", said };
}

const FOREVER = z.object({
  orderId: needed("NO_ORDER_NUMBER", id),
  orderStatus: needed("UNKNOWN_STATUS", standingIn),
  transactionType: needed("UNKNOWN_SIDE", word(sideOf)),
  exchangeSegment: needed("UNKNOWN_SEGMENT", word(segmentNamed)),
  productType: needed("UNKNOWN_PRODUCT", word(productOf)),
  securityId: needed("NO_SECURITY_ID", id),
  quantity: needed("NO_QUANTITY", someUnits),
  price: needed("BAD_PRICE", rupees),
  triggerPrice: needed("BAD_PRICE", rupees),
  legName: wanted(text),
  // `SINGLE` or `OCO`, under the one name or the other.
  orderType: wanted(text),
  orderFlag: wanted(text),
  tradingSymbol: wanted(text),
  createTime: wanted(instant),
  updateTime: wanted(instant),
  drvExpiryDate: wanted(expiryDate),
});

interface Row {
  readonly order: Omit<ForeverOrder, "legs">;
  readonly leg: Omit<ForeverLeg, "leg">;
  readonly isSecond: boolean;
  readonly isOco: boolean;
}

/** One order for each number, whichever of its rows comes first. Of an OCO order with one row nothing is told: it is no single one. */
export function readForever(body: unknown): Rows<ForeverOrder> {
  const read = readRows(body, (source) =>
    readRow(source, FOREVER, (row): Row => {
      const { quantity, price, triggerPrice, orderStatus } = row;
      return {
        order: {
          kind: "forever",
          orderId: orderId(row.orderId),
          instrument: { segment: row.exchangeSegment, securityId: securityId(row.securityId), expiry: row.drvExpiryDate },
          symbol: row.tradingSymbol,
          contracted: { side: row.transactionType, product: row.productType.product },
          ...(row.createTime === undefined ? {} : { createdAt: row.createTime }),
          updatedAt: row.updateTime,
        },
        leg: { quantity, price, triggerPrice, ...orderStatus },
        isSecond: row.legName === "STOP_LOSS_LEG",
        isOco: row.orderType === "OCO" || row.orderFlag === "OCO",
      };
    }),
  );
  const byNumber = Map.groupBy(read.rows, ({ order }) => order.orderId);
  const halves = [...byNumber.values()].filter(([first, ...others]) => first?.isOco === true && others.length === 0).flat();
  const told = halves.map(({ order }) => ({
    ...unreadable("NO_SECOND_ROW", "an OCO order has one row that can be read", JSON.stringify(order), order.orderId),
    correlationId: undefined,
  }));
  return {
    rows: [...byNumber.values()].flatMap(orderOf).filter(({ orderId: id }) => !told.some((half) => half.orderId === id)),
    unreadable: [...read.unreadable, ...told],
  };
}

function orderOf(rows: readonly Row[]): readonly ForeverOrder[] {
  const [one, other, ...more] = rows;
  if (one === undefined) return [];
  const { order } = rows.at(-1) ?? one;
  if (other === undefined) return [{ ...order, legs: [{ leg: "first", ...one.leg }] }];
  const isNamed = one.isSecond !== other.isSecond;
  // Where both have one name, the order of the rows must do.
  const [first, second] = isNamed && one.isSecond ? [other, one] : [one, other];
  const legs = [{ leg: "first", ...first.leg } as const, ...[second, ...more].map(({ leg }) => ({ leg: "second", ...leg }) as const)];
  return [{ ...order, legs, ...(isNamed ? { isNamed } : {}) }];
}

const PLACEMENT = z.object({
  exchangeSegment: needed("UNKNOWN_SEGMENT", word(segmentNamed)),
  securityId: needed("NO_SECURITY_ID", id),
  transactionType: needed("UNKNOWN_SIDE", word(sideOf)),
  productType: needed("UNKNOWN_PRODUCT", word(productOf)),
  orderType: needed("UNKNOWN_ORDER_TYPE", word(orderTypeOf)),
  quantity: needed("NO_QUANTITY", someUnits),
  price: needed("BAD_PRICE", rupees),
  triggerPrice: needed("BAD_PRICE", rupees),
});

const CONDITIONAL = z.object({
  alertId: needed("NO_ORDER_NUMBER", id),
  alertStatus: needed("UNKNOWN_STATUS", standingIn),
  condition: z.record(z.string(), z.unknown(), { error: "NO_CONDITION" }),
  orders: z.array(PLACEMENT, { error: "NO_ORDERS" }),
});

export function readConditional(body: unknown): Rows<ConditionalOrder> {
  return readRows(body, (source) =>
    readRow(
      source,
      CONDITIONAL,
      ({ alertId, alertStatus, condition, orders }): ConditionalOrder => ({
        kind: "conditional",
        orderId: orderId(alertId),
        condition: conditionWords(condition),
        orders: orders.map(placementOf),
        ...alertStatus,
      }),
    ),
  );
}

function placementOf(row: z.output<typeof PLACEMENT>): ConditionalPlacement {
  const { quantity, price, triggerPrice } = row;
  return {
    segment: row.exchangeSegment,
    securityId: securityId(row.securityId),
    side: row.transactionType,
    product: row.productType.product,
    type: row.orderType,
    quantity,
    price,
    triggerPrice,
  };
}

const CONDITION_MAX = 200;

/** What it says of which instrument; nothing is concluded from it. */
function conditionWords(condition: Readonly<Record<string, unknown>>): string {
  const of = (key: string): readonly string[] => {
    const raw = condition[key];
    const said = text(raw) ?? (typeof raw === "number" ? String(raw) : undefined);
    return said === undefined ? [] : [said];
  };
  const words = [
    ...of("comparisonType"),
    ...of("indicatorName"),
    "of",
    ...of("exchangeSegment"),
    ...of("securityId"),
    ...of("operator"),
    ...of("comparingValue"),
    ...of("comparingIndicatorName"),
  ];
  return words.join(" ").slice(0, CONDITION_MAX);
}
