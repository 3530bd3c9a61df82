/** A notice as the channels carry it: JSON for a webhook, a text for a person's telephone. */
import { kolkataClock, kolkataIso } from "../kolkata-time.ts";
import type { Notice } from "./alert.ts";
import type { Parcel } from "./delivery.ts";

/** What the Bot API takes in one message. */
export const TELEGRAM_CHARACTERS_MAX = 4_096;
const LINE_BREAK = "\n\n";

/** One notice, as docs/alerts.md describes it. Members that do not apply are null. */
export function webhookBody([{ state, at, alert }]: readonly [Notice, ...Notice[]], lost: number): Parcel {
  const { severity, code, account = null, copy = null, order = null, message, since, count } = alert;
  const body = { severity, code, account, copy, order, message, at: kolkataIso(at), state, since: kolkataIso(since), count, lost };
  return { payload: JSON.stringify(body), notices: 1 };
}

/** As many notices as one message holds. */
export function telegramText(notices: readonly [Notice, ...Notice[]], lost: number): Parcel {
  let text = lost === 0 ? "" : `${lost} earlier alerts could not be delivered and were let go of; the log has them.`;
  let packed = 0;
  for (const notice of notices) {
    const next = text === "" ? noticeText(notice) : `${text}${LINE_BREAK}${noticeText(notice)}`;
    if (next.length > TELEGRAM_CHARACTERS_MAX && packed > 0) break;
    text = next;
    packed += 1;
  }
  return { payload: cut(text), notices: packed };
}

const STATE_WORDS = { raised: "", repeated: "again: ", over: "OVER: ", test: "" } as const;

/** `CRITICAL TOKEN_DEAD arjun 09:15:02` and the sentence below it. */
function noticeText({ state, at, alert }: Notice): string {
  const { severity, code, account, copy, order, message } = alert;
  const place = [copy ?? account, ...(order === undefined ? [] : [`order ${order}`])].filter((part) => part !== undefined).join(", ");
  const title = [`${STATE_WORDS[state]}${severity.toUpperCase()}`, code, ...(place === "" ? [] : [place])].join(" ");
  return `${title} (${kolkataClock(at).slice(0, "09:15:02".length)})\n${message}`;
}

function cut(text: string): string {
  return text.length <= TELEGRAM_CHARACTERS_MAX ? text : `${text.slice(0, TELEGRAM_CHARACTERS_MAX - 1)}…`;
}
