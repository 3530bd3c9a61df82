import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { FOLLOWER, LEADER, NIFTY_CALL, orderBody, testWorld } from "../test-world.ts";
import { administer, COMMAND_PATHS } from "./administer.ts";

const get = (path: string) => (of: ReturnType<typeof testWorld>) => administer(of.simulator, { method: "GET", path: `/admin/${path}`, body: "" });

test("every admin command is shown with curl in docs/simulator.md", () => {
  const page = readFileSync(new URL("../../../docs/simulator.md", import.meta.url), "utf8");
  for (const path of COMMAND_PATHS) expect(page, path).toContain(`curl -s $SIM${path} `);
});

test("every curl line of docs/simulator.md names a command that exists, with a body that it understands", () => {
  const page = readFileSync(new URL("../../../docs/simulator.md", import.meta.url), "utf8");
  const lines = [...page.matchAll(/curl -s \$SIM(\/admin\/[\w-]+)\s+-d '([^']*)'/g)];
  expect(lines.length).toBeGreaterThan(COMMAND_PATHS.length);
  for (const [, path = "", body = ""] of lines) {
    const of = testWorld();
    const reply = administer(of.simulator, { method: "POST", path, body });
    // Orders named ORDER_ID do not exist here: that is a 409, said in words; a body that is not understood is a 400.
    expect([200, 409], `${path} ${body}: ${reply.body}`).toContain(reply.status);
  }
});

test("a key that nobody knows is refused and named, never ignored", () => {
  const of = testWorld();
  const reply = administer(of.simulator, { method: "POST", path: "/admin/fill", body: JSON.stringify({ clientId: FOLLOWER, orderId: "1", qty: 5 }) });
  expect(reply.status).toBe(400);
  expect(reply.body).toContain("qty");
  expect(administer(of.simulator, { method: "POST", path: "/admin/nothing", body: "" }).status).toBe(404);
});

test("a person's order is not limited, and wrong ones are refused in words", () => {
  const of = testWorld();
  const body = { clientId: LEADER, transactionType: "BUY", ...NIFTY_CALL, quantity: 75, price: 120 };
  const replies = Array.from({ length: 30 }, () => administer(of.simulator, { method: "POST", path: "/admin/place", body: JSON.stringify(body) }).status);
  expect(new Set(replies)).toEqual(new Set([200]));
  const wrong = administer(of.simulator, { method: "POST", path: "/admin/place", body: JSON.stringify({ ...body, securityId: "0" }) });
  expect(wrong).toMatchObject({ status: 409, body: expect.stringContaining("securityId") });
});

test("the books, requests, frames, accounts, faults, settings and prices can be read, and no token is told", () => {
  const of = testWorld();
  of.call("POST", "/v2/orders", orderBody());
  of.time.pass(1);
  expect(JSON.parse(get(`books?clientId=${FOLLOWER}`)(of).body)).toMatchObject({
    orders: [{ orderStatus: "PENDING" }],
    trades: [],
    positions: [],
    funds: { dhanClientId: FOLLOWER },
  });
  expect(JSON.parse(get(`requests?clientId=${FOLLOWER}&after=0`)(of).body)).toHaveLength(1);
  expect(JSON.parse(get("frames")(of).body)).toEqual([]);
  expect(JSON.parse(get("accounts")(of).body)).toMatchObject([
    { clientId: LEADER, requests: 0 },
    { clientId: FOLLOWER, requests: 1, refusedForRate: 0, ordersRefusedForRate: 0, openStreams: 0 },
  ]);
  expect(get("accounts")(of).body).not.toContain("token-of");
  expect(JSON.parse(get("faults")(of).body)).toEqual({ requests: [], streams: [] });
  expect(JSON.parse(get("settings")(of).body)).toMatchObject({ session: "open", conduct: { maxModifications: 25 }, dialect: { casing: "camel" } });
  expect(JSON.parse(get("price?exchangeSegment=NSE_FNO&securityId=37806")(of).body)).toMatchObject({ price: 120.5 });
  expect(JSON.parse(get("instruments")(of).body)).toContainEqual(expect.objectContaining({ securityId: "37806", lot: 75, tick: 0.05 }));
  expect(get("books?clientId=0")(of).status).toBe(404);
});
