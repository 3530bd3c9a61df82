/** The ratio that sizing by capital gives now, for each copy that is sized so. Two accounts stand behind each. */
import type { CopyPolicy } from "../../domain/policy.ts";
import { capitalSum, capitalTrouble, type FundsReading } from "../../domain/sizing/capital.ts";
import type { AccountFacts } from "./account.ts";
import type { Finding } from "./finding.ts";

export function sizingFindings(
  copies: readonly Pick<CopyPolicy, "id" | "leader" | "follower" | "sizing">[],
  accounts: readonly Pick<AccountFacts, "name" | "funds">[],
): readonly Finding[] {
  const read = (name: string): FundsReading | undefined => totalOf(accounts.find((account) => account.name === name)?.funds);
  return copies.flatMap(({ id, leader, follower, sizing }): readonly Finding[] => {
    if (sizing.mode !== "capital") return [];
    const basis = { leader: read(leader), follower: read(follower), multiplier: sizing.multiplier, maxRatio: sizing.maxRatio };
    const trouble = capitalTrouble(basis);
    const row = { check: "sizing", account: follower } as const;
    if (trouble === undefined) return [{ ...row, state: "ok", said: `${id} by capital: ${capitalSum(basis)}` }];
    const todo = "entries of the copy will be refused; exits are not touched by it";
    return [{ ...row, state: "warning", said: `${id} by capital: ${trouble.sentence}`, todo }];
  });
}

function totalOf(funds: AccountFacts["funds"]): FundsReading | undefined {
  if (funds === undefined || !funds.ok || funds.value.utilisedPaise === undefined) return undefined;
  return { totalPaise: funds.value.availablePaise + funds.value.utilisedPaise, ageMs: 0 };
}
