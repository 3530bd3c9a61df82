/**
 * Which copies open nothing (R23): no entry, no growth of one, no entry part of a stop and reverse. Cancels, reductions and exits never ask.
 *
 * Kept are the words that were given, oldest first. For each copy the last word that covers it decides, so "halt all, resume one" leaves
 * one at work, and a copy that is added to the configuration later falls under what was said of all. Client ids, because a person can
 * change names (R9).
 */
import { unreachable } from "../assert.ts";
import type { ClientId } from "../identity.ts";
import { kolkataText, type UnixMs } from "../time.ts";

export type HaltScope =
  | { readonly of: "all" }
  /** As a leader: all copies of him. As a follower: all copies into the account. */
  | { readonly of: "account"; readonly account: ClientId }
  | { readonly of: "follower"; readonly follower: ClientId }
  | { readonly of: "copy"; readonly leader: ClientId; readonly follower: ClientId };

export interface Halt {
  readonly says: "halt";
  readonly over: HaltScope;
  readonly at: UnixMs;
  /** `stranger`: an order with our mark that this journal did not send (R12). */
  readonly by: "operator" | "stranger";
  /** Of a stranger, the sentence that says what was seen. */
  readonly why: string | undefined;
}

export interface Resume {
  readonly says: "resume";
  readonly over: HaltScope;
  readonly at: UnixMs;
}

export type HaltWord = Halt | Resume;

export interface CopyEnds {
  readonly leader: ClientId;
  readonly follower: ClientId;
}

/** Why a copy opens nothing; undefined: it does. */
export function haltOf(words: readonly HaltWord[], copy: CopyEnds): Halt | undefined {
  const last = words.findLast(({ over }) => covers(over, { of: "copy", ...copy }));
  return last?.says === "halt" ? last : undefined;
}

/** After one more word. Earlier ones that it leaves nothing of are dropped; of halts, only those of the same origin, so that no reason is lost. */
export function afterWord(words: readonly HaltWord[], word: HaltWord): readonly HaltWord[] {
  const kept = words.filter((one) => !covers(word.over, one.over) || (word.says === "halt" && one.says === "halt" && one.by !== word.by));
  return word.says === "resume" && !kept.some(({ says }) => says === "halt") ? [] : [...kept, word];
}

/** Whether saying it would change nothing: every copy in the scope, known or to come, stands so already. */
export function isSaid(words: readonly HaltWord[], { says, over }: Pick<HaltWord, "says" | "over">): boolean {
  for (const one of words.toReversed()) {
    if (!overlap(one.over, over)) continue;
    if (one.says !== says) return false;
    if (covers(one.over, over)) return true;
  }
  return says === "resume";
}

/** Whether the account is halted for a stranger's order, and no part of that was lifted since. */
export function isHaltedForStranger(words: readonly HaltWord[], follower: ClientId): boolean {
  const over: HaltScope = { of: "follower", follower };
  const last = words.findLast((one) => (one.says === "resume" ? overlap(one.over, over) : one.by === "stranger" && covers(one.over, over)));
  return last?.says === "halt";
}

/** Why an entry through this copy is refused, in words. */
export function haltSentence({ over, at, why }: Halt, copy: CopyEnds): string {
  return why ?? `the operator halted the entries of ${scopeWords(over, copy)} at ${kolkataText(at)}`;
}

function scopeWords(over: HaltScope, { leader }: CopyEnds): string {
  switch (over.of) {
    case "all":
      return "all copies";
    case "account":
      return over.account === leader ? "all copies of this leader" : "all copies into this account";
    case "follower":
      return "all copies into this account";
    case "copy":
      return "this copy";
    default:
      return unreachable(over);
  }
}

/** Every copy in `part` is in `whole`. */
function covers(whole: HaltScope, part: HaltScope): boolean {
  switch (whole.of) {
    case "all":
      return true;
    case "account":
      if (part.of === "account") return part.account === whole.account;
      return (part.of !== "all" && part.follower === whole.account) || (part.of === "copy" && part.leader === whole.account);
    case "follower":
      return (part.of === "follower" || part.of === "copy") && part.follower === whole.follower;
    case "copy":
      return part.of === "copy" && part.leader === whole.leader && part.follower === whole.follower;
    default:
      return unreachable(whole);
  }
}

/** There is a copy in both, or there may come to be one: between any two accounts a copy is possible. */
function overlap(a: HaltScope, b: HaltScope): boolean {
  if (covers(a, b) || covers(b, a)) return true;
  return a.of === "account" || b.of === "account" ? !(a.of === "copy" || b.of === "copy") : false;
}
