/** What a person is told of conversions. */
import { expect, test } from "vitest";
import { emptyBook, followerBook, getOrAdd, holdingKey } from "../domain/book/book.ts";
import { accountId, clientId } from "../domain/identity.ts";
import { OPTION, second } from "../domain/order/example.ts";
import { ConversionNotes } from "./conversion-notes.ts";
import { type EngineAccount, type Note, Parties } from "./parties.ts";

const FORMER = clientId("1000000001");
const ARJUN = clientId("1000000002");
const KEY = holdingKey(OPTION, "INTRADAY");

function notesOf(): { readonly book: ReturnType<typeof emptyBook>; readonly notes: ConversionNotes; readonly said: Note[] } {
  const book = emptyBook();
  const said: Note[] = [];
  const account = { name: accountId("arjun"), clientId: ARJUN } as EngineAccount;
  const notes = new ConversionNotes({ book, parties: new Parties([account], []), noted: (note) => said.push(note) });
  return { book, notes, said };
}

test("what was copied from a leader who is followed no more is told of like any other", () => {
  const { notes, said } = notesOf();
  const converted = [{ leader: FORMER, instrument: OPTION, kept: "INTRADAY", from: "INTRADAY", to: "MARGIN", units: 75 }] as const;
  notes.recorded([{ type: "follower-positions-read", at: second(0), follower: ARJUN, positions: [], converted }]);
  expect(said).toMatchObject([{ level: "warning", code: "POSITION_CONVERTED", account: "arjun" }]);
  expect(said[0]?.message).toContain(`copied from ${FORMER}`);
});

test("what is held crosswise is told once, and again when it is more", () => {
  const { book, notes, said } = notesOf();
  const ledgers = getOrAdd(followerBook(book, ARJUN).ledgers, FORMER, () => new Map());
  const read = (): void => notes.recorded([{ type: "follower-positions-read", at: second(0), follower: ARJUN, positions: [] }]);
  for (const units of [75, 75, 150, 75, 150]) {
    ledgers.set(KEY, { net: 0, flipped: 0, elsewhere: { MARGIN: units } });
    read();
  }
  ledgers.set(KEY, { net: 0, flipped: 0 });
  read();
  expect(said.map(({ code, level }) => `${level} ${code}`)).toEqual(Array.from({ length: 3 }, () => "critical POSITION_CROSSED"));
});
