/**
 * What the broker says of an account besides its orders: the profile, the addresses that its orders may come from, its money (reference 1.4,
 * 1.5, 6.5). Not under the pace of the other reads: they are asked seldom, and the answers must not wait.
 */
import { z } from "zod";
import type { ClientId } from "../../domain/identity.ts";
import { parsePrice } from "../../domain/money.ts";
import { type Clock, parseKolkata } from "../../domain/time.ts";
import type { Addresses, Funds, Profile } from "../../engine/ports/account-facts.ts";
import type { Read } from "../../engine/ports/broker.ts";
import { ask, failed } from "./reads.ts";
import type { Requests } from "./requests.ts";
import { flag, text, wanted } from "./wire-values.ts";

/** Whether the token lives, whose it is, and until when. The cheapest question that there is. */
export function askProfile(requests: Requests, clock: Clock): Promise<Read<Profile>> {
  return ask(requests, clock, "/profile", readProfile);
}

/** The token of another account lives, and opens the wrong books: to this account it is as good as dead. */
export function ofAccount(account: ClientId, profile: Read<Profile>): Read<Profile> {
  if (!profile.ok || profile.value.clientId === undefined || profile.value.clientId === account) return profile;
  const detail = `it is the token of the account ${profile.value.clientId}, and the configuration says ${account}`;
  return { ok: false, refusal: { code: "TOKEN_DEAD", brokerSaid: detail }, detail };
}

/** The last two of its fields are on the wire and in no document. */
export function askAddresses(requests: Requests, clock: Clock): Promise<Read<Addresses>> {
  return ask(requests, clock, "/ip/getIP", readAddresses);
}

export function askFunds(requests: Requests, clock: Clock): Promise<Read<Funds>> {
  return ask(requests, clock, "/fundlimit", readFunds);
}

const PROFILE = z.object({ dhanClientId: wanted(text), tokenValidity: wanted(text), activeSegment: wanted(text) });

/** `tokenValidity` is `DD/MM/YYYY HH:mm` at the exchange; one that can't be read says nothing about the token. */
export function readProfile(body: unknown): Read<Profile> {
  const profile = PROFILE.safeParse(body);
  if (!profile.success) return failed("the profile is no object");
  const { dhanClientId, tokenValidity, activeSegment } = profile.data;
  const [, day, month, year, time] = /^(\d{2})\/(\d{2})\/(\d{4}) (\d{2}:\d{2})/.exec(tokenValidity ?? "") ?? [];
  return {
    ok: true,
    value: {
      clientId: dhanClientId,
      tokenValidUntil: parseKolkata(`${year}-${month}-${day} ${time}:00`),
      segments: activeSegment
        ?.split(",")
        .map((segment) => segment.trim())
        .filter((segment) => segment !== ""),
    },
  };
}

const told = (raw: unknown): boolean | undefined => (raw === undefined || raw === null ? undefined : flag(raw));
const ADDRESSES = z.object({ primaryIP: wanted(text), secondaryIP: wanted(text), detectedIP: wanted(text), ordersAllowed: wanted(told) });

export function readAddresses(body: unknown): Read<Addresses> {
  const addresses = ADDRESSES.safeParse(body);
  if (!addresses.success) return failed("the addresses are no object");
  const { primaryIP, secondaryIP, detectedIP, ordersAllowed } = addresses.data;
  return { ok: true, value: { registered: [primaryIP, secondaryIP].filter((one) => one !== undefined), detected: detectedIP, ordersAllowed } };
}

/** Of rupees as the broker writes them; undefined: no amount. */
export const paise = (raw: unknown): number | undefined => {
  const amount = typeof raw === "number" || typeof raw === "string" ? parsePrice(raw) : undefined;
  return amount === undefined ? undefined : Math.round(amount / 100);
};
/** `availabelBalance` is the spelling on the wire; the right one may come one day. */
const FUNDS = z.object({ availabelBalance: wanted(paise), availableBalance: wanted(paise), utilizedAmount: wanted(paise) });

export function readFunds(body: unknown): Read<Funds> {
  const funds = FUNDS.safeParse(body);
  const available = funds.data?.availabelBalance ?? funds.data?.availableBalance;
  if (available === undefined) return failed("the funds name no available balance");
  return { ok: true, value: { availablePaise: available, utilisedPaise: funds.data?.utilizedAmount } };
}
