/** The accounts' access tokens: where each is found, and whether it is there at all. What stands in them is never looked at here. */
import { type TokenSource, tokenSource } from "../adapters/dhan/token.ts";
import { Secret } from "../adapters/system/secret.ts";
import type { AccountSettings } from "../settings/settings.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

export function tokenOf({ token }: Pick<AccountSettings, "token">, env: Environment): TokenSource {
  return tokenSource(token.from === "env" ? { env: token.name } : { file: token.path }, env);
}

/** A sentence for each account that has no token now, naming the variable or the file. */
export function missingTokens(accounts: readonly AccountSettings[], env: Environment): readonly string[] {
  return accounts.flatMap((account) => {
    const token = tokenOf(account, env)();
    return token instanceof Secret ? [] : [`account ${account.id}: ${token.noToken}`];
  });
}
