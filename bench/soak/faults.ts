/** One fault after another, at random: of streams, of requests, of books. Each is over by itself before the next but one. */
import type { Random } from "../../src/simulator/exchange/random.ts";
import { LEADER, type Person } from "./cast.ts";
import type { Exchange } from "./exchange.ts";

type Strike = (exchange: Exchange, victim: string, random: Random) => string;

const STRIKES: readonly Strike[] = [
  (exchange, clientId) => struck(exchange, "cut", { clientId }, "stream cut"),
  (exchange) => struck(exchange, "cut", { clientId: LEADER }, "leader's stream cut"),
  (exchange, clientId) => onStream(exchange, clientId, { kind: "drop" }),
  (exchange) => onStream(exchange, LEADER, { kind: "drop" }),
  (exchange, clientId) => onStream(exchange, clientId, { kind: "duplicate" }),
  (exchange) => onStream(exchange, LEADER, { kind: "duplicate" }),
  (exchange) => onStream(exchange, LEADER, { kind: "reorder" }),
  (exchange, clientId) => onStream(exchange, clientId, { kind: "garbage" }),
  (exchange, clientId) => onRequest(exchange, clientId, "before", { kind: "silence" }),
  (exchange, clientId) => onRequest(exchange, clientId, "after", { kind: "silence" }),
  (exchange, clientId) => onRequest(exchange, clientId, "before", { kind: "reset" }),
  (exchange, clientId) => onRequest(exchange, clientId, "after", { kind: "reset" }),
  (exchange, clientId) => onRequest(exchange, clientId, "before", { kind: "answer", status: 500 }),
  (exchange, clientId) => onRequest(exchange, clientId, "after", { kind: "answer", status: 502 }),
  (exchange, clientId, random) => onRequest(exchange, clientId, "before", { kind: "delay", ms: 200 + random.below(1_500) }),
  (exchange, clientId) => {
    setTimeout(() => exchange.act("lag", { clientId }), 3_000);
    return struck(exchange, "lag", { clientId, booksMs: 2_000, correlationMs: 2_000 }, "books lag");
  },
];

/** Strikes one of the followers, or the leader; answers what it did. */
export function strike(exchange: Exchange, followers: readonly Person[], random: Random): string {
  const victim = followers[random.below(followers.length)]?.clientId ?? LEADER;
  return STRIKES[random.below(STRIKES.length)]?.(exchange, victim, random) ?? "none";
}

function struck(exchange: Exchange, command: string, body: object, name: string): string {
  exchange.act(command, body);
  return name;
}

function onStream(exchange: Exchange, clientId: string, effect: { readonly kind: string }): string {
  return struck(exchange, "fault", { on: "stream", clientId, times: 2, effect }, `${clientId === LEADER ? "leader's " : ""}frame ${effect.kind}`);
}

function onRequest(exchange: Exchange, clientId: string, when: "before" | "after", effect: { readonly kind: string; readonly [key: string]: unknown }): string {
  return struck(exchange, "fault", { on: "request", call: "write", when, clientId, times: 1, effect }, `request ${effect.kind} ${when} acceptance`);
}
