/** The fixed session is worth its name: enough orders, every kind of them, and the troubles that it promises. */
import { expect, test } from "vitest";
import type { Step } from "../step.ts";
import { DAY } from "./day.ts";

const flat = (steps: readonly Step[]): readonly Step[] => steps.flatMap((step) => (step.do === "at-once" ? flat(step.steps) : [step]));
const steps = flat(DAY.flatMap((chapter) => chapter.steps));
const placed = steps.flatMap((step) => (step.do === "place" ? [step] : []));
const names = new Set(placed.map(({ order }) => order));

test("there are at least forty leader orders, each with a name of its own", () => {
  expect(names.size).toBe(placed.length);
  expect(placed.length).toBeGreaterThanOrEqual(40);
});

test("there is every type, both sides, IOC, after-market, disclosed, and three kinds of instrument", () => {
  const wants = placed.map((step) => step.wants);
  expect(new Set(wants.map(({ type = "LIMIT" }) => type))).toEqual(new Set(["LIMIT", "MARKET", "STOP_LOSS", "STOP_LOSS_MARKET"]));
  expect(new Set(wants.map(({ side }) => side))).toEqual(new Set(["BUY", "SELL"]));
  expect(wants.some(({ validity }) => validity === "IOC")).toBe(true);
  expect(wants.some(({ afterMarket }) => afterMarket === true)).toBe(true);
  expect(wants.some(({ disclosed }) => disclosed !== undefined)).toBe(true);
  expect(new Set(wants.map(({ contract }) => contract.segment))).toEqual(new Set(["NSE_FNO", "BSE_FNO", "NSE_EQ"]));
});

test("quantity, price, trigger and type are changed", () => {
  const changed = steps.flatMap((step) => (step.do === "modify" ? Object.keys(step.to) : []));
  expect(new Set(changed)).toEqual(new Set(["lots", "price", "trigger", "type"]));
});

test("the copier is dropped while requests are held at the brokers, and rebuilt", () => {
  const order = steps.map((step) => step.do);
  const held = order.indexOf("await-held");
  expect(held).toBeGreaterThan(0);
  expect(order.indexOf("drop")).toBe(held + 1);
  expect(order.indexOf("rebuild")).toBeGreaterThan(held);
});

test("the tables speak of orders of the script only, and of each at most once for a follower", () => {
  const rows = DAY.flatMap(({ expected }) => expected.map(([name, follower]) => `${name} at ${follower}`));
  expect(new Set(rows).size).toBe(rows.length);
  for (const [name] of DAY.flatMap(({ expected }) => expected)) expect(names).toContain(name);
});
