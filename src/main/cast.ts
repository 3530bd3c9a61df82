/** Who takes part: from names that people wrote to the client ids that everything durable is keyed by. */
import { assert } from "../domain/assert.ts";
import type { AccountId, ClientId } from "../domain/identity.ts";
import type { Copy } from "../domain/mirror/open.ts";
import type { AccountSettings, Settings } from "../settings/settings.ts";

/** The accounts that lead or follow in an enabled copy. The others are neither read nor waited for. */
export function usedAccounts({ accounts, copies }: Pick<Settings, "accounts" | "copies">): readonly AccountSettings[] {
  return accounts.filter(({ id }) => copies.some(({ leader, follower }) => leader === id || follower === id));
}

export function copiesOf(settings: Pick<Settings, "accounts" | "copies">): readonly Copy[] {
  return settings.copies.map((policy) => ({ policy, leader: clientIdOf(settings, policy.leader), follower: clientIdOf(settings, policy.follower) }));
}

/** The names that people gave, by client id. */
export function namesOf({ accounts }: Pick<Settings, "accounts">): ReadonlyMap<ClientId, AccountId> {
  return new Map(accounts.map(({ clientId, id }) => [clientId, id]));
}

function clientIdOf({ accounts }: Pick<Settings, "accounts">, name: AccountId): ClientId {
  const found = accounts.find(({ id }) => id === name);
  assert(found !== undefined, `the settings know the account ${name}`);
  return found.clientId;
}
