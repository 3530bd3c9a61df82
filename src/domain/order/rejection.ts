/**
 * What a broker's or an exchange's free text on a rejection means. The texts come on the order stream and in the book
 * (`RMS:<order>:<text>`, reference 2.6) and in the answers of refused requests (reference 10.4). The wording is nobody's
 * contract: a text that fits no row is an ordinary refusal, and nothing is sent again for it.
 */
import type { RefusalCode } from "./refusal.ts";

/** The first row that fits decides, so the order of the rows counts. */
export const REJECTION_TEXTS: readonly { readonly says: RegExp; readonly code: RefusalCode; readonly seenAs: string }[] = [
  {
    says: /insufficient|fund limit|margin shortfall|shortfall|add funds|required margin|margin exceed/i,
    code: "MARGIN_SHORT",
    seenAs: "You have insufficient funds. Please add Rs.23.67 to trade.",
  },
  {
    says: /circuit|price band|price range|\blpp\b|price protection|execution range|(outside|out of|beyond)\b.*\b(range|band|limit)/i,
    code: "PRICE_OUTSIDE_BAND",
    seenAs: "Price is outside the circuit limit range",
  },
  {
    says: /market (is )?(closed?|not open)|(outside|beyond|after) (market|trading) hours|session (is )?closed|exchange (is )?closed/i,
    code: "MARKET_CLOSED",
    seenAs: "Market is Closed! You cannot modify/cancel an order now.",
  },
  { says: /trigger/i, code: "TRIGGER_CROSSED", seenAs: "Trigger Price should be greater than Price" },
  {
    says: /modif\w*.*(limit|maximum|exceed|more than)|(limit|maximum|exceed|more than).*modif/i,
    code: "MODIFICATION_CAP",
    seenAs: "Maximum number of modifications exceeded",
  },
  {
    says: /nothing to (cancel|modify)|not (an )?open|no longer open|already (been )?(traded|executed|filled|cancel|reject|complete)/i,
    code: "NOT_OPEN",
    seenAs: "Nothing to Cancel . ",
  },
  { says: /no such order|order.*(not found|does not exist)|invalid order ?(id|no|number)/i, code: "NOT_FOUND", seenAs: "Order not found" },
];

/** The class of a rejection by its text; `ORDER_REFUSED` for what no row knows, the empty text included. */
export function classifyReason(text: string): RefusalCode {
  return REJECTION_TEXTS.find((row) => row.says.test(text))?.code ?? "ORDER_REFUSED";
}
