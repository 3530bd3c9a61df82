/**
 * What may stand in `lockstep.yaml` in this version, with its defaults (design section 6). The names are a contract with
 * people's files: they never change. `schema/lockstep.schema.json` is printed from here, `docs/configuration.md` explains
 * it, and what the contract names but this version lacks is listed in `unavailable.ts`.
 */
import { z } from "zod";
import { KINDS, SEGMENTS } from "../domain/instrument.ts";
import { PRODUCTS } from "../domain/order/terms.ts";
import { ROUNDINGS } from "../domain/policy.ts";
import {
  address,
  duration,
  exactAddress,
  listOf,
  oneOf,
  only,
  pathOrAddress,
  percent,
  rupees,
  sizeRatio,
  text,
  textLike,
  timeWindow,
  wholeNumber,
  yesOrNo,
} from "./values.ts";

const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/;
const nameWords = "a name of up to 40 letters, digits, dots, dashes and underscores";
const name = (whose: string) => textLike(NAME, nameWords).meta({ description: `The name of the ${whose}.` });

const hostWords = "a host name or an address to listen on, without brackets or a port";
const server = z
  .strictObject(
    {
      host: text(hostWords)
        .refine((host) => URL.canParse(`http://${host.includes(":") ? `[${host}]` : host}`), { error: hostWords })
        .default("127.0.0.1")
        .meta({ description: "Where Lockstep listens. Whoever reaches it can read and, later, steer." }),
      port: wholeNumber({ from: 0, to: 65535 }).default(8420).meta({ description: "The port it listens on; 0 takes a free one." }),
    },
    { error: "a mapping with host and port" },
  )
  .prefault({});

const dhan = z
  .strictObject(
    {
      rest: address("http").prefault("https://api.dhan.co/v2").meta({ description: "Dhan's REST interface." }),
      auth: address("http").prefault("https://auth.dhan.co").meta({ description: "Where tokens are made. Not active yet." }),
      orderUpdates: address("ws").prefault("wss://api-order-update.dhan.co").meta({ description: "Dhan's order stream." }),
      instruments: pathOrAddress("a path to Dhan's instrument file, or the address that it is fetched from every day")
        .default("./scrip-master.csv")
        .meta({ description: "Dhan's instrument file, compact or detailed: a path, or an address (http, https) that it is fetched from every day." }),
      requestTimeout: duration().prefault("3s").meta({ description: "After this, the outcome of a request is unknown and is looked up." }),
      lookupGrace: duration().prefault("5s").meta({ description: "How long the broker's books may lag behind what it accepted." }),
      lookback: duration().prefault("1d").meta({ description: "At the first start: how far back the books are taken." }),
    },
    { error: "a mapping of Dhan's endpoints and patience" },
  )
  .prefault({});

/** Never the secret itself. */
const secret = (what: string, description: string) =>
  z
    .union(
      [
        z.strictObject({
          env: textLike(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/, "the name of an environment variable").meta({
            description: `The environment variable that holds the ${what}.`,
          }),
        }),
        z.strictObject({ file: text(`a path to a file that holds the ${what}`).meta({ description: `The file that holds the ${what}.` }) }),
      ],
      { error: "a reference, { env: NAME } or { file: path }, because secrets never stand in this file" },
    )
    .meta({ description });

const token = secret("access token", "Where the access token is found. Never the token itself.");

const rateLimits = z
  .strictObject(
    {
      perSecond: wholeNumber({ from: 1 }).default(10).meta({ description: "Order requests in any second." }),
      perMinute: wholeNumber({ from: 1 }).default(250).meta({ description: "Order requests in any minute." }),
      perHour: wholeNumber({ from: 1 }).default(1000).meta({ description: "Order requests in any hour." }),
      perDay: wholeNumber({ from: 1 }).default(7000).meta({ description: "Order requests in a day." }),
      modificationsPerOrder: wholeNumber({ from: 1 }).default(25).meta({ description: "Changes of one order." }),
    },
    { error: "a mapping of limits" },
  )
  .prefault({});

const account = z.strictObject(
  {
    id: name("account, used everywhere: copies, logs, interface"),
    clientId: textLike(/^\d{1,20}$/, 'Dhan\'s client id, digits in quotes such as "1000000001"').meta({
      description: "Dhan's number of the account, in quotes.",
    }),
    token,
    broker: only("dhan").default("dhan").meta({ description: "Who holds the account." }),
    rateLimits,
  },
  { error: "an account, a mapping with id, clientId and token" },
);

const sizingBounds = {
  rounding: oneOf(ROUNDINGS).default("down").meta({ description: "Which whole lot a share becomes." }),
  minLots: wholeNumber({ from: 0 }).optional().meta({ description: "An entry below it is refused, never raised. Lots." }),
  maxLots: wholeNumber({ from: 1 }).optional().meta({ description: "An entry above it is capped. Lots." }),
};

const sizing = z
  .discriminatedUnion(
    "mode",
    [
      z.strictObject({ mode: only("ratio"), ratio: sizeRatio().meta({ description: "The follower's size over the leader's." }), ...sizingBounds }),
      z.strictObject({
        mode: only("lots"),
        lots: wholeNumber({ from: 1 }).meta({ description: "Lots of each entry, whatever the leader's size." }),
        ...sizingBounds,
      }),
      z.strictObject({
        mode: only("capital"),
        multiplier: sizeRatio().prefault(1).meta({ description: "Times the follower's total funds over the leader's." }),
        maxRatio: sizeRatio().prefault(1).meta({ description: "The ratio is never above it." }),
        ...sizingBounds,
      }),
    ],
    { error: "a sizing such as { mode: ratio, ratio: 0.5 }, { mode: capital } or { mode: lots, lots: 2 }" },
  )
  .meta({ description: "How large the copy of an entry is. Required." });

const filter = z
  .strictObject(
    {
      kinds: listOf(oneOf(KINDS), "a list of kinds, such as [option]")
        .default(["option"])
        .meta({ description: "Kinds of instrument; an empty list copies all." }),
      segments: listOf(oneOf(SEGMENTS), "a list of segments, such as [NSE_FNO]")
        .default([])
        .meta({ description: "Exchange segments; an empty list copies all." }),
      products: listOf(oneOf(PRODUCTS), "a list of products, such as [MARGIN]").default([]).meta({ description: "Products; an empty list copies all." }),
      sides: listOf(oneOf(["BUY", "SELL"]), "a list of sides, such as [BUY]")
        .default([])
        .meta({ description: "Sides of entries; an empty list copies both." }),
      underlyings: listOf(text("the name of an underlying, such as NIFTY"), "a list of underlyings, such as [NIFTY]")
        .default([])
        .meta({ description: "Underlyings as the exchange names them; an empty list copies all." }),
      window: timeWindow().optional().meta({ description: "The time of day, in India, in which entries are copied." }),
    },
    { error: "a mapping of filters" },
  )
  .prefault({});

const stopMarket = z
  .strictObject(
    {
      as: oneOf(["limit", "pass"]).default("limit").meta({ description: "limit: sent as a stop with a limit; pass: sent unchanged." }),
      buffer: z
        .strictObject(
          {
            options: percent().prefault(10).meta({ description: "Limit beyond the trigger, percent of it, for options." }),
            others: percent().prefault(1).meta({ description: "Limit beyond the trigger, percent of it, for everything else." }),
          },
          { error: "a mapping with options and others, in percent" },
        )
        .prefault({}),
      after: duration().prefault("2s").meta({ description: "An exit stop that triggered and did not fill in this time is re-priced." }),
    },
    { error: "a mapping with as, buffer and after" },
  )
  .prefault({});

const distance = (example: string) => z.union([z.strictObject({ percent: percent() }), z.strictObject({ rupees: rupees() })], { error: example });

const maxSlippage = distance("{ percent: 2 } or { rupees: 3 }")
  .prefault({ percent: 2 })
  .meta({ description: "How far from the price at which the leader has filled an entry may be priced: percent of it, or rupees." });

const exitSlippage = distance("{ percent: 10 } or { rupees: 3 }")
  .prefault({ percent: 10 })
  .meta({ description: "How far from the market an exit may be priced so that it executes: percent of the price, or rupees." });

const afterLeader = duration().prefault("2s").meta({ description: "How long after the leader's fill the follower's order is left to rest." });

const onLeaderFilled = z
  .discriminatedUnion(
    "action",
    [
      z.strictObject({ action: only("leave") }),
      z.strictObject({
        action: only("chase"),
        after: afterLeader,
        maxSlippage: distance("{ percent: 2 } or { rupees: 3 }")
          .optional()
          .meta({ description: "How far from the leader's price an entry is chased; the copy's maxSlippage, unless written." }),
      }),
      z.strictObject({ action: only("cancel"), after: afterLeader }),
    ],
    { error: "an action such as { action: leave }, { action: chase, after: 2s } or { action: cancel, after: 2s }" },
  )
  .prefault({ action: "leave" })
  .meta({ description: "What becomes of a follower's order that still rests when the leader's has filled." });

const slippage = z
  .strictObject(
    {
      percent: percent().prefault(2).meta({ description: "A fill that is worse than the leader's by more raises an alert." }),
      after: duration().prefault("5s").meta({ description: "A fill that is later than the leader's by more raises an alert." }),
    },
    { error: "a mapping with percent and after" },
  )
  .prefault({});

const basket = z
  .strictObject(
    {
      window: duration("none")
        .prefault("2s")
        .meta({ description: "Entries that the leader orders within this time, of one underlying and expiry, are legs of one another. 0s: none are." }),
    },
    { error: "a mapping with window" },
  )
  .prefault({});

const copy = z.strictObject(
  {
    id: name("copy"),
    leader: text("the id of an account").meta({ description: "The id of the account that is copied." }),
    follower: text("the id of an account").meta({ description: "The id of the account that copies." }),
    enabled: yesOrNo().default(true).meta({ description: "A copy that is not enabled is read and checked, and does nothing." }),
    sizing,
    filter,
    maxAge: duration().prefault("5s").meta({ description: "The oldest that an executed leader order may be for its entry still to be sent." }),
    maxSlippage,
    exitSlippage,
    stopMarket,
    amoTime: oneOf(["PRE_OPEN", "OPEN", "OPEN_30", "OPEN_60"]).default("OPEN").meta({ description: "When copies of after-market orders go to the exchange." }),
    onLeaderFilled,
    orphan: oneOf(["report", "exit"]).default("report").meta({ description: "What becomes of what a follower has filled beyond the leader." }),
    forever: oneOf(["report", "copy"]).default("report").meta({
      description:
        "What becomes of a leader's forever orders. report: they are told of and not copied; the orders that they fire are. copy: they are placed at the follower's broker as well; not yet seen on a live account.",
    }),
    squareOff: oneOf(["report", "exit"])
      .default("report")
      .meta({ description: "What becomes of a copied intraday position that the follower's broker has not squared off 5 minutes after the leader's." }),
    slippage,
    basket,
    modificationCap: oneOf(["replace", "refuse"])
      .default("replace")
      .meta({ description: "A change beyond rateLimits.modificationsPerOrder. replace: the order is cancelled and placed anew; refuse: it stays as it is." }),
    marketClosed: oneOf(["warn", "refuse", "amo"])
      .default("warn")
      .meta({ description: "An entry while its market is closed. warn: sent all the same; refuse; amo: sent as an after-market order." }),
    interference: only("respect").default("respect").meta({ description: "What becomes of a follower's order that somebody else ended or changed." }),
    lateJoin: oneOf(["ignore", "orders"]).default("orders").meta({ description: "Whether leader orders that rest at the start are copied." }),
    margin: oneOf(["check", "trust"])
      .default("check")
      .meta({ description: "check: an entry that the account's money does not cover is not sent; trust: the broker decides." }),
  },
  { error: "a copy, a mapping with id, leader, follower and sizing" },
);

const alertChannel = z.union(
  [
    z.strictObject({
      telegram: z.strictObject(
        {
          botToken: secret("bot's token", "Where the bot's token is found. Never the token itself."),
          chatId: textLike(/^(?:-?\d{1,20}|@\w{1,64})$/, 'the id of a chat in quotes, such as "123456789" or "@mychannel"').meta({
            description: "The chat that the bot writes to, in quotes.",
          }),
          api: address("http").prefault("https://api.telegram.org").meta({ description: "Telegram's Bot API." }),
        },
        { error: "a mapping with botToken and chatId" },
      ),
    }),
    z.strictObject({
      webhook: z.strictObject(
        {
          url: exactAddress().meta({ description: "Where each alert is posted, as JSON." }),
          secret: secret("secret", "Where the secret is found with which each alert is signed. Never the secret itself."),
        },
        { error: "a mapping with url and secret" },
      ),
    }),
  ],
  { error: "a channel, { telegram: … } or { webhook: … }" },
);

export const settingsFile = z.strictObject(
  {
    journal: text("a path to the journal").default("./lockstep.db").meta({ description: "The journal: an SQLite file that is made when it is missing." }),
    server,
    calendar: z
      .union(
        [
          oneOf(["exchange", "always-open"]),
          z.strictObject({ file: text("a path to a calendar").meta({ description: "A calendar of your own, instead of the exchange's or on top of it." }) }),
        ],
        { error: "exchange, always-open or { file: path }" },
      )
      .default("exchange")
      .meta({ description: "When markets are open. always-open: never closed, for simulators and tests." }),
    dhan,
    accounts: z.array(account, { error: "a list of accounts" }).min(1, { error: "a list of accounts" }),
    copies: z.array(copy, { error: "a list of copies" }).min(1, { error: "a list of copies" }),
    alerts: z.array(alertChannel, { error: "a list of channels" }).default([]).meta({ description: "Where alerts go, beside the log. None by default." }),
  },
  { error: "a mapping with accounts and copies" },
);

/** The file as read: defaults filled in, spans in milliseconds, percentages in hundredths, prices in 1/10000 rupee. */
export type SettingsFile = z.output<typeof settingsFile>;
