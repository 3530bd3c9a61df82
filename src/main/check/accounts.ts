/** What the broker says of every account that takes part. All at once; of one account two rounds, each within `requestTimeout`. */
import { networkInterfaces } from "node:os";
import { askAddresses, askFunds, askProfile } from "../../adapters/dhan/account-reads.ts";
import { readingClock } from "../../adapters/dhan/broker-clock.ts";
import type { SendRequest } from "../../adapters/dhan/http.ts";
import { openPool } from "../../adapters/dhan/pool.ts";
import { createRequests } from "../../adapters/dhan/requests.ts";
import { systemClock } from "../../adapters/system/clock.ts";
import { Secret } from "../../adapters/system/secret.ts";
import { systemTimers } from "../../adapters/system/timers.ts";
import type { ClockReading } from "../../engine/ports/account-facts.ts";
import type { AccountFacts } from "../../faces/check/account.ts";
import type { AccountSettings, Settings } from "../../settings/settings.ts";
import { usedAccounts } from "../cast.ts";
import { type Environment, tokenOf } from "../tokens.ts";
import { isOpenToOthers } from "./rights.ts";

/** Three reads of each account. `read` is told the broker's clock as each answer has it. */
export async function askAccounts(settings: Settings, env: Environment, read: (reading: ClockReading) => void): Promise<readonly AccountFacts[]> {
  const pool = openPool({ rest: settings.dhan.rest, clock: systemClock });
  const request = readingClock(pool.request, systemClock, read);
  try {
    return await Promise.all(usedAccounts(settings).map((account) => ask(account, settings, env, request)));
  } finally {
    await pool.close();
  }
}

async function ask(account: AccountSettings, { dhan, copies }: Settings, env: Environment, request: SendRequest): Promise<AccountFacts> {
  const { id: name, clientId } = account;
  const source = tokenOf(account, env);
  const token = source();
  const facts = {
    name,
    clientId,
    tokenIn: account.token.from === "env" ? `the environment variable ${account.token.name}` : `the file ${account.token.path}`,
    tokenOpenToOthers: token instanceof Secret && account.token.from === "file" && isOpenToOthers(account.token.path) ? account.token.path : undefined,
    filters: copies.flatMap(({ follower, filter }) => (follower === name ? [filter] : [])),
    ownAddresses: Object.values(networkInterfaces()).flatMap((addresses = []) => addresses.map(({ address }) => address)),
  };
  if (!(token instanceof Secret)) return { ...facts, token: { is: "missing", said: token.noToken }, addresses: undefined, funds: undefined };
  const requests = createRequests({
    rest: dhan.rest,
    clientId,
    token: source,
    request,
    clock: systemClock,
    timers: systemTimers,
    requestTimeoutMs: dhan.requestTimeoutMs,
  });
  const profile = await askProfile(requests, systemClock);
  if (!profile.ok) return { ...facts, token: { is: "there", profile }, addresses: undefined, funds: undefined };
  const [addresses, funds] = await Promise.all([facts.filters.length > 0 ? askAddresses(requests, systemClock) : undefined, askFunds(requests, systemClock)]);
  return { ...facts, token: { is: "there", profile }, addresses, funds };
}
