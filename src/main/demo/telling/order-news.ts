/** What a report of an order tells that the one before it did not: the line of it, without who it is about. */
import { unreachable } from "../../../domain/assert.ts";
import { priceText } from "../../../domain/money.ts";
import type { OrderReport, ReportedStatus } from "../../../domain/order/report.ts";
import { isStop, normalised, sameTerms } from "../../../domain/order/terms.ts";
import type { Line } from "./line.ts";
import { partWords, sideVerb, sizeWords, termsWords } from "./order-words.ts";

export type News = Pick<Line, "what" | "size" | "text" | "tone"> & { readonly about: "new" | "fill" | "end" | "change" };

/** Undefined: nothing that a person would call news. */
export function orderNews(before: OrderReport | undefined, report: OrderReport, contract: { readonly name: string; readonly lot: number }): News | undefined {
  if (before === undefined) return firstNews(report, contract);
  const { terms, filled } = report;
  if (filled > before.filled) {
    const text = `at ${priceText(report.averagePrice)}${filled - before.filled === filled ? "" : ` on average`}`;
    return { about: "fill", what: "filled", size: partWords(filled, terms.quantity, contract.lot), text, tone: "filled" };
  }
  const end = endWord(report.status);
  if (end !== undefined && endWord(before.status) === undefined && filled < terms.quantity) {
    return {
      about: "end",
      what: end,
      size: filled === 0 ? "" : partWords(filled, terms.quantity, contract.lot),
      text: endText(report),
      tone: report.status === "REJECTED" ? "refused" : "calm",
    };
  }
  if (end !== undefined || sameTerms(normalised(before.terms), normalised(terms))) return undefined;
  const triggered = isStop(before.terms.type) && !isStop(terms.type) && report.status !== "MODIFIED";
  return {
    about: "change",
    what: triggered ? "triggered" : "changes",
    size: sizeWords(terms.quantity, contract.lot),
    text: termsWords(normalised(terms)),
    tone: "calm",
  };
}

function firstNews(report: OrderReport, { name, lot }: { readonly name: string; readonly lot: number }): News {
  const { contracted, terms, filled } = report;
  const wants = [
    name,
    termsWords(normalised(terms)),
    ...(contracted.product === "INTRADAY" ? [] : [contracted.product]),
    ...(contracted.afterMarket ? ["after-market"] : []),
  ];
  const end = endWord(report.status);
  const came = [...(filled === 0 ? [] : [`${partWords(filled, terms.quantity, lot)} filled already`]), ...(end === undefined ? [] : [`${end} already`])];
  const reason = report.status === "REJECTED" ? [withoutPrefix(report.reason)] : [];
  return {
    about: "new",
    what: report.status === "REJECTED" ? "rejected" : sideVerb(contracted.side),
    size: sizeWords(terms.quantity, lot),
    text: [...wants, ...(report.status === "REJECTED" ? reason : came)].join(", "),
    tone: report.status === "REJECTED" ? "refused" : "calm",
  };
}

function endWord(status: ReportedStatus): string | undefined {
  switch (status) {
    case "CANCELLED":
      return "cancelled";
    case "REJECTED":
      return "rejected";
    case "EXPIRED":
      return "expired";
    case "TRANSIT":
    case "PENDING":
    case "MODIFIED":
    case "PART_TRADED":
    case "TRADED":
      return undefined;
    default:
      return unreachable(status);
  }
}

function endText({ status, reason }: OrderReport): string {
  return status === "REJECTED" ? withoutPrefix(reason) : "";
}

/** Dhan writes `RMS:<order>:` before the reason (reference 2.6). */
export function withoutPrefix(reason: string): string {
  return reason.replace(/RMS:\d+:\s*/, "");
}
