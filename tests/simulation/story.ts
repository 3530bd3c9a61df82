/** The whole story of one mirror, as the exchange, the wire and the journal tell it, in order of time: what a failure prints. */
import type { Kept } from "./auditor/evidence.ts";
import { stemIn } from "./auditor/mark.ts";
import type { OrderVersion } from "./auditor/observed.ts";
import type { Stage } from "./world/stage.ts";

interface Line {
  readonly at: number;
  readonly text: string;
}

export function storyOf({ auditor, disk, world: w }: Stage, stem: string): string {
  const { evidence } = auditor;
  const cause = evidence.causeOf(stem);
  const ours = evidence.ofStem(stem);
  const marks = new Set([...ours.map(({ orderId }) => orderId), cause?.leaderOrder?.orderId]);
  const lines: Line[] = [...(cause?.leaderOrder === undefined ? [] : [cause.leaderOrder]), ...ours].flatMap((order) => versions(order));
  for (const { at, account, method, path, body } of auditor.wire.writes)
    if (marks.has(path.split("/").at(-1)) || stemIn(String(body["correlationId"])) === stem)
      lines.push({ at, text: `${account} sends ${method} ${path} ${sizes(body)}` });
  const origin = w.time.now() - w.time.elapsed();
  let mirror: unknown;
  for (const { record } of disk.reader().read()) {
    const line: Readonly<Record<string, unknown>> = record;
    if (line["stem"] === stem) mirror = line["mirror"];
    const isStart = record.type === "engine-started" || record.type === "day-turned";
    const report = line["report"] as { orderId?: string; source?: unknown; filled?: number; status?: string } | undefined;
    const isReport = report?.orderId !== undefined && marks.has(report.orderId);
    if (!isStart && !isReport && (mirror === undefined || line["mirror"] !== mirror)) continue;
    const { type, at, follower: _, mirror: __, ...rest } = line;
    const { role, late } = line;
    const text =
      type === "mirror-opened"
        ? `${JSON.stringify(role)}${late === true ? ", late" : ""}`
        : isReport
          ? `${report?.orderId} ${JSON.stringify(report?.source)} ${report?.status} filled ${report?.filled}`
          : JSON.stringify(rest);
    lines.push({ at: Number(at) - origin, text: `journal: ${String(type)} ${text.slice(0, LINE_MAX)}` });
  }
  const title =
    cause === undefined
      ? stem
      : `${stem}, copy ${cause.copy.id} (${cause.copy.capital === undefined ? `${cause.copy.numerator}/${cause.copy.denominator}` : "by capital"} ${cause.copy.rounding})`;
  return [title, ...lines.sort((a, b) => a.at - b.at).map(({ at, text }) => `${String(Math.round(at)).padStart(8)} ms  ${text}`)].join("\n");
}

/** What happened to both sides of the copy in the same contract and product, beside the mirror itself: where an exit fails, another took its part. */
export function besides({ auditor: { evidence } }: Stage, stem: string): string {
  const cause = evidence.causeOf(stem);
  const first = cause?.leaderOrder ?? evidence.ofStem(stem)[0];
  const holding = first?.versions[0]?.version.holding;
  if (cause === undefined || holding === undefined) return "";
  const { leader, follower } = cause.copy;
  const held = evidence.held.of(`${leader}>${follower}:${holding}`);
  const leaders = evidence.held.of(`${leader}:${holding}`);
  return [...evidence.orders()]
    .filter(({ account, versions: [one] }) => (account === leader || account === follower) && one?.version.holding === holding)
    .flatMap((order) => order.versions.map(({ at, version }) => ({ at, order, version })))
    .sort((a, b) => a.at - b.at)
    .map(({ at, order, version }) => {
      const whose = order.account === leader ? "leader  " : order.stem === undefined ? "owner   " : `${order.stem.slice(3, 9)}  `;
      const [of] = [...evidence.causes()].flatMap(([one, { leaderOrder }]) => (one === order.stem ? [leaderOrder?.orderId ?? "of its own"] : []));
      return `${String(Math.round(at)).padStart(8)} ms  leader ${String(leaders.at(at)).padStart(5)} copy ${String(held.at(at)).padStart(5)}  ${whose}${words(version)}${of === undefined ? "" : `, for ${of}`}`;
    })
    .join("\n");
}

const LINE_MAX = 300;

function versions(order: Kept): readonly Line[] {
  const whose = order.stem === undefined ? "leader's" : "follower's";
  const seen = order.firstToldAt === undefined ? [] : [{ at: order.firstToldAt, text: `the copier is first told of ${order.orderId}` }];
  return [...order.versions.map(({ at, version }) => ({ at, text: `exchange: ${whose} ${words(version)}` })), ...seen];
}

function words({ orderId, side, type, validity, quantity, price, trigger, filled, status }: OrderVersion): string {
  return `${orderId} ${status}: ${side} ${type} ${validity} ${quantity} at ${price / 10_000}${trigger === 0 ? "" : `, trigger ${trigger / 10_000}`}, filled ${filled}`;
}

function sizes(body: Readonly<Record<string, unknown>>): string {
  return ["correlationId", "transactionType", "orderType", "quantity", "price", "triggerPrice"]
    .flatMap((key) => (body[key] === undefined ? [] : [`${key} ${String(body[key])}`]))
    .join(", ");
}
