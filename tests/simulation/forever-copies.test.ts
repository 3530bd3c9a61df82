/** What the auditor holds against a copier that has lost its journal, of forever orders that it had placed (I18). */
import { expect, test } from "vitest";
import { type AccountSeen, ForeverCopiesAudit, type ForeverSeen, type OrderSeen } from "./auditor/forever-copies.ts";

const FLAT: AccountSeen = { client: "1", forevers: [], orders: [], net: 0 };
const WAITING: ForeverSeen = {
  orderId: "F",
  mark: undefined,
  side: "SELL",
  waits: true,
  createdAt: 0,
  changedAt: [0],
  quantity: 300,
  prices: ["1060000 from 1340000"],
  sizes: [300],
  fired: undefined,
};
const FIRED: ForeverSeen = { ...WAITING, waits: false, fired: "O" };
const SALE: OrderSeen = { orderId: "O", mark: undefined, side: "SELL", filled: 0, quantity: 300, isOpen: true, createdAt: 10 };
const EXIT: OrderSeen = { orderId: "E", mark: "lks24f01y470n3896mw000000", side: "SELL", filled: 300, quantity: 300, isOpen: false, createdAt: 5 };

/** The copy's exit is for all that it holds; then a forever order of a lost journal fires, and both fill. */
function broken({ isNamed, exit }: { readonly isNamed: boolean; readonly exit: OrderSeen }): readonly string[] {
  const found: string[] = [];
  const audit = new ForeverCopiesAudit({ leader: "1", follower: "2", ratio: [1, 1], lot: 75 }, (_, sentence) => found.push(sentence));
  const about = { reportedSince: undefined, isLeftToAPerson: () => isNamed };
  const held = exit.quantity - exit.filled;
  audit.look(FLAT, { client: "2", forevers: [WAITING], orders: [exit], net: held }, about);
  audit.look(FLAT, { client: "2", forevers: [FIRED], orders: [exit, SALE], net: held }, about);
  const orders = [exit, SALE].map((order) => ({ ...order, filled: order.quantity, isOpen: false }));
  audit.look(FLAT, { client: "2", forevers: [FIRED], orders, net: -300 }, about);
  audit.atRest(FLAT, { client: "2", forevers: [FIRED], orders, net: -300 }, { isExplained: () => true, isCopied: true });
  return found;
}

test("what it sells that a person was asked to look at, and did not, is not the copier's (seed 151344)", () => {
  expect(broken({ isNamed: true, exit: EXIT })).toEqual([]);
});

test("what nobody was told of is", () => {
  expect(broken({ isNamed: false, exit: EXIT })).toEqual(["2 is short 300 units where the leader never is"]);
});

test("so is what it sells beside an exit of the copier's that stands then", () => {
  expect(broken({ isNamed: true, exit: { ...EXIT, filled: 0, isOpen: true } })).toEqual(["2 is short 300 units where the leader never is"]);
});
