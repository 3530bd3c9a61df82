/** Forever and conditional orders through the built program: told of in the log and by `explain`, and what they fire copied (R19). */
import { expect, test } from "vitest";
import { z } from "zod";
import { lockstep } from "./support/lockstep.ts";
import { setStage } from "./support/stage.ts";
import { until } from "./support/until.ts";

const LIMIT = { timeout: 90_000 };
/** Each list is read every fifteen seconds. */
const SOON = { withinMs: 40_000 };

const numbered = z.object({ orderId: z.string() });
const waiting = z.object({ waiting: z.array(z.object({ account: z.string(), kind: z.string(), order: z.string() })) });
const CALL = { exchangeSegment: "NSE_FNO", securityId: "37806" };

test("a leader's forever and conditional orders are told, and the orders that they fire are copied, once", LIMIT, async () => {
  await using stage = await setStage();
  const { broker, leader, follower, copier, configuration } = stage;
  const about = { clientId: leader.clientId, transactionType: "BUY", ...CALL, productType: "MARGIN", quantity: 150 };
  const { orderId: forever } = numbered.parse(await broker.act("forever", { ...about, price: 120.5, triggerPrice: 120 }));
  const condition = {
    comparisonType: "PRICE_WITH_VALUE",
    exchangeSegment: "IDX_I",
    securityId: "13",
    timeFrame: "DAY",
    operator: "LESS_THAN",
    comparingValue: 25000,
  };
  const bought = { transactionType: "BUY", ...CALL, productType: "INTRADAY", orderType: "LIMIT", validity: "DAY", quantity: 300, price: "119" };
  const { orderId: alertId } = numbered.parse(await broker.act("alert", { clientId: leader.clientId, condition, orders: [bought] }));

  const told = await copier.tells({ code: "FOREVER_ORDER", order: forever }, SOON);
  expect(told).toMatchObject({ level: "warning", alert: true, account: "meera" });
  expect(told.message).toMatch(/: 150 at 120\.50 when 120\.00 is reached, waits \(CONFIRM\); it is not copied, the order that it fires is$/);
  expect(await copier.tells({ code: "CONDITIONAL_ORDER", order: alertId }, SOON)).toMatchObject({ level: "warning", account: "meera" });
  expect(await follower.orderCalls()).toEqual([]);

  const status = async (): Promise<z.infer<typeof waiting>> =>
    waiting.parse(JSON.parse((await lockstep(["status", "--json", "--config", configuration.path], configuration.env)).out));
  expect((await status()).waiting.map(({ account, kind, order }) => `${account} ${kind} ${order}`).sort()).toEqual([
    `meera conditional ${alertId}`,
    `meera forever ${forever}`,
  ]);

  const { orderId: fired } = numbered.parse(await broker.act("forever-fire", { clientId: leader.clientId, orderId: forever }));
  await broker.act("alert-fire", { clientId: leader.clientId, alertId });
  await until("both are copied", async () => (await follower.orders()).filter(({ orderStatus }) => orderStatus === "PENDING").length === 2);
  expect((await follower.orderCalls()).map(({ method, path, body }) => [method, path, body["quantity"], body["price"], body["productType"]])).toEqual([
    ["POST", "/v2/orders", 75, 120.5, "MARGIN"],
    ["POST", "/v2/orders", 150, 119, "INTRADAY"],
  ]);
  await until("it is told to have fired", async () => copier.lines({ code: "FOREVER_ORDER", order: forever }).length === 2);

  const { out } = await lockstep(["explain", forever, "--config", configuration.path], configuration.env);
  expect(out).toContain(`Forever order ${forever} of meera: `);
  expect(out).toContain(`tells by their numbers: ${fired}.`);
  const json = await lockstep(["explain", forever, "--json", "--config", configuration.path], configuration.env);
  expect(JSON.parse(json.out)).toMatchObject({ order: forever, kind: "forever", leader: "meera", mayHaveFired: [fired] });
  expect((await copier.explains(fired)).copies[0]?.verdicts.map(({ code }) => code)).toEqual(["COPIED"]);
});
