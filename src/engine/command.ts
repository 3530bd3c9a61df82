/** What became of a command that a person gave to the running copier, and how the copies stand. */
import type { Book } from "../domain/book/book.ts";
import type { CastCopy, OperatorCommand } from "../domain/halt/answer.ts";
import { type Halt, haltOf } from "../domain/halt/halt.ts";

export interface CopyStanding extends CastCopy {
  /** Undefined: it opens what its guards let through. */
  readonly halt: Halt | undefined;
}

export type CommandResult =
  | { readonly result: "done"; readonly changed: boolean; readonly before: readonly CopyStanding[]; readonly after: readonly CopyStanding[] }
  | { readonly result: "unknown-name"; readonly of: "copy" | "account"; readonly name: string; readonly known: readonly string[] }
  /** It can't be promised; the sentence says what holds all the same. */
  | { readonly result: "failed"; readonly why: string };

export function standing({ halts }: Pick<Book, "halts">, cast: readonly CastCopy[]): readonly CopyStanding[] {
  return cast.map((copy) => ({ ...copy, halt: haltOf(halts, { leader: copy.leader.clientId, follower: copy.follower.clientId }) }));
}

/** While the journal can't be written nothing is placed or made larger, whatever is halted; and nothing can be promised beyond this process. */
export function notDurable(broken: string, { command }: OperatorCommand): string {
  const meanwhile = `nothing is placed or made larger while that is so; the ${command} holds in this process, and is not promised for the next start`;
  return `the journal can't be written (${broken}): ${meanwhile}`;
}
