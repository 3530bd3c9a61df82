/** The reads that settle a doubt: each at most once at a time, and its answer an event like any other. */
import { type Book, getOrAdd, leaderBook } from "../domain/book/book.ts";
import { orderOf } from "../domain/book/leader-orders.ts";
import type { OvernightOrder } from "../domain/book/overnight.ts";
import type { ClientId, OrderId } from "../domain/identity.ts";
import type { Look } from "../domain/mirror/decision.ts";
import { DOUBT_READ_AFTER_MS } from "../domain/mirror/live.ts";
import type { MirrorKey } from "../domain/mirror/mirror.ts";
import { wasHeardPlaced } from "../domain/mirror/proof.ts";
import type { Clock, Timers, UnixMs } from "../domain/time.ts";
import { booksTogether } from "./books-together.ts";
import type { Inbound } from "./inbox.ts";
import { noNewsAt } from "./no-news.ts";
import type { Parties } from "./parties.ts";
import type { IsNoNews } from "./ports/broker.ts";

const BOOK_RETRY_MS = 200;
const BOOK_RETRY_MAX_MS = 5_000;
const PLANS_AGAIN_MS = 2_000;
/** Some half a minute; after that the audits go on asking. */
const PLAN_TRIES_MAX = 10;

export interface ReadsOptions {
  readonly book: Book;
  readonly parties: Parties;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly post: (event: Inbound) => void;
}

export class Reads {
  readonly #book: Book;
  readonly #parties: Parties;
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #post: (event: Inbound) => void;
  readonly #looking = new Set<string>();
  /** Leader orders that are not copied before his books have been read. */
  readonly #unproved = new Map<ClientId, Map<OrderId, Unproved>>();
  #isStopped = false;
  readonly #plansWanted = new Set<ClientId>();

  constructor({ book, parties, clock, timers, post }: ReadsOptions) {
    this.#book = book;
    this.#parties = parties;
    this.#clock = clock;
    this.#timers = timers;
    this.#post = post;
  }

  /** A read that settles a doubt; one at a time for the same thing. */
  look(follower: ClientId, key: MirrorKey, look: Look): void {
    if (look.look === "forever") {
      this.foreverList(follower);
      return;
    }
    const name = look.look === "correlation" ? `${follower}/${look.correlationId}` : `${follower}/${look.orderId}`;
    const account = this.#parties.account(follower);
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    const [asked, askedElapsedMs] = [this.#clock.now(), this.#clock.elapsed()];
    if (look.look === "order") {
      void account.broker.order(look.orderId, this.#noNews(follower)).then((read) => {
        this.#looking.delete(name);
        if (!read.ok) return;
        const { order, book } = read.value;
        if (book !== undefined) this.#post({ type: "books", account: follower, reports: book });
        else if (order !== undefined) this.#post({ type: "reported", account: follower, report: order, arrived: this.#clock.elapsed() });
      });
      return;
    }
    void Promise.all([account.broker.orderByCorrelation(look.correlationId), account.broker.orders(this.#noNews(follower))]).then(([direct, book]) => {
      this.#looking.delete(name);
      const inBook = book.ok ? book.value.find((row) => row.correlationId === look.correlationId) : undefined;
      const report = (direct.ok ? direct.value : undefined) ?? inBook;
      const answer = report !== undefined ? "found" : direct.ok && book.ok ? "absent" : "failed";
      this.#post({ type: "looked", account: follower, mirror: key, attempt: look.attempt, asked, askedElapsedMs, answer, report });
      // What else the book tells is true as well, and may be news while the stream is deaf.
      if (book.ok) this.#post({ type: "books", account: follower, reports: book.value });
    });
  }

  /** One reading of what waits at the account's broker, at once. */
  foreverList(id: ClientId): void {
    const name = `${id}/forever`;
    if (this.#looking.has(name) || this.#isStopped) return;
    this.#looking.add(name);
    const [asked, askedElapsedMs] = [this.#clock.now(), this.#clock.elapsed()];
    void this.#parties
      .account(id)
      .broker.foreverOrders()
      .then((read) => {
        this.#looking.delete(name);
        if (!read.ok || read.value.list === "not-here") return;
        const { orders, isWhole } = read.value;
        this.#post({ type: "standing", account: id, kind: "forever", orders, isWhole, asked, askedElapsedMs });
      });
  }

  foreverListAfter(id: ClientId, ms: number): void {
    const name = `${id}/forever-later`;
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    this.#timers.after(ms, () => {
      this.#looking.delete(name);
      this.foreverList(id);
    });
  }

  /** A read of an order that the book of the day lacks. */
  lacked(account: ClientId, { order, of }: OvernightOrder): void {
    const name = `${account}/${order}`;
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    void this.#parties
      .account(account)
      .broker.order(order)
      .then((read) => {
        this.#looking.delete(name);
        if (!read.ok) return;
        const report = read.value.order;
        if (report === undefined) this.#post({ type: "lacked", account, order, of });
        else this.#post({ type: "reported", account, report, arrived: this.#clock.elapsed() });
      });
  }

  /** One read of a leader order that only a row can settle (R1, R5). */
  leaderOrder(leader: ClientId, order: OrderId, since: UnixMs): void {
    const name = `${leader}/${order}`;
    const account = this.#parties.account(leader);
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    this.#timers.after(Math.max(1, since + DOUBT_READ_AFTER_MS - this.#clock.now()), () => {
      // The broker knows what a forever order has fired under its own number.
      const number = orderOf(leaderBook(this.#book, leader), order)?.known.fired?.order ?? order;
      void account.broker.order(number, this.#noNews(leader)).then((read) => {
        this.#looking.delete(name);
        const { order: report, book } = read.ok ? read.value : {};
        if (book !== undefined) this.#post({ type: "leader-book", account: leader, reports: book, proves: [] });
        else if (report !== undefined) this.#post({ type: "reported", account: leader, report, arrived: this.#clock.elapsed() });
        const doubt = orderOf(leaderBook(this.#book, leader), order)?.known.doubt;
        if (doubt !== undefined && !this.#isStopped) this.leaderOrder(leader, order, this.#clock.now());
      });
    });
  }

  /**
   * Reads the leader's book before an order is copied that might be an exit of what we have not heard of (decision 0004); by his positions as
   * well, until they tell that he has converted what it would exit or cannot lag any more (decision 0021).
   */
  prove(leader: ClientId, order: OrderId, by: "orders" | "positions"): void {
    this.#doubt(leader, order, by);
    this.#leaderBook(leader, 0);
  }

  /** These orders are proved, and these wait for his positions; others may have come meanwhile. */
  proved(leader: ClientId, orders: readonly OrderId[], doubted: readonly OrderId[]): void {
    for (const order of orders) this.#unproved.get(leader)?.delete(order);
    for (const order of doubted) this.#doubt(leader, order, "positions");
    this.#leaderBook(leader, 0);
  }

  #doubt(leader: ClientId, order: OrderId, by: "orders" | "positions"): void {
    const now = this.#clock.elapsed();
    const unproved = getOrAdd(this.#unproved, leader, () => new Map<OrderId, Unproved>());
    if (unproved.get(order)?.by !== by) unproved.set(order, { by, since: now, notBefore: now });
  }

  /**
   * Reads what the leader's super orders are, because a frame told that one has changed: at once, and again when the book does not lag any more;
   * a few times more while one is not in it.
   */
  plans(leader: ClientId): void {
    if (this.#looking.has(`${leader}/plans`)) this.#plansWanted.add(leader);
    else this.#readPlans(leader, { again: true, failures: 0 });
  }

  #readPlans(leader: ClientId, { again, failures }: { readonly again: boolean; readonly failures: number }): void {
    const name = `${leader}/plans`;
    if (this.#isStopped || this.#looking.has(name)) return;
    this.#looking.add(name);
    const account = this.#parties.account(leader);
    void account.broker.orders().then((read) => {
      this.#looking.delete(name);
      if (read.ok) this.#post({ type: "leader-book", account: leader, reports: read.value, proves: [] });
      const later = (ms: number, how: { readonly again: boolean; readonly failures: number }): void => {
        this.#timers.after(ms, () => this.#readPlans(leader, how));
      };
      if (this.#plansWanted.delete(leader)) later(BOOK_RETRY_MS, { again: true, failures: 0 });
      else if ((!read.ok || this.#lacksPlan(leader)) && failures < PLAN_TRIES_MAX)
        later(Math.min(BOOK_RETRY_MS * 2 ** failures, BOOK_RETRY_MAX_MS), { again, failures: failures + 1 });
      else if (again) later(PLANS_AGAIN_MS, { again: false, failures: 0 });
    });
  }

  #lacksPlan(leader: ClientId): boolean {
    for (const { known } of leaderBook(this.#book, leader).orders.values())
      if (known.family === "super" && known.leg === undefined && known.plan === undefined && known.end !== "rejected") return true;
    return false;
  }

  stop(): void {
    this.#isStopped = true;
  }

  #noNews(account: ClientId): IsNoNews {
    return noNewsAt(account, { book: this.#book, parties: this.#parties });
  }

  #leaderBook(leader: ClientId, failures: number): void {
    const name = `${leader}/book`;
    const unproved = this.#unproved.get(leader);
    if (unproved === undefined || unproved.size === 0 || this.#isStopped || this.#looking.has(name)) return;
    const now = this.#clock.elapsed();
    const due = [...unproved].filter(([, { notBefore }]) => notBefore <= now);
    if (due.length === 0) {
      this.#againAt(leader, Math.min(...[...unproved.values()].map(({ notBefore }) => notBefore)));
      return;
    }
    this.#looking.add(name);
    void this.#readToProve(leader, new Map(due)).then((read) => {
      this.#looking.delete(name);
      if (read !== undefined) this.#post({ type: "leader-book", account: leader, ...read });
      else this.#timers.after(Math.min(BOOK_RETRY_MS * 2 ** failures, BOOK_RETRY_MAX_MS), () => this.#leaderBook(leader, failures + 1));
    });
  }

  #againAt(leader: ClientId, at: number): void {
    const name = `${leader}/book-later`;
    if (this.#looking.has(name)) return;
    this.#looking.add(name);
    this.#timers.after(Math.max(1, at - this.#clock.elapsed()), () => {
      this.#looking.delete(name);
      this.#leaderBook(leader, 0);
    });
  }

  /** Undefined: it could not be read. */
  async #readToProve(
    leader: ClientId,
    due: ReadonlyMap<OrderId, Unproved>,
  ): Promise<Omit<Extract<Inbound, { type: "leader-book" }>, "type" | "account"> | undefined> {
    const asked = this.#clock.elapsed();
    const { lookupGraceMs } = this.#parties.account(leader).limits;
    const books = await this.#booksToProve(leader, due);
    if (books === undefined) return undefined;
    const mayProve: OrderId[] = [];
    const proves: OrderId[] = [];
    const shown = new Set(books.reports.map(({ orderId }) => orderId));
    for (const [order, { by, since }] of due) {
      const isRead = by === "orders" && (shown.has(order) || !this.#needsItsRow(leader, order));
      if (isRead) mayProve.push(order);
      else if (asked - since >= lookupGraceMs) proves.push(order);
      else {
        if (by === "positions") mayProve.push(order);
        const again = by === "positions" ? Math.ceil(lookupGraceMs / 2) : BOOK_RETRY_MS;
        this.#unproved.get(leader)?.set(order, { by, since, notBefore: Math.min(since + lookupGraceMs, asked + again) });
      }
    }
    return { ...books, proves, mayProve };
  }

  async #booksToProve(
    leader: ClientId,
    due: ReadonlyMap<OrderId, Unproved>,
  ): Promise<Pick<Extract<Inbound, { type: "leader-book" }>, "reports" | "positions"> | undefined> {
    const { broker } = this.#parties.account(leader);
    if ([...due.values()].every(({ by }) => by === "orders")) {
      const read = await broker.orders(this.#noNews(leader));
      return read.ok ? { reports: read.value } : undefined;
    }
    const books = await booksTogether(broker, (reports) => this.#post({ type: "rows", account: leader, reports }));
    return books === undefined ? undefined : { reports: books.orders, positions: books.positions };
  }

  #needsItsRow(leader: ClientId, order: OrderId): boolean {
    const known = orderOf(leaderBook(this.#book, leader), order)?.known;
    return known !== undefined && !wasHeardPlaced(known, this.#book.startedAt);
  }
}

interface Unproved {
  readonly by: "orders" | "positions";
  /** Elapsed time. */
  readonly since: number;
  readonly notBefore: number;
}
