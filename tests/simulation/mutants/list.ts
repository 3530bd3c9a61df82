/**
 * Faults as people make them, each a small change of shipped code that the simulation must find. `find` stands in the file exactly once:
 * a mutant that no longer applies fails the run, so that the list keeps up with the code.
 */
export interface Mutant {
  /** What the engine then does. */
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

export const MUTANTS: readonly Mutant[] = [
  {
    name: "forgets the intent of a placement",
    file: "src/engine/recorder.ts",
    find: "const records = this.#pending.slice(0, count);",
    put: 'const records = this.#pending.slice(0, count).filter(({ type }) => type !== "placement-intended");',
  },
  {
    name: "sends before the intent is durable",
    file: "src/engine/dispatch.ts",
    find: "    const wasBroken = recorder.broken !== undefined;\n    const durable = recorder.commit();",
    put: "    for (const intent of intents) sender.send(intent, clock.elapsed());\n    const wasBroken = recorder.broken !== undefined;\n    const durable = recorder.commit();\n    if (durable) return;",
  },
  {
    name: "sends a placement again after a time-out",
    file: "src/domain/mirror/evolve.ts",
    find: "      return { ...attempt, placing: inDoubt(at, event.elapsedMs) };\n    default:",
    put: '      return { ...attempt, placing: { state: "not-sent", at, overLimit: false } };\n    default:',
  },
  {
    name: "takes one look for proof of absence",
    file: "src/domain/mirror/evolve.ts",
    find: "const LOOKS_THAT_PROVE_ABSENCE = 3;",
    put: "const LOOKS_THAT_PROVE_ABSENCE = 1;",
  },
  {
    name: "counts each fill of a follower with what was filled before",
    file: "src/domain/book/fills.ts",
    find: "const units = quantity(filledUnits(after) - filledUnits(before));",
    put: "const units = filledUnits(after) > filledUnits(before) ? filledUnits(after) : quantity(0);",
  },
  {
    name: "counts a leader's fill twice when a row repeats it",
    file: "src/domain/book/leader-reports.ts",
    find: "const filledNow = known.filled - (before?.known.filled ?? 0);",
    put: 'const filledNow = known.filled - (report.source.kind === "row" ? 0 : (before?.known.filled ?? 0));',
  },
  {
    name: "ignores a cancel while the order is on its way",
    file: "src/domain/mirror/cancel.ts",
    find: "  if (orderId === undefined) return WAIT;\n  const request",
    put: "  if (orderId === undefined || attempt.order?.confirmed !== true || situation.now < attempt.intendedAt + 500) return WAIT;\n  const request",
  },
  {
    name: "sends a cancel once and never again",
    file: "src/domain/mirror/cancel.ts",
    find: "      if (situation.now < again) return { ...WAIT, wakeAt: again };",
    put: "      if (cancelling.tries > 0) return WAIT;\n      if (situation.now < again) return { ...WAIT, wakeAt: again };",
  },
  {
    name: "lets entries leave before cancels",
    file: "src/domain/mirror/cancel.ts",
    find: '  return cancelAt(0, "withdraws", mirror, attempt, situation);',
    put: '  return cancelAt(2, "withdraws", mirror, attempt, situation);',
  },
  {
    name: "follows only the size of the leader's changes",
    file: "src/domain/mirror/live.ts",
    find: "return a.type === b.type && a.validity === b.validity && a.price === b.price && a.triggerPrice === b.triggerPrice;",
    put: "return a.type === b.type && a.validity === b.validity && a.triggerPrice === b.triggerPrice;",
  },
  {
    name: "skips the leaders' books at the start",
    file: "src/engine/start.ts",
    find: "const rows = read.orders.filter((report) => !isOwn(report) && !isBeforeOurTime(engine.book, id, report));",
    put: 'const rows = read.orders.filter((report) => report.orderId === "" && !isOwn(report) && !isBeforeOurTime(engine.book, id, report));',
  },
  {
    name: "exceeds each window by one",
    file: "src/engine/budget.ts",
    find: 'return Math.max(0, (share === "unkept" ? limit - kept : limit) - needs);',
    put: 'return Math.max(0, (share === "unkept" ? limit - kept : limit) + 1 - needs);',
  },
  {
    name: "changes an order once more than is allowed",
    file: "src/domain/mirror/live.ts",
    find: "if (attempt.isCapped || attempt.modifications >= situation.limits.modificationsPerOrder) {",
    put: "if (attempt.isCapped || attempt.modifications > situation.limits.modificationsPerOrder) {",
  },
  {
    name: "sends for the next session what has gone out at the open",
    file: "src/domain/mirror/place.ts",
    find: "mirror.contracted.afterMarket && !hasGoneOut(leader)",
    put: "mirror.contracted.afterMarket",
  },
  {
    name: "keeps a position whose contract has expired",
    file: "src/domain/book/day-turn.ts",
    find: "  contractsExpired(book, day);",
    put: "  if (day === undefined) contractsExpired(book, day);",
  },
  {
    name: "sizes a full exit by the ratio",
    file: "src/domain/mirror/exit.ts",
    find: "if (part === exit.leaderPosition) return exit.held;",
    put: "if (part === exit.leaderPosition) return fractionOf(part, mirror.scale.ratio, mirror.scale.rounding, mirror.contract.lot);",
  },
  {
    name: "exits without asking what the copy still holds",
    file: "src/domain/mirror/target.ts",
    find: "return quantity(Math.min(exitUnits(book, mirror, leader), unclaimed(book, mirror, executing)));",
    put: 'return quantity(mirror.role.role === "exit" ? Math.max(mirror.role.exit.held, Math.min(exitUnits(book, mirror, leader), unclaimed(book, mirror, executing))) : exitUnits(book, mirror, leader));',
  },
  {
    name: "places an entry again after it has ended",
    file: "src/domain/mirror/place-entry.ts",
    find: '    case "accepted":\n    case "in-flight":',
    put: '    case "accepted":\n      return true;\n    case "in-flight":',
  },
  {
    name: "believes a refused change to be a rejected order",
    file: "src/domain/mirror/evolve.ts",
    find: 'const unchanged: Attempt = { ...attempt, changing: { state: "none" } };',
    put: 'const unchanged: Attempt = { ...attempt, order: attempt.order === undefined ? undefined : { ...attempt.order, end: "rejected" }, changing: { state: "none" } };',
  },
  {
    name: "treats a triggered stop as a change by hand",
    file: "src/domain/mirror/evolve.ts",
    find: "changedByOthers: attempt.changedByOthers || changedByOthers(attempt, report),",
    put: "changedByOthers: attempt.changedByOthers || changedByOthers(attempt, report) || triggered,",
  },
  {
    name: "acts on whichever frame came last",
    file: "src/domain/order/known.ts",
    find: "const after = isAppended ? concluded(step({ ...known, told }, last)) : foldOf(told);",
    put: "const after = isAppended || told.length > known.told.length ? concluded(step({ ...known, told }, report)) : foldOf(told);",
  },
  {
    name: "rounds a share up",
    file: "src/domain/sizing/rounding.ts",
    find: "return numerator / denominator;",
    put: "return (numerator + denominator - 1n) / denominator;",
  },
  {
    name: "forgets the cap of lots",
    file: "src/domain/sizing/share.ts",
    find: "return maxLots === undefined ? units : quantity(Math.min(units, maxLots * lot));",
    put: "return maxLots === -1 ? NONE : units;",
  },
  {
    name: "carries what it likes",
    file: "src/domain/mirror/carried.ts",
    find: "return Math.min(sum, to.lot * 1_000_000 - 1 - own);",
    put: "return sum + own + to.lot * 3_000_000;",
  },
  {
    name: "takes the leader's funds for the follower's",
    file: "src/domain/sizing/capital.ts",
    find: "ratioBelow(BigInt(follower.totalPaise)",
    put: "ratioBelow(BigInt(leader.totalPaise)",
  },
  {
    name: "leaves open what two alternatives filled too much",
    file: "src/domain/mirror/open.ts",
    find: "if (excess === 0 || wouldOpen",
    put: "if (excess !== 0 || wouldOpen",
  },
  {
    name: "exits what the owner has sold by hand",
    file: "src/domain/position/ledger.ts",
    find: "if (net > 0 && owners < 0) return Math.max(0, net + owners);",
    put: "if (net > 0 && owners < -1_000_000) return Math.max(0, net + owners);",
  },
  {
    name: "takes lagging positions for the newest",
    file: "src/engine/books.ts",
    find: "if (tradingDay(order.createdAt) === tradingDay(now)) move(ahead,",
    put: "if (tradingDay(order.createdAt) !== tradingDay(now)) move(ahead,",
  },
  {
    name: "sells at once when a stop was refused for the account's sake",
    file: "src/domain/mirror/target.ts",
    find: "(attempt) => wasRefused(attempt) && isAboutTheOrder(refusalOf(attempt).code)",
    put: "(attempt) => wasRefused(attempt) && (isAboutTheOrder(refusalOf(attempt).code) || true)",
  },
  {
    name: "takes its own orders for the owner's when the journal is lost",
    file: "src/engine/books.ts",
    find: "if (!known && (isOurs(report.correlationId) || isLegOfUnclaimed)) unclaimed.push(report);",
    put: "if (!known && isLegOfUnclaimed) unclaimed.push(report);",
  },
  {
    name: "closes alternatives only while it listens",
    file: "src/engine/follower-intake.ts",
    find: "  closeAllAlternatives(account: ClientId, now: UnixMs): void {\n",
    put: "  closeAllAlternatives(account: ClientId, now: UnixMs): void {\n    if (now > 0) return;\n",
  },
  {
    name: "withdraws nothing when the leader is out again",
    file: "src/domain/mirror/exit.ts",
    find: "let left = Math.min(owed, allResting);",
    put: "let left = Math.min(owed, allResting, 0);",
  },
  {
    name: "takes a triggered stop's new price for the broker's doing",
    file: "src/domain/order/known.ts",
    find: "const triggered = isStop(known.terms.type) && !isStop(report.terms.type) && isSameLimit;",
    put: "const triggered = isStop(known.terms.type) && !isStop(report.terms.type) && (isSameLimit || !isSameLimit);",
  },
  {
    name: "hears of its own orders by the stream alone",
    file: "src/engine/intake.ts",
    find: '      case "books":\n        for (const report of event.reports)',
    put: '      case "books":\n        if (this.#parties.leaders.has(event.account)) for (const report of event.reports)',
  },
  {
    name: "lets orders of one moment spend the same rupees",
    file: "src/domain/margin/cover.ts",
    find: "  const reserved = follower.reservations.paise;",
    put: "  const reserved = Math.min(0, follower.reservations.paise);",
  },
  {
    name: "asks whether an exit can be paid",
    file: "src/domain/mirror/place-exit.ts",
    find: "  const entry = entryBeside(mirror, leader, target, situation);",
    put: '  const cover = leader === undefined ? undefined : coverOf(mirror, leader, { terms: leader.known.terms, units: exitMissing }, situation);\n  if (leader !== undefined && cover?.is === "short") return refuse(cover.why, leader.known.terms);\n  const entry = entryBeside(mirror, leader, target, situation);',
  },
  {
    name: "chases twice as far as it may",
    file: "src/domain/mirror/leader-filled.ts",
    find: "const furthest = limitWithin(order, contract, slippage);\n  return { price: limitWithin(order, contract, slippage, { parts: steps, of: CHASE_STEPS }), furthest };",
    put: "const furthest = limitWithin(order, contract, slippage, { parts: 2, of: 1 });\n  return { price: limitWithin(order, contract, slippage, { parts: 2 * steps, of: CHASE_STEPS }), furthest };",
  },
  {
    name: "gives an exit up like an entry",
    file: "src/domain/mirror/leader-filled.ts",
    find: "if (now >= over && !isExit) return",
    put: "if (now >= over) return",
  },
  {
    name: "gives an entry up as soon as the leader has filled",
    file: "src/domain/mirror/leader-filled.ts",
    find: "attempt.intendedAt) + asked.afterMs);",
    put: 'attempt.intendedAt) + (asked.action === "cancel" ? 0 : asked.afterMs));',
  },
  {
    name: "forgets the day's band",
    file: "src/domain/sizing/legal-price.ts",
    find: "return isRefuted ? limit : insideBand(limit, contract);",
    put: "return isRefuted || tick > 0 ? limit : insideBand(limit, contract);",
  },
  {
    name: "says nothing of what a late entry missed",
    file: "src/domain/mirror/settlement.ts",
    find: "return [...verdicts, missedVerdict(leader, { share, had })];",
    put: "return had < 0 ? [missedVerdict(leader, { share, had })] : verdicts;",
  },
  {
    name: "believes the band of an earlier day",
    file: "src/domain/sizing/legal-price.ts",
    find: "return isRefuted ? limit : insideBand(limit, contract);",
    put: "return isRefuted && tick < 0 ? limit : insideBand(limit, contract);",
  },
  {
    name: "lets a stop and a target keep an exit waiting",
    file: "src/domain/mirror/place-exit.ts",
    find: "    alternative = Math.max(alternative, live - certain);",
    put: "    alternative += live - certain;",
  },
  {
    name: "forgets what of an entry waits for its turn when the leader gets out",
    file: "src/domain/book/over.ts",
    find: "order.known.filled === 0 || !isWanted(book, mirror, order);",
    put: "order.known.filled === 0 || currentAttempts(mirror).length > 0 || !isWanted(book, mirror, order);",
  },
  {
    name: "lets exits wait among the entries",
    file: "src/domain/mirror/place.ts",
    find: 'rank: part === "exit" ? 1 : 2,',
    put: "rank: 2,",
  },
  {
    name: "makes an entry larger without asking for money",
    file: "src/domain/mirror/live.ts",
    find: 'toGrow === "may" ? whatMoneyLets(mirror, attempt, leader, { units: wanted, part }, situation) : toGrow;',
    put: "toGrow;",
  },
  {
    name: "says nothing of a leg that is missing beside a single other",
    file: "src/domain/mirror/unhedged.ts",
    find: "if (beside.some(({ units }) => units > 0)) {",
    put: "if (beside.filter(({ units }) => units > 0).length > 1) {",
  },
  {
    name: "goes on telling that a leg is missing when nothing stands without it",
    file: "src/domain/mirror/unhedged.ts",
    find: 'if (isTold) return hedged("gone",',
    put: 'if (isTold && now < mirror.openedAt) return hedged("gone",',
  },
  {
    name: "gives each slice all that is missing",
    file: "src/domain/mirror/slices.ts",
    find: "left = { units: less(left.units, more),",
    put: "left = { units: less(left.units, 0),",
  },
  {
    name: "sends the first slice alone",
    file: "src/domain/mirror/decide.ts",
    find: "slicesOf(mirror, target).map(",
    put: "slicesOf(mirror, target).slice(0, 1).map(",
  },
  {
    name: "rounds each of a leader's slices by itself",
    file: "src/domain/mirror/siblings.ts",
    find: "if (units === 0 || positionWithout(book, slice) < filled) return undefined;",
    put: "if (units >= 0 || positionWithout(book, slice) < filled) return undefined;",
  },
  {
    name: "gives each slice of an exit what was left of all before it",
    file: "src/domain/sizing/residual.ts",
    find: "return quantity(Math.max(0, fractionOf(residual.units + units, part, rounding, lot) - givenBefore(scale, lot)));",
    put: 'return quantity(Math.max(0, fractionOf(residual.units + units, part, rounding, lot) - ("held" in residual ? 0 : givenBefore(scale, lot))));',
  },
  {
    name: "sends a slice that opens a position as one that closes it",
    file: "src/domain/mirror/target.ts",
    find: '  if (part === "exit") {',
    put: '  if (part === "exit" || mirror.role.role === "reverse") {',
  },
  {
    name: "follows no change of a super order's legs",
    file: "src/domain/mirror/super.ts",
    find: "return legs.follows[leg] !== wishes[leg];",
    put: "return legs.follows[leg] > wishes[leg];",
  },
  {
    name: "places the entry of a super order without its legs",
    file: "src/domain/mirror/place.ts",
    find: 'if (role.role !== "entry" || leader?.known',
    put: "if (role.role.length > 0 || leader?.known",
  },
  {
    name: "lets the trail go with a change of the stop",
    file: "src/adapters/dhan/super-calls.ts",
    find: "trailingJump: priceToRupees(prices.trail) };",
    put: "trailingJump: 0 };",
  },
  {
    name: "leaves without a stop what the legs that it has ended had protected",
    file: "src/domain/mirror/super.ts",
    find: "|| !(mirror.isCut || endedByUs(last, leg))) return [];",
    put: "|| now > 0) return [];",
  },
  {
    name: "exits again what the follower's own leg has got out of",
    file: "src/domain/book/fills.ts",
    find: "  if (byLegs > 0) bookLegFill",
    put: "  if (byLegs < 0) bookLegFill",
  },
];
