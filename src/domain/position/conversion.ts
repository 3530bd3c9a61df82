/** A position that its owner has converted to another product: without an order and without a trade (reference 6.3). */
import type { ClientId, OrderId } from "../identity.ts";
import type { InstrumentKey } from "../instrument.ts";
import type { Product } from "../order/terms.ts";

/** Units of a position, signed as it is, that are in another product now. */
export interface Conversion {
  readonly instrument: InstrumentKey;
  readonly from: Product;
  readonly to: Product;
  readonly units: number;
  /** No reading has told it: this order of his rests for what its product holds no more, and another does. */
  readonly toldBy?: OrderId;
}

/** The same of what a copy holds. */
export interface CopyConversion extends Conversion {
  readonly leader: ClientId;
  /** The product under which the copy keeps it: the leader's. */
  readonly kept: Product;
}
