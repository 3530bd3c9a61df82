/**
 * What the broker says of one account: whether its token works, whether its orders are allowed from here, what it may trade and what it can
 * pay. A leader is only read, so nothing but the token and the money is asked about him.
 */

import type { Segment } from "../../domain/instrument.ts";
import { rupeesText } from "../../domain/money.ts";
import type { Filter } from "../../domain/policy.ts";
import { kolkataText, type UnixMs } from "../../domain/time.ts";
import type { Addresses, Funds, Profile } from "../../engine/ports/account-facts.ts";
import type { Read } from "../../engine/ports/broker.ts";
import type { Finding } from "./finding.ts";

export interface AccountFacts {
  readonly name: string;
  readonly clientId: string;
  /** `the environment variable X`, or `the file p`. */
  readonly tokenIn: string;
  /** The token's file, where others than its owner may read it. */
  readonly tokenOpenToOthers: string | undefined;
  /** Of the enabled copies into it; empty: it only leads. */
  readonly filters: readonly Filter[];
  /** Without a token that lives nothing else is asked. */
  readonly token: { readonly is: "missing"; readonly said: string } | { readonly is: "there"; readonly profile: Read<Profile> };
  readonly addresses: Read<Addresses> | undefined;
  readonly funds: Read<Funds> | undefined;
  /** The machine's own addresses; behind a router none of them is seen outside. */
  readonly ownAddresses: readonly string[];
}

/** Derivatives trade for six and a half hours, and a person gets up before. */
const TOKEN_DAY_MS = 8 * 3_600_000;
const HOUR_MS = 3_600_000;
const NEW_TOKEN = "make a new access token in Dhan's web console and put it into";

export function accountFindings(account: AccountFacts, now: UnixMs): readonly Finding[] {
  const follows = account.filters.length > 0;
  const profile = account.token.is === "there" && account.token.profile.ok ? account.token.profile.value : undefined;
  return [
    tokenFinding(account, now),
    ...(follows && profile !== undefined ? [segmentsFinding(account, profile)] : []),
    ...(follows && account.addresses !== undefined ? [addressFinding(account, account.addresses)] : []),
    ...(account.funds === undefined ? [] : [fundsFinding(account, account.funds)]),
  ];
}

function tokenFinding({ name, clientId, tokenIn, tokenOpenToOthers, token }: AccountFacts, now: UnixMs): Finding {
  const row = { check: "token", account: name } as const;
  if (token.is === "missing") return { ...row, state: "failed", said: token.said, todo: `${NEW_TOKEN} ${tokenIn}` };
  const { profile } = token;
  if (!profile.ok) {
    if (profile.refusal?.code === "TOKEN_DEAD")
      return { ...row, state: "failed", said: `the token is dead: ${profile.detail}`, todo: `${NEW_TOKEN} ${tokenIn}` };
    const todo = "see whether dhan.rest is right and whether this machine reaches it, then check again";
    return { ...row, state: "failed", said: `whether the token lives could not be found out: ${profile.detail}`, todo };
  }
  const { clientId: owner, tokenValidUntil: until } = profile.value;
  if (owner !== undefined && owner !== clientId) {
    const todo = `put the token of ${clientId} into ${tokenIn}, or correct clientId`;
    return { ...row, state: "failed", said: `the token belongs to the account ${owner}, and the configuration says ${clientId}`, todo };
  }
  if (tokenOpenToOthers !== undefined) {
    const said = "the token works, and other users of this machine can read its file: whoever has it can trade";
    return { ...row, state: "warning", said, todo: `chmod 600 ${tokenOpenToOthers}` };
  }
  if (until === undefined) return { ...row, state: "ok", said: "the token works; until when could not be read" };
  const said = `the token works, until ${kolkataText(until).slice(0, 16)} in India`;
  if (until - now >= TOKEN_DAY_MS) return { ...row, state: "ok", said };
  const hours = Math.max(0, (until - now) / HOUR_MS).toFixed(1);
  return { ...row, state: "warning", said: `${said}: ${hours} hours from now`, todo: `before it ends ${NEW_TOKEN} ${tokenIn}; making one ends the one before` };
}

/** Dhan's words for groups of segments (reference 1.4). */
const GROUPS: Readonly<Record<Segment, string | undefined>> = {
  NSE_EQ: "Equity",
  BSE_EQ: "Equity",
  NSE_FNO: "Derivative",
  BSE_FNO: "Derivative",
  NSE_CURRENCY: "Currency",
  BSE_CURRENCY: "Currency",
  NSE_COMM: "Commodity",
  MCX_COMM: "Commodity",
  IDX_I: undefined,
};

/** A copy that names no segments is taken to want the exchanges' stocks and derivatives: few accounts have more, and few leaders use more. */
function groupsOf({ kinds, segments }: Filter): readonly string[] {
  if (segments.length > 0) return segments.flatMap((segment) => GROUPS[segment] ?? []);
  const all = kinds.length === 0;
  return [...(all || kinds.includes("equity") ? ["Equity"] : []), ...(all || kinds.includes("option") || kinds.includes("future") ? ["Derivative"] : [])];
}

function segmentsFinding({ name, filters }: AccountFacts, { segments }: Profile): Finding {
  const row = { check: "segments", account: name } as const;
  if (segments === undefined) return { ...row, state: "warning", said: "the profile does not say what the account may trade" };
  const wanted = [...new Set(filters.flatMap(groupsOf))];
  const active = new Set(segments.map((segment) => segment.toLowerCase()));
  const lacking = wanted.filter((group) => !active.has(group.toLowerCase()));
  const said = `active: ${segments.length === 0 ? "nothing" : segments.join(", ")}`;
  if (lacking.length === 0) return { ...row, state: "ok", said };
  return {
    ...row,
    state: "failed",
    said: `${said}; its copies want ${lacking.join(" and ")}, so Dhan will refuse those orders`,
    todo: "have the segment activated at Dhan, or narrow the copy's filter",
  };
}

/** Reads leave by the same connections as orders, so what the broker sees of this one he would see of an order. */
const ONLY_AN_ORDER_PROVES = "reads are free of the address rule, so only an order proves it";

function addressFinding({ name, ownAddresses }: AccountFacts, asked: Read<Addresses>): Finding {
  const row = { check: "address", account: name } as const;
  if (!asked.ok)
    return { ...row, state: "warning", said: `the registered addresses could not be read: ${asked.detail}`, todo: "look them up in Dhan's web console" };
  const { registered, detected, ordersAllowed } = asked.value;
  const those = registered.join(" and ");
  const seen = detected === undefined ? "Dhan does not say where it sees this machine" : `Dhan sees this machine as ${detected}`;
  if (registered.length === 0 && ordersAllowed !== true) {
    const todo = `register ${detected ?? "the public address of this machine"} for this account in Dhan's web console, under API access`;
    return { ...row, state: "failed", said: `no address is registered, so every order would be refused; ${seen}`, todo };
  }
  const isRegistered = detected === undefined ? undefined : registered.some((one) => isSame(one, detected));
  if (ordersAllowed ?? isRegistered) {
    const words = ordersAllowed === true ? "and says that orders are allowed from there" : "which is registered";
    return { ...row, state: "ok", said: `${seen}, ${words}; ${ONLY_AN_ORDER_PROVES}` };
  }
  if (ordersAllowed === false || isRegistered === false) {
    const family = detected !== undefined && registered.some((one) => isIpv6(one) !== isIpv6(detected));
    const todo = family
      ? "one is IPv4 and the other IPv6: let this machine leave by the registered one only"
      : "let orders leave from a registered address, or register this one (it is then fixed for seven days)";
    return { ...row, state: "failed", said: `Dhan would refuse orders from here: registered is ${those}; ${seen}`, todo };
  }
  const own = registered.find((one) => ownAddresses.some((address) => isSame(one, address)));
  if (own !== undefined) return { ...row, state: "ok", said: `registered is ${those}, and ${own} is an address of this machine; ${ONLY_AN_ORDER_PROVES}` };
  return {
    ...row,
    state: "warning",
    said: `registered is ${those}; ${seen}, and behind a router this machine does not know its public address`,
    todo: "compare it with the public address of this machine",
  };
}

/** The ways to write one address differ in capitals and in the prefix of IPv4 within IPv6. */
function isSame(one: string, other: string): boolean {
  return plain(one) === plain(other);
}

function plain(address: string): string {
  return address
    .trim()
    .toLowerCase()
    .replace(/^::ffff:/, "");
}

function isIpv6(address: string): boolean {
  return plain(address).includes(":");
}

function fundsFinding({ name, filters }: AccountFacts, asked: Read<Funds>): Finding {
  const row = { check: "funds", account: name } as const;
  if (!asked.ok) return { ...row, state: "warning", said: `the funds could not be read: ${asked.detail}` };
  const { availablePaise, utilisedPaise } = asked.value;
  const said = `${rupeesText(availablePaise)} rupees available${utilisedPaise === undefined ? "" : `, ${rupeesText(utilisedPaise)} in use`}`;
  if (availablePaise > 0 || filters.length === 0) return { ...row, state: "ok", said };
  return { ...row, state: "warning", said, todo: "entries will be refused for lack of money; exits are not touched by it" };
}
