/** What an owner says of every order that he places from Dhan's web or app, of whatever family. */
import { z } from "zod";

export const OWNERS_ORDER = {
  clientId: z.string(),
  /** The platform: `W` web, `T`, `N` others, `P` the API (then market orders are protected). */
  source: z.string().default("W"),
  transactionType: z.enum(["BUY", "SELL"]),
  exchangeSegment: z.string(),
  securityId: z.string(),
};
