/** What a person orders, and which copies open nothing after it (R23). */
import { describe, expect, test } from "vitest";
import { apply } from "../book/apply.ts";
import { type Book, emptyBook } from "../book/book.ts";
import { accountId, type ClientId, clientId, copyId } from "../identity.ts";
import { second } from "../order/example.ts";
import { answer, type CastCopy, type NamedScope, type OperatorCommand } from "./answer.ts";
import { haltOf, haltSentence, isHaltedForStranger } from "./halt.ts";

const meera = { name: accountId("meera"), clientId: clientId("1000000001") };
const arjun = { name: accountId("arjun"), clientId: clientId("1000000002") };
const kabir = { name: accountId("kabir"), clientId: clientId("1000000003") };
const devi = { name: accountId("devi"), clientId: clientId("1000000004") };
/** Meera leads Arjun and Kabir; Devi leads Arjun. */
const CAST: readonly CastCopy[] = [
  { copy: copyId("meera-arjun"), leader: meera, follower: arjun },
  { copy: copyId("meera-kabir"), leader: meera, follower: kabir },
  { copy: copyId("devi-arjun"), leader: devi, follower: arjun },
];
const ALL: NamedScope = { of: "all" };
const copy = (name: string): NamedScope => ({ of: "copy", name });
const account = (name: string): NamedScope => ({ of: "account", name });

/** Gives the commands one after another; answers the book. */
function given(...commands: readonly (readonly [OperatorCommand["command"], NamedScope] | { readonly stranger: ClientId })[]): Book {
  const book = emptyBook();
  for (const [index, one] of commands.entries()) {
    if ("stranger" in one) {
      apply(book, { type: "entries-halted", at: second(index), follower: one.stranger, why: "a stranger's order" });
      continue;
    }
    const answered = answer(book, CAST, { command: one[0], over: one[1] }, second(index));
    if (answered.answer !== "done") throw new Error(`refused: ${answered.name}`);
    for (const record of answered.records) apply(book, record);
  }
  return book;
}

/** The names of the copies that open nothing. */
const halted = ({ halts }: Book): readonly string[] =>
  CAST.filter(({ leader, follower }) => haltOf(halts, { leader: leader.clientId, follower: follower.clientId }) !== undefined).map((one) => one.copy);

describe("a halt", () => {
  test("without a name is over all copies, and over those that the configuration gets later", () => {
    const book = given(["halt", ALL]);
    expect(halted(book)).toEqual(["meera-arjun", "meera-kabir", "devi-arjun"]);
    expect(haltOf(book.halts, { leader: kabir.clientId, follower: devi.clientId })).toBeDefined();
  });

  test("of a leader's account is over all copies of him, of a follower's over all copies into it, of a copy over that one", () => {
    expect(halted(given(["halt", account("meera")]))).toEqual(["meera-arjun", "meera-kabir"]);
    expect(halted(given(["halt", account("arjun")]))).toEqual(["meera-arjun", "devi-arjun"]);
    expect(halted(given(["halt", copy("meera-kabir")]))).toEqual(["meera-kabir"]);
  });

  test("is kept under client ids, so that a copy or an account with another name stays halted (R9)", () => {
    const answered = answer(emptyBook(), CAST, { command: "halt", over: copy("meera-arjun") }, second(0));
    expect(answered).toEqual({
      answer: "done",
      records: [{ type: "operator-halted", at: second(0), over: { of: "copy", leader: meera.clientId, follower: arjun.clientId } }],
    });
  });

  test("that changes nothing is no record", () => {
    for (const over of [ALL, account("meera"), copy("meera-arjun")]) {
      expect(answer(given(["halt", ALL]), CAST, { command: "halt", over }, second(9))).toEqual({ answer: "done", records: [] });
      expect(answer(emptyBook(), CAST, { command: "resume", over }, second(9))).toEqual({ answer: "done", records: [] });
    }
    expect(given(["halt", copy("meera-arjun")], ["halt", ALL], ["resume", ALL]).halts).toEqual([]);
  });

  test("after a part was resumed takes that part again", () => {
    expect(halted(given(["halt", ALL], ["resume", copy("meera-arjun")], ["halt", ALL]))).toHaveLength(3);
    expect(halted(given(["halt", account("arjun")], ["resume", copy("meera-arjun")], ["halt", account("meera")]))).toHaveLength(3);
  });
});

describe("a resume", () => {
  test("of one copy leaves the others halted, and the last word counts", () => {
    expect(halted(given(["halt", ALL], ["resume", copy("meera-arjun")]))).toEqual(["meera-kabir", "devi-arjun"]);
    expect(halted(given(["halt", copy("meera-arjun")], ["halt", ALL], ["resume", ALL]))).toEqual([]);
    expect(halted(given(["halt", ALL], ["resume", account("arjun")], ["halt", copy("devi-arjun")]))).toEqual(["meera-kabir", "devi-arjun"]);
  });

  test("lifts what a stranger's order halted too (R12), where it reaches", () => {
    expect(halted(given({ stranger: arjun.clientId }))).toEqual(["meera-arjun", "devi-arjun"]);
    expect(halted(given({ stranger: arjun.clientId }, ["resume", account("arjun")]))).toEqual([]);
    expect(halted(given({ stranger: arjun.clientId }, ["resume", copy("devi-arjun")]))).toEqual(["meera-arjun"]);
    expect(halted(given({ stranger: arjun.clientId }, ["resume", account("kabir")]))).toEqual(["meera-arjun", "devi-arjun"]);
  });
});

test("the reason of a stranger's halt is not lost when the operator halts as well; once a part is lifted the next stranger halts anew", () => {
  const both = given({ stranger: arjun.clientId }, ["halt", account("meera")]);
  expect(isHaltedForStranger(both.halts, arjun.clientId)).toBe(true);
  expect(isHaltedForStranger(both.halts, kabir.clientId)).toBe(false);
  expect(isHaltedForStranger(given({ stranger: arjun.clientId }, ["resume", copy("devi-arjun")]).halts, arjun.clientId)).toBe(false);
});

test("a name that nobody bears is refused with those that there are", () => {
  expect(answer(emptyBook(), CAST, { command: "halt", over: copy("meera-devi") }, second(0))).toEqual({
    answer: "unknown-name",
    of: "copy",
    name: "meera-devi",
    known: ["meera-arjun", "meera-kabir", "devi-arjun"],
  });
  expect(answer(emptyBook(), CAST, { command: "resume", over: account("ravi") }, second(0))).toMatchObject({
    answer: "unknown-name",
    known: ["meera", "arjun", "kabir", "devi"],
  });
});

test("the sentence of a halt says whose entries are halted, and since when", () => {
  const words = (over: NamedScope): string => {
    const ends = { leader: meera.clientId, follower: arjun.clientId };
    const halt = haltOf(given(["halt", over]).halts, ends);
    return halt === undefined ? "" : haltSentence(halt, ends);
  };
  expect([ALL, account("meera"), account("arjun"), copy("meera-arjun")].map(words)).toEqual([
    "the operator halted the entries of all copies at 2026-11-20 10:00:00",
    "the operator halted the entries of all copies of this leader at 2026-11-20 10:00:00",
    "the operator halted the entries of all copies into this account at 2026-11-20 10:00:00",
    "the operator halted the entries of this copy at 2026-11-20 10:00:00",
  ]);
});
