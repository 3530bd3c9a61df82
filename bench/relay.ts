/**
 * The bare relay: what a copy costs with no safety at all. The leader's frame comes in, an order per follower goes out: nothing is
 * checked, remembered or written down. It uses nothing of Lockstep's, and the same libraries in their fastest form: `ws`, and undici's
 * `Pool.dispatch` over as many connections. Its bodies and headers are as long as the product's.
 *
 * Started with one argument: JSON of `Setup`.
 */
import { type Dispatcher, Pool } from "undici";
import { WebSocket } from "ws";

interface Account {
  readonly clientId: string;
  readonly token: string;
}
interface Setup {
  readonly rest: string;
  readonly orderUpdates: string;
  readonly leader: Account;
  readonly followers: readonly Account[];
}
interface Frame {
  readonly Data: { readonly securityId: string; readonly quantity: number; readonly price: number };
}

const setup: Setup = JSON.parse(process.argv[2] ?? "");
const { origin, pathname } = new URL(`${setup.rest}/orders`);
const pool = new Pool(origin, { connections: 64, pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
const followers = setup.followers.map(({ clientId, token }) => ({
  dhanClientId: clientId,
  headers: { "access-token": token, "client-id": clientId, dhanClientId: clientId, "content-type": "application/json", accept: "application/json" },
}));
let sent = 0;

const unread: Dispatcher.DispatchHandler = {
  onRequestStart: () => undefined,
  onResponseStart: () => undefined,
  onResponseData: () => undefined,
  onResponseEnd: () => undefined,
  onResponseError: (_, error) => {
    throw error;
  },
};

const socket = new WebSocket(setup.orderUpdates, { perMessageDeflate: false });
socket.on("open", () =>
  socket.send(JSON.stringify({ LoginReq: { MsgCode: 42, ClientId: setup.leader.clientId, Token: setup.leader.token }, UserType: "SELF" })),
);
socket.on("message", (text) => {
  const { Data }: Frame = JSON.parse(text.toString());
  for (const { dhanClientId, headers } of followers)
    pool.dispatch({ origin, path: pathname, method: "POST", headers, body: order(dhanClientId, Data) }, unread);
});

function order(dhanClientId: string, { securityId, quantity, price }: Frame["Data"]): string {
  sent += 1;
  return JSON.stringify({
    dhanClientId,
    correlationId: `relay${String(sent).padStart(20, "0")}`,
    transactionType: "BUY",
    exchangeSegment: "NSE_FNO",
    productType: "INTRADAY",
    orderType: "LIMIT",
    validity: "DAY",
    securityId,
    quantity: quantity / 2,
    disclosedQuantity: 0,
    price,
    triggerPrice: 0,
    afterMarketOrder: false,
    boProfitValue: null,
    boStopLossValue: null,
  });
}
