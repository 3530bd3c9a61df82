/** Says once what an account's owner has converted to another product, and once where an exit was sent in the product that it had left. */
import { type Book, followerBook, type HoldingKey, holdingKey, ledgerOf, splitHolding } from "../domain/book/book.ts";
import { crossed } from "../domain/book/conversions.ts";
import type { ClientId } from "../domain/identity.ts";
import { type InstrumentKey, instrumentText } from "../domain/instrument.ts";
import type { Conversion, CopyConversion } from "../domain/position/conversion.ts";
import type { BookRecord } from "../domain/records.ts";
import type { Note, Parties } from "./parties.ts";

export interface ConversionNotesOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly noted: (note: Note) => void;
}

export class ConversionNotes {
  readonly #options: ConversionNotesOptions;
  /** Units that are held crosswise and that were told of, by leader and holding. */
  readonly #told = new Map<string, number>();

  /** What a process before this one has said is not said again. */
  constructor(options: ConversionNotesOptions) {
    this.#options = options;
    for (const id of options.parties.followers) this.#lookAll(id, () => {});
  }

  /** Looks at what these records, durable by now, tell. */
  recorded(records: readonly BookRecord[]): void {
    for (const record of records) {
      if (record.type === "leader-positions-read") for (const conversion of record.converted ?? []) this.#leaderConverted(record.leader, conversion);
      if (record.type === "follower-positions-read") for (const conversion of record.converted ?? []) this.#converted(record.follower, conversion);
      if (record.type === "follower-positions-read" || record.type === "follower-order-reported")
        this.#lookAll(record.follower, (message) => this.#note("critical", "POSITION_CROSSED", record.follower, message));
    }
  }

  #leaderConverted(id: ClientId, { instrument, from, to, units, toldBy }: Conversion): void {
    const were = toldBy === undefined ? "were converted" : "count as converted";
    const because = toldBy === undefined ? "" : `, because his order ${toldBy} rests for more than he holds in ${from}`;
    const what = `${unitsWords(units)} of ${instrumentText(instrument)} ${were} from ${from} to ${to} in the leader's account${because}`;
    this.#note(
      "warning",
      "POSITION_CONVERTED",
      id,
      `${what}; his way out is followed in either; what his followers hold stays in the product that it was bought in`,
    );
  }

  #converted(id: ClientId, { leader, instrument, kept, from, to, units }: CopyConversion): void {
    const name = this.#nameOf(id, instrument, holdingKey(instrument, kept));
    // He may be followed no more.
    const leaderName = this.#options.parties.copyOf({ leader, follower: id })?.policy.leader ?? leader;
    const what = `${unitsWords(units)} of ${name}, copied from ${leaderName}, were converted from ${from} to ${to}`;
    this.#note("warning", "POSITION_CONVERTED", id, `${what}; their exit goes out in ${to}`);
  }

  #lookAll(id: ClientId, tell: (message: string) => void): void {
    const follower = followerBook(this.#options.book, id);
    for (const [leader, its] of follower.ledgers) {
      for (const [holding, { elsewhere }] of its) {
        const name = `${id} ${leader} ${holding}`;
        if (elsewhere === undefined && !this.#told.has(name)) continue;
        const { product } = splitHolding(holding);
        const cross = crossed(ledgerOf(follower, leader, holding), product);
        const before = this.#told.get(name) ?? 0;
        if (cross === undefined) this.#told.delete(name);
        else this.#told.set(name, cross.units);
        if (cross === undefined || cross.units <= before) continue;
        const { short, long, units } = cross;
        const contract = follower.contracts.get(holding)?.displayName ?? splitHolding(holding).contract;
        tell(
          `${units} units of ${contract} are short in ${short} and as many long in ${long}: an exit was sent before it was known that they had been converted, or two have filled together; convert them back in Dhan's app, or close both`,
        );
      }
    }
  }

  #nameOf(id: ClientId, instrument: InstrumentKey, holding: HoldingKey): string {
    return followerBook(this.#options.book, id).contracts.get(holding)?.displayName ?? instrumentText(instrument);
  }

  #note(level: Note["level"], code: "POSITION_CONVERTED" | "POSITION_CROSSED", id: ClientId, message: string): void {
    const { parties, noted } = this.#options;
    noted({ level, code, account: parties.account(id).name, message });
  }
}

function unitsWords(units: number): string {
  return units < 0 ? `${-units} units held short` : `${units} units`;
}
