/** A position of a copied contract of which no ledger knows all, and the owner's known trades explain the rest no more than the copies do. */
import type { InstrumentKey } from "../instrument.ts";
import type { Product } from "../order/terms.ts";

export interface Unexplained {
  readonly instrument: InstrumentKey;
  readonly product: Product;
  /** Signed units at the broker. */
  readonly units: number;
  /** Of them, what the copies hold, in whose ledgers ever it stands. */
  readonly copied: number;
  /** And what was known as the owner's. */
  readonly own: number;
}
