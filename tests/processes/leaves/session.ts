/**
 * One session of the built program in which each follower's copy or account has one leaf of the configuration changed, and
 * one has none: what differs between the two at the broker, or in what is refused, is the leaf's doing.
 */
import { setTimeout as pause } from "node:timers/promises";
import { kolkataTimeOfDay, unixMs } from "../../../src/domain/time.ts";
import { type Broker, startBroker } from "../support/broker.ts";
import { type Configuration, writeConfiguration } from "../support/configuration.ts";
import { type CopierProcess, type LogLine, startCopierProcess } from "../support/copier-process.ts";
import { untilQuiet } from "../support/quiet.ts";
import { untilStartSecondIsOver } from "../support/start-second.ts";
import type { OrderCall, OrderRow, Trader } from "../support/trader.ts";
import { until } from "../support/until.ts";
import type { Written } from "./written.ts";

/** What stands in the file where nothing is changed: everything is let through, and nothing is ever too old or too late. */
export const PLAIN_COPY = {
  leader: "meera",
  sizing: { mode: "ratio", ratio: 0.5 },
  filter: { kinds: ["option", "equity"] },
  maxAge: "1h",
  slippage: { after: "1h" },
} as const;

/** What is changed of a follower's copy, or of his account. */
export interface Changes {
  readonly copy?: Written;
  readonly account?: Written;
  /** What the account has; more than anybody spends when left out. */
  readonly rupees?: number;
}

/** The contracts of the leader's orders: each has its own, so that none but the stop and the square-off is the exit of another. */
export const STORY = {
  resting: "60898",
  executed: "60899",
  entry: "60900",
  large: "60901",
  afterMarket: "60902",
  position: "60903",
  stop: "60903",
  dear: "60904",
  late: "60905",
  rivals: "60906",
  orphan: "60907",
  squared: "60908",
  squareOff: "60908",
  stock: "2885",
  future: "61471",
} as const;
export type Chapter = keyof typeof STORY;

export interface Follower {
  readonly calls: readonly OrderCall[];
  readonly orders: readonly OrderRow[];
  /** His copy's lines in the log, about one leader order, or about all. */
  told(code: string, chapter?: Chapter): readonly LogLine[];
  /** His calls about one leader order, in order of arrival. */
  callsFor(chapter: Chapter): readonly OrderCall[];
}

export interface Session extends AsyncDisposable {
  readonly broker: Broker;
  readonly copier: CopierProcess;
  /** The leader's orders by chapter. */
  readonly leaderOrders: ReadonlyMap<Chapter, string>;
  /** Unix milliseconds: when the followers' stops were triggered. */
  readonly triggeredAt: number;
  follower(name: string): Follower;
}

/** By name. The copy's id is the name, because that is what its log lines bear. */
export type Cast = ReadonlyMap<string, Changes>;

/** A name that only this file uses stands for an account that is in no copy. */
export const IN_NO_COPY = "in-no-copy";

/** Plays the leader's day against everybody. `hurried` are those whose own limits keep them from having every order: nobody waits for them. */
export async function playSession(cast: Cast, hurried: ReadonlySet<string>): Promise<Session> {
  await using setUp = new AsyncDisposableStack();
  const names = [...cast.keys()];
  const broker = setUp.use(await startBroker({ accounts: names.length + 2 }));
  const [leaderPerson, rivalPerson, ...others] = broker.people;
  const accountOf = new Map(names.map((name, index) => [name, others[index]?.name ?? ""]));
  const configuration = setUp.use(writtenFor(cast, { broker, accountOf, rival: rivalPerson?.name ?? "" }));
  const leader = broker.trader(leaderPerson?.name ?? "");
  const rival = broker.trader(rivalPerson?.name ?? "");
  const traders = new Map(names.map((name) => [name, broker.trader(accountOf.get(name) ?? "")]));
  const prompt = [...traders].flatMap(([name, trader]) => (hurried.has(name) ? [] : [trader]));
  const leaderOrders = new Map<Chapter, string>();

  for (const [name, { rupees }] of cast) if (rupees !== undefined) await broker.act("funds", { clientId: traders.get(name)?.clientId, rupees });
  await placeBeforeTheStart(leader, leaderOrders);
  const copier = setUp.use(await startCopierProcess({ configuration }));
  await untilStartSecondIsOver(copier);
  await untilQuiet(prompt, { forMs: 1_500 }); // what is older than the start waits for the second read of the books
  const triggeredAt = await playDay({ broker, leader, rival, traders: [...traders.values()], prompt, leaderOrders });
  const calls = new Map(await Promise.all([...traders].map(async ([name, trader]) => [name, await trader.orderCalls()] as const)));
  const orders = new Map(await Promise.all([...traders].map(async ([name, trader]) => [name, await trader.orders()] as const)));
  const stack = setUp.move();
  return {
    broker,
    copier,
    leaderOrders,
    triggeredAt,
    follower: (name) => {
      const [his, rows] = [calls.get(name) ?? [], orders.get(name) ?? []];
      return {
        calls: his,
        orders: rows,
        told: (code, chapter) => copier.lines({ code, copy: name }).filter(({ order }) => chapter === undefined || order === leaderOrders.get(chapter)),
        callsFor: (chapter) => his.filter((call) => call.body["securityId"] === STORY[chapter] || concerns(call, rows, STORY[chapter])),
      };
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Longer than the second in which the broker counts. */
const LATE_NEWS_MS = 1_300;

/** A change or a cancel names the order and not the contract. */
function concerns(call: OrderCall, rows: readonly OrderRow[], securityId: string): boolean {
  return rows.some((row) => row.securityId === securityId && call.path.endsWith(`/${row.orderId}`));
}

interface Place {
  readonly broker: Broker;
  readonly accountOf: ReadonlyMap<string, string>;
  readonly rival: string;
}

function writtenFor(cast: Cast, { broker, accountOf, rival }: Place): Configuration {
  const copies = [...cast].flatMap(([name, { copy = {} }]) => {
    if (name === IN_NO_COPY) return [];
    const whole: Written = { id: name, follower: accountOf.get(name), ...PLAIN_COPY, ...copy };
    return [{ ...whole, leader: whole["leader"] === "rival" ? rival : whole["leader"] }];
  });
  const accounts = Object.fromEntries([...cast].map(([name, { account = {} }]) => [accountOf.get(name) ?? "", account]));
  const configuration = writeConfiguration({ broker, copies, accounts });
  return Object.assign(configuration, { env: { ...configuration.env, TOKEN_OF_NOBODY: "simulated-nobody" } });
}

async function placeBeforeTheStart(leader: Trader, leaderOrders: Map<Chapter, string>): Promise<void> {
  leaderOrders.set("resting", await leader.places({ securityId: STORY.resting, quantity: 300 }));
}

/** The copier hears of it when it is more than a second old, and a MARKET order has an age. */
async function placeUnheard({ broker, leader, leaderOrders }: Players): Promise<void> {
  await broker.act("fault", { on: "stream", clientId: leader.clientId, effect: { kind: "delay", ms: LATE_NEWS_MS } });
  leaderOrders.set("executed", await leader.places({ securityId: STORY.executed, quantity: 300, orderType: "MARKET", price: 0 }));
  await pause(LATE_NEWS_MS);
  await broker.act("repair", {});
}

interface Players {
  readonly broker: Broker;
  readonly leader: Trader;
  readonly rival: Trader;
  readonly traders: readonly Trader[];
  /** Those who get every order at once. */
  readonly prompt: readonly Trader[];
  readonly leaderOrders: Map<Chapter, string>;
}

/** Answers when the stops were triggered. */
async function playDay(players: Players): Promise<number> {
  const { leader, rival, prompt, leaderOrders } = players;
  const settled = () => untilQuiet(prompt, { forMs: 300 });
  const place = async (chapter: Chapter, order: Parameters<Trader["places"]>[0]): Promise<string> => {
    const id = await leader.places({ securityId: STORY[chapter], quantity: 300, ...order });
    leaderOrders.set(chapter, id);
    await settled();
    return id;
  };
  leaderOrders.set("rivals", await rival.places({ securityId: STORY.rivals, quantity: 300 }));
  await placeUnheard(players);
  await settled();
  const entry = await place("entry", { quantity: 225 });
  await leader.changes(entry, { price: 121 });
  await settled();
  await leader.changes(entry, { price: 122 });
  await place("large", { quantity: 600 });
  await place("afterMarket", { afterMarketOrder: true, amoTime: "OPEN" });
  await place("stock", { exchangeSegment: "NSE_EQ", orderType: "STOP_LOSS_MARKET", quantity: 20, triggerPrice: 1_000 });
  await place("future", { quantity: 130, price: 24_000 });
  const dear = await place("dear", { price: 120 });
  await leader.isFilled(dear, { price: 120 });
  await fillEverywhere(players, "dear", 121);
  const orphan = await place("orphan", {});
  await fillEverywhere(players, "orphan", 120.5);
  await leader.cancels(orphan);
  const late = await place("late", {});
  await leader.isFilled(late);
  const squared = await place("squared", {});
  await leader.isFilled(squared);
  await fillEverywhere(players, "squared", 120.5);
  await settled();
  await leader.isFilled(await place("squareOff", { transactionType: "SELL", orderType: "MARKET", price: 0, correlationId: "SQROFF" }), { price: 120 });
  const position = await place("position", {});
  await leader.isFilled(position);
  await fillEverywhere(players, "position", 120.5);
  await settled();
  await place("stop", { transactionType: "SELL", orderType: "STOP_LOSS_MARKET", triggerPrice: 100 });
  return triggerEverywhere(players);
}

async function fillEverywhere({ traders }: Players, chapter: Chapter, price: number): Promise<void> {
  for (const trader of traders) {
    for (const row of await trader.orders()) {
      if (row.securityId === STORY[chapter] && row.orderStatus === "PENDING") await trader.isFilled(row.orderId, { price });
    }
  }
}

/** Triggers every stop that rests at a follower, and waits until each has been re-priced. */
async function triggerEverywhere({ traders }: Players): Promise<number> {
  const triggeredAt = Date.now();
  const stops: { readonly trader: Trader; readonly orderId: string }[] = [];
  for (const trader of traders) {
    for (const { orderId, orderType, securityId, transactionType } of await trader.orders()) {
      if (securityId !== STORY.position || transactionType !== "SELL" || orderType !== "STOP_LOSS") continue;
      await trader.isTriggered(orderId);
      stops.push({ trader, orderId });
    }
  }
  await until("every triggered stop is re-priced", async () => {
    const calls = await Promise.all(
      stops.map(async ({ trader, orderId }) => (await trader.orderCalls()).some(({ method, path }) => method === "PUT" && path.endsWith(`/${orderId}`))),
    );
    return calls.every(Boolean);
  });
  await pause(50);
  return triggeredAt;
}

/** A window in which it is not now, and will not be for hours. */
export function windowElsewhere(): string {
  return kolkataTimeOfDay(unixMs(Date.now())) < "12:00" ? "14:00-23:59" : "00:00-10:00";
}
