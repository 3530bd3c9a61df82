/** The points of Dhan's wire on which sources differ or are silent (reference 11), each a switch that can be thrown while it runs. */
export interface Dialect {
  /** Keys inside a frame's `Data` (reference 4.2). `mixed` is the documentation's sample: both casings in one object. */
  readonly casing: "camel" | "pascal" | "mixed";
  /** The stream's word for an execution that leaves something open (reference 4.4). */
  readonly partialFill: "Part-Traded" | "Part_Traded" | "Traded" | "Pending";
  /** Whether frames carry `correlationId` at all: recordings of 2025 do not. */
  readonly correlationId: "present" | "absent";
  /** Whether a frame tells that an order is in TRANSIT. */
  readonly transitFrames: "sent" | "skipped";
  /** The stream's words for an after-market order that waits. */
  readonly afterMarket: "Pending" | "O-Pending";
  /** Shape of `GET /orders/{id}` (reference 2: seen as a one-element array, documented as an object). */
  readonly orderById: "array" | "object";
  readonly orderByCorrelation: "array" | "object";
  /** Whether a leg of a super order shows its own number or its entry's (reference 3.1). */
  readonly superLegIds: "own" | "parent";
  /** Where forever orders are listed: sources name two paths; or nowhere, at a broker who has none (reference 3.2). */
  readonly foreverList: "orders" | "all" | "none";
  /** The answer to a correlation id that nobody knows (reference 10.4). */
  readonly correlationMiss: "DH-905" | "DH-906" | "DH-907" | "404" | "empty";
  /** What a dead token gets on REST (reference 12, 3). */
  readonly deadToken: "DH-901" | "DH-906";
  /** What a dead token gets on the stream before the connection drops (reference 4.1). */
  readonly deadStream: "nothing" | "five-bytes";
}

export const DEFAULT_DIALECT: Dialect = {
  casing: "camel",
  partialFill: "Part-Traded",
  correlationId: "present",
  transitFrames: "skipped",
  afterMarket: "Pending",
  orderById: "array",
  orderByCorrelation: "object",
  superLegIds: "own",
  foreverList: "orders",
  correlationMiss: "DH-907",
  deadToken: "DH-901",
  deadStream: "nothing",
};
