/** What the auditor says of an order that opens a position in one product beside what its account holds of the contract in another (I17). */
import { expect, test } from "vitest";
import { Evidence } from "./auditor/evidence.ts";
import type { OrderVersion } from "./auditor/observed.ts";
import { ProductsAudit } from "./auditor/products.ts";

const HOLDING = "NSE_FNO:39651:2030-06-25";

function filled(orderId: string, side: "BUY" | "SELL", units: number, product: string): OrderVersion {
  const terms = { side, type: "MARKET", validity: "DAY", quantity: units, price: 0, trigger: 0, filled: units, average: 1_200_000 } as const;
  const rest = { leg: undefined, isSuperEntry: false, lot: 75, afterMarket: false, amoTime: undefined, confirmed: true, createdAt: 0, orderedAt: 0 };
  const mark = `lksbktsddw4htjxi370${orderId.padStart(6, "0")}`;
  return { account: "1000000011", orderId, correlationId: mark, holding: HOLDING, product, ...rest, ...terms, status: "TRADED" };
}

/** 1650 are held in INTRADAY and 450 in MARGIN, and 750 are sold in MARGIN: after that `copied` is what each copy in the account has. */
function said(copied: readonly number[]): readonly string[] {
  const broken: string[] = [];
  const evidence = new Evidence([]);
  const audit = new ProductsAudit((invariant) => broken.push(invariant), HOLDING);
  const orders = [filled("1", "BUY", 1650, "INTRADAY"), filled("2", "BUY", 450, "MARGIN"), filled("3", "SELL", 750, "MARGIN")];
  for (const order of orders) audit.changed(evidence.change(order, 0).kept, undefined, 0, copied);
  return broken;
}

test("what two leaders hold on opposite sides may lie in two products, of each no more than its copy has (seed 95190)", () => {
  expect(said([-600, 1950])).toEqual([]);
  expect(said([-225, 1575])).toEqual(["I17"]);
  expect(said([1350, 0])).toEqual(["I17"]);
});
