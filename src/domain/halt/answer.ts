/** What a person orders of a running copier, and what follows from it: records, or a refusal. Pure; the names are those of the configuration. */
import type { Book } from "../book/book.ts";
import type { AccountId, ClientId, CopyId } from "../identity.ts";
import type { OperatorOrdered } from "../records.ts";
import type { UnixMs } from "../time.ts";
import { type HaltScope, isSaid } from "./halt.ts";

export interface OperatorCommand {
  readonly command: "halt" | "resume";
  readonly over: NamedScope;
}

/** As a person names it. */
export type NamedScope = { readonly of: "all" } | { readonly of: "copy" | "account"; readonly name: string };

/** The copies in force, by the names that people gave. */
export interface CastCopy {
  readonly copy: CopyId;
  readonly leader: { readonly name: AccountId; readonly clientId: ClientId };
  readonly follower: { readonly name: AccountId; readonly clientId: ClientId };
}

export type OperatorAnswer =
  /** Without a record: it was so already. */
  | { readonly answer: "done"; readonly records: readonly OperatorOrdered[] }
  | { readonly answer: "unknown-name"; readonly of: "copy" | "account"; readonly name: string; readonly known: readonly string[] };

export function answer(book: Pick<Book, "halts">, cast: readonly CastCopy[], { command, over }: OperatorCommand, now: UnixMs): OperatorAnswer {
  const scope = scopeOf(cast, over);
  if ("answer" in scope) return scope;
  if (isSaid(book.halts, { says: command, over: scope })) return { answer: "done", records: [] };
  return { answer: "done", records: [{ type: command === "halt" ? "operator-halted" : "operator-resumed", at: now, over: scope }] };
}

function scopeOf(cast: readonly CastCopy[], over: NamedScope): HaltScope | Extract<OperatorAnswer, { answer: "unknown-name" }> {
  if (over.of === "all") return over;
  const { of, name } = over;
  if (of === "copy") {
    const found = cast.find(({ copy }) => copy === name);
    if (found !== undefined) return { of, leader: found.leader.clientId, follower: found.follower.clientId };
    return { answer: "unknown-name", of, name, known: cast.map(({ copy }) => copy) };
  }
  const accounts = cast.flatMap(({ leader, follower }) => [leader, follower]);
  const found = accounts.find((account) => account.name === name);
  if (found !== undefined) return { of, account: found.clientId };
  return { answer: "unknown-name", of, name, known: [...new Set(accounts.map((account) => account.name))] };
}
