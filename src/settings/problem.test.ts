/** Each kind of problem, with its exact sentence: what people will read, search for and ask about. */
import { describe, expect, test } from "vitest";
import { problemText } from "./problem.ts";
import { readSettings } from "./read.ts";

/** One setting a line, so that the lines can be told apart. */
const FILE = `journal: ./lockstep.db
server: { port: 8420 }
dhan:
  requestTimeout: 3s
accounts:
  - id: meera
    clientId: "1000000001"
    token: { env: MEERA_TOKEN }
  - id: arjun
    clientId: "1000000002"
    token: { env: ARJUN_TOKEN }
    rateLimits: { perSecond: 10 }
  - id: kavya
    clientId: "1000000003"
    token: { env: KAVYA_TOKEN }
copies:
  - id: meera-arjun
    leader: meera
    follower: arjun
    sizing: { mode: ratio, ratio: 0.5 }
    filter: { kinds: [option] }
    maxAge: 5s
  - id: meera-kavya
    leader: meera
    follower: kavya
    sizing: { mode: lots, lots: 2 }
`;

function sentences(text: string): readonly string[] {
  const result = readSettings(text, { baseDir: "/" });
  return result.ok ? [] : result.problems.map((problem) => problemText("lockstep.yaml", problem));
}

/** What is said when one piece of the good file is replaced. */
function saidOf(piece: string, replacement: string): readonly string[] {
  expect(FILE).toContain(piece);
  return sentences(FILE.replace(piece, replacement));
}

test("the file that the other tests spoil is good", () => {
  expect(sentences(FILE)).toEqual([]);
});

describe("a wrong value is named with its line, its key, what was found and what would be right", () => {
  test.each([
    ["ratio: 0.5", "ratio: half", '20: copies[0].sizing.ratio: expected a number above 0, found "half"'],
    ["ratio: 0.5", "ratio: 0", "20: copies[0].sizing.ratio: expected a number above 0, found 0"],
    ["ratio: 0.5", "ratio: .inf", "20: copies[0].sizing.ratio: expected a number above 0, found Infinity"],
    ["ratio: 0.5", "ratio: 0.1234567", "20: copies[0].sizing.ratio: expected a number above 0 and up to 1000, with at most 6 decimals, found 0.1234567"],
    ["ratio: 0.5", "ratio: 1001", "20: copies[0].sizing.ratio: expected a number above 0 and up to 1000, with at most 6 decimals, found 1001"],
    ["lots: 2", "lots: 1.5", "26: copies[1].sizing.lots: expected a whole number from 1, found 1.5"],
    ["mode: lots", "mode: lot", '26: copies[1].sizing.mode: expected ratio, lots or capital, found "lot"'],
    ["maxAge: 5s", "maxAge: 5", "22: copies[0].maxAge: expected a duration above 0 such as 500ms, 3s, 2m or 1d, a week at most, found 5"],
    ["requestTimeout: 3s", "requestTimeout: 0s", '4: dhan.requestTimeout: expected a duration above 0 such as 500ms, 3s, 2m or 1d, a week at most, found "0s"'],
    ["port: 8420", "port: 65536", "2: server.port: expected a whole number from 0 to 65535, found 65536"],
    ["port: 8420", "host:", "2: server.host: expected a host name or an address to listen on, without brackets or a port, found nothing"],
    ["port: 8420", "host: 999.1.1.1", '2: server.host: expected a host name or an address to listen on, without brackets or a port, found "999.1.1.1"'],
    ["port: 8420", 'host: "[::1]"', '2: server.host: expected a host name or an address to listen on, without brackets or a port, found "[::1]"'],
    ["port: 8420", "host: 127.0.0.1:80", '2: server.host: expected a host name or an address to listen on, without brackets or a port, found "127.0.0.1:80"'],
    ["maxAge: 5s", "enabled: maybe", '22: copies[0].enabled: expected true or false, found "maybe"'],
    [
      "maxAge: 5s",
      "exitSlippage: { percent: 0.125 }",
      "22: copies[0].exitSlippage.percent: expected a number above 0 and below 100, with at most 2 decimals, found 0.125",
    ],
    ["maxAge: 5s", "exitSlippage: { rupees: 0 }", "22: copies[0].exitSlippage.rupees: expected an amount of rupees above 0, with at most 4 decimals, found 0"],
    ["maxAge: 5s", "exitSlippage: { rupees: 1, percent: 1 }", "22: copies[0].exitSlippage: expected { percent: 10 } or { rupees: 3 }, found a mapping"],
    ["maxAge: 5s", "maxSlippage: 2", "22: copies[0].maxSlippage: expected { percent: 2 } or { rupees: 3 }, found 2"],
    ["maxAge: 5s", "onLeaderFilled: { action: hold }", '22: copies[0].onLeaderFilled.action: expected leave, chase or cancel, found "hold"'],
    ["maxAge: 5s", "onLeaderFilled: { after: 3s }", "22: copies[0].onLeaderFilled.action: expected leave, chase or cancel, found nothing"],
    ["maxAge: 5s", "onLeaderFilled: { action: leave, after: 3s }", "22: copies[0].onLeaderFilled.after: expected no after beside action: leave, found one"],
    [
      "maxAge: 5s",
      "onLeaderFilled: { action: cancel, maxSlippage: { percent: 1 } }",
      "22: copies[0].onLeaderFilled.maxSlippage: expected no maxSlippage beside action: cancel, found one",
    ],
    ["maxAge: 5s", "modificationCap: keep", '22: copies[0].modificationCap: expected replace or refuse, found "keep"'],
    ["maxAge: 5s", "orphan: leave", '22: copies[0].orphan: expected report or exit, found "leave"'],
    ["kinds: [option]", "kinds: option", '21: copies[0].filter.kinds: expected a list of kinds, such as [option], found "option"'],
    ["kinds: [option]", "kinds: [option, opt]", '21: copies[0].filter.kinds[1]: expected option, future, equity or index, found "opt"'],
    [
      "kinds: [option]",
      'window: "15:40-09:15"',
      '21: copies[0].filter.window: expected two times of day such as "09:15-15:40", the first before the second, found "15:40-09:15"',
    ],
    [
      "kinds: [option]",
      'window: "9:15-24:00"',
      '21: copies[0].filter.window: expected two times of day such as "09:15-15:40", the first before the second, found "9:15-24:00"',
    ],
    [
      "requestTimeout: 3s",
      "rest: api.dhan.co",
      '4: dhan.rest: expected an address that begins with http:// or https:// and has no user, password, query or fragment, found "api.dhan.co"',
    ],
    [
      'clientId: "1000000001"',
      "clientId: 1000000001",
      '7: accounts[0].clientId: expected Dhan\'s client id, digits in quotes such as "1000000001", found 1000000001',
    ],
    [
      "id: meera-arjun",
      'id: "meera arjun"',
      '17: copies[0].id: expected a name of up to 40 letters, digits, dots, dashes and underscores, found "meera arjun"',
    ],
    ["kinds: [option]", "sides: [[BUY]]", "21: copies[0].filter.sides[0]: expected BUY or SELL, found a list"],
  ])("%s -> %s", (piece, replacement, said) => {
    expect(saidOf(piece, replacement)).toEqual([`lockstep.yaml:${said}`]);
  });
});

describe("what is missing is named at the line of what it is missing from", () => {
  test.each([
    [
      "\n    sizing: { mode: ratio, ratio: 0.5 }",
      "",
      "17: copies[0].sizing: expected a sizing such as { mode: ratio, ratio: 0.5 }, { mode: capital } or { mode: lots, lots: 2 }, found nothing",
    ],
    ["mode: ratio, ", "", "20: copies[0].sizing.mode: expected ratio, lots or capital, found nothing"],
    ["\n    follower: arjun", "", "17: copies[0].follower: expected the id of an account, found nothing"],
  ])("%s", (piece, replacement, said) => {
    expect(saidOf(piece, replacement)).toEqual([`lockstep.yaml:${said}`]);
  });

  test("an empty file lacks everything", () => {
    expect(sentences("")).toEqual(["lockstep.yaml:1: expected a mapping with accounts and copies, found nothing"]);
    expect(sentences("journal: a.db\n")).toEqual([
      "lockstep.yaml:1: accounts: expected a list of accounts, found nothing",
      "lockstep.yaml:1: copies: expected a list of copies, found nothing",
    ]);
  });
});

describe("an unknown key is refused, with the key that was probably meant", () => {
  test.each([
    ["maxAge: 5s", "max_age: 5s", "22: copies[0].max_age: unknown key, did you mean maxAge?"],
    ["journal:", "jurnal:", "1: jurnal: unknown key, did you mean journal?"],
    ["port: 8420", "tls: true", "2: server.tls: unknown key, expected host or port"],
    ["ratio: 0.5", "ratio: 0.5, lots: 1", "20: copies[0].sizing.lots: expected no lots beside mode: ratio, found one"],
  ])("%s -> %s", (piece, replacement, said) => {
    expect(saidOf(piece, replacement)).toEqual([`lockstep.yaml:${said}`]);
  });
});

describe("of an alert's channel nothing that may be a secret is shown", () => {
  const hidden = "a text that is not shown, as it may be a secret";
  test.each([
    [
      "webhook: { url: ftp://hooks, secret: { env: S } }",
      `alerts[0].webhook.url: expected an address that begins with http:// or https:// and has no user, password, query or fragment, found ${hidden}`,
    ],
    [
      "webhook: { url: https://h/, secret: abc }",
      `alerts[0].webhook.secret: expected a reference, { env: NAME } or { file: path }, because secrets never stand in this file, found ${hidden}`,
    ],
    [
      "telegram: { botToken: abc, chatId: '1' }",
      `alerts[0].telegram.botToken: expected a reference, { env: NAME } or { file: path }, because secrets never stand in this file, found ${hidden}`,
    ],
    [
      "telegram: { botToken: { env: B } }",
      'alerts[0].telegram.chatId: expected the id of a chat in quotes, such as "123456789" or "@mychannel", found nothing',
    ],
    ["mail: x", "alerts[0]: expected a channel, { telegram: … } or { webhook: … }, found a mapping"],
  ])("%s", (channel, said) => {
    expect(saidOf("journal: ./lockstep.db", `alerts: [{ ${channel} }]`)).toEqual([`lockstep.yaml:1: ${said}`]);
  });
});

describe("what the contract names and this version lacks is refused, never ignored", () => {
  const copy = "maxAge: 5s";
  test.each([
    ["journal: ./lockstep.db", "journal: postgres://db/lockstep", "1: journal: a URL is not available in this version; write a path"],
    ["env: MEERA_TOKEN", "vault: meera", "8: accounts[0].token.vault: vault is not available in this version; write { env: NAME } or { file: path }"],
    [
      "env: MEERA_TOKEN",
      "totp: { pin: { env: A }, secret: { env: B } }",
      "8: accounts[0].token.totp: totp is not available in this version; write { env: NAME } or { file: path }",
    ],
    ["rateLimits: { perSecond: 10 }", "broker: paper", '12: accounts[1].broker: "paper" is not available in this version; leave it out'],
    ["rateLimits: { perSecond: 10 }", "limits: { maxLots: 20 }", "12: accounts[1].limits: limits is not available in this version; leave it out"],
    ["rateLimits: { perSecond: 10 }", "limits:", "12: accounts[1].limits: limits is not available in this version; leave it out"],
    ["rateLimits: { perSecond: 10 }", "egress: { localAddress: 203.0.113.7 }", "12: accounts[1].egress: egress is not available in this version; leave it out"],
    [copy, "interference: adopt", '22: copies[0].interference: "adopt" is not available in this version; leave it out'],
    [copy, "interference: enforce", '22: copies[0].interference: "enforce" is not available in this version; leave it out'],
    [copy, "lateJoin: positions", '22: copies[0].lateJoin: "positions" is not available in this version; write ignore or orders'],
  ])("%s -> %s", (piece, replacement, said) => {
    expect(saidOf(piece, replacement)).toEqual([`lockstep.yaml:${said}`]);
  });
});

describe("what must hold between the parts of the file", () => {
  test.each([
    ["id: arjun", "id: meera", '9: accounts[1].id: expected one that is used once, found "meera", which accounts[0] has too'],
    ['"1000000002"', '"1000000001"', '10: accounts[1].clientId: expected one that is used once, found "1000000001", which accounts[0] has too'],
    ["id: meera-kavya", "id: meera-arjun", '23: copies[1].id: expected one that is used once, found "meera-arjun", which copies[0] has too'],
    ["follower: arjun", "follower: arjan", '19: copies[0].follower: expected the id of an account, found "arjan"; did you mean arjun?'],
    ["leader: meera", "leader: ravi", '18: copies[0].leader: expected the id of an account, found "ravi"'],
    ["follower: arjun", "follower: meera", '19: copies[0].follower: expected another account than the leader, found "meera" for both'],
    ["follower: kavya", "follower: arjun", "23: copies[1]: expected one enabled copy from meera to arjun, found a second one beside copies[0]"],
    [
      "lots: 2",
      "lots: 2, rounding: carry",
      '26: copies[1].sizing.rounding: expected down, nearest or up, because entries by lots leave nothing over to carry, found "carry"',
    ],
    ["lots: 2", "lots: 2, minLots: 3", "26: copies[1].sizing.minLots: expected no more than lots, which is 2, found 3"],
    ["ratio: 0.5", "ratio: 0.5, minLots: 3, maxLots: 2", "20: copies[0].sizing.minLots: expected no more than maxLots, which is 2, found 3"],
    ["perSecond: 10", "perSecond: 11", "12: accounts[1].rateLimits.perSecond: expected 10 at most, which is Dhan's own limit, found 11"],
    [
      "perSecond: 10",
      "modificationsPerOrder: 26",
      "12: accounts[1].rateLimits.modificationsPerOrder: expected 25 at most, which is Dhan's own limit, found 26",
    ],
  ])("%s -> %s", (piece, replacement, said) => {
    const problems = saidOf(piece, replacement);
    expect(problems).toContain(`lockstep.yaml:${said}`);
  });

  test("R7: copies that lead back to where they began are refused, and the circle is named", () => {
    const back = `${FILE}  - { id: back, leader: kavya, follower: arjun, sizing: { mode: lots, lots: 1 } }
  - { id: again, leader: arjun, follower: meera, sizing: { mode: lots, lots: 1 } }
`;
    expect(sentences(back)).toEqual(["lockstep.yaml:28: copies[3]: expected copies that form no circle, found arjun -> meera -> arjun"]);
  });

  test("R7: a circle over three accounts is named whole", () => {
    const back = FILE.replace("leader: meera\n    follower: kavya", "leader: arjun\n    follower: kavya");
    const circle = `${back}  - { id: back, leader: kavya, follower: meera, sizing: { mode: lots, lots: 1 } }\n`;
    expect(sentences(circle)).toEqual(["lockstep.yaml:27: copies[2]: expected copies that form no circle, found kavya -> meera -> arjun -> kavya"]);
  });

  test("R7: what a forever order fires bears no mark, so it is not copied into an account that leads", () => {
    const chain = `${FILE.replace("follower: arjun", "follower: arjun\n    forever: copy")}  - { id: on, leader: arjun, follower: kavya, sizing: { mode: lots, lots: 1 } }\n`;
    expect(sentences(chain)).toEqual(['lockstep.yaml:20: copies[0].forever: expected report, because arjun leads another copy, found "copy"']);
  });

  test("a chain of copies is no circle, and a copy that is not enabled closes none", () => {
    const chain = `${FILE}  - { id: on, leader: kavya, follower: arjun, sizing: { mode: lots, lots: 1 } }\n`;
    expect(sentences(chain)).toEqual([]);
    expect(sentences(`${FILE}  - { id: back, leader: arjun, follower: meera, enabled: false, sizing: { mode: lots, lots: 1 } }\n`)).toEqual([]);
  });

  test("a file whose copies are all switched off would do nothing", () => {
    const off = FILE.replaceAll("    sizing:", "    enabled: false\n    sizing:");
    expect(sentences(off)).toEqual(["lockstep.yaml:16: copies: expected at least one copy that is enabled, found none"]);
  });

  test("a simulator may allow more requests than Dhan does", () => {
    const elsewhere = FILE.replace("requestTimeout: 3s", 'rest: "http://127.0.0.1:9000/v2"').replace("perSecond: 10", "perSecond: 1000");
    expect(sentences(elsewhere)).toEqual([]);
  });
});

describe("a secret that stands in the file is refused and never repeated", () => {
  const secret = "eyJhbGciOiJIUzUxMiJ9.c2VjcmV0.c2ln";
  test.each([
    ["as the token", "token: { env: MEERA_TOKEN }", `token: ${secret}`],
    ["as the name of the variable", "env: MEERA_TOKEN", `env: ${secret}`],
    ["as a key of the token", "env: MEERA_TOKEN", `${secret}`],
    ["beside the reference", "env: MEERA_TOKEN", `env: MEERA_TOKEN, value: ${secret}`],
    ["under a key of its own", "token: { env: MEERA_TOKEN }", `token: { env: MEERA_TOKEN }\n    accessToken: ${secret}`],
    ["as a key of the account", "token: { env: MEERA_TOKEN }", `token: { env: MEERA_TOKEN }\n    ${secret}: 1`],
    ["in the vault", "env: MEERA_TOKEN", `vault: ${secret}`],
    ["as a client id", 'clientId: "1000000001"', `clientId: ${secret}`],
    ["in an address", "requestTimeout: 3s", `rest: "https://user:${secret}@api.dhan.co/v2"`],
    ["in the journal's URL", "./lockstep.db", `postgres://lockstep:${secret}@db/lockstep`],
    ["where the YAML is broken", "token: { env: MEERA_TOKEN }", `token: { env: ${secret}`],
    ["as an alias", "env: MEERA_TOKEN", `env: *${secret.replaceAll(".", "")}`],
    ["as a tag", "env: MEERA_TOKEN", `env: !${secret} x`],
    ["after a tab", "token: { env: MEERA_TOKEN }", `token: "\\${secret}"`],
  ])("%s", (_where, piece, replacement) => {
    const said = saidOf(piece, replacement);
    expect(said.length).toBeGreaterThan(0);
    expect(said.join("\n")).not.toMatch(/eyJ|c2VjcmV0/);
  });

  test("and the sentence says what belongs there", () => {
    expect(saidOf("token: { env: MEERA_TOKEN }", `token: ${secret}`)).toEqual([
      "lockstep.yaml:8: accounts[0].token: expected a reference, { env: NAME } or { file: path }, because secrets never stand in this file, " +
        "found a text that is not shown, as it may be a secret",
    ]);
  });
});

describe("a file that is no YAML is refused with the line", () => {
  test("what the parser says of one place several times is said once", () => {
    const said = saidOf("{ kinds: [option] }", "[ { kinds: [option");
    expect(new Set(said).size).toBe(said.length);
  });

  test.each([
    ["    leader: meera", "   leader: meera", /^lockstep\.yaml:18: expected YAML with the keys of a mapping in one column .* MISSING_CHAR$/],
    ["    leader: meera", "\tleader: meera", /^lockstep\.yaml:18: expected spaces for indentation, found a tab$/],
    ["    maxAge: 5s", "    leader: arjun", /^lockstep\.yaml:22: copies\[0\]\.leader: expected each key once, found one that stands there already$/],
    [
      "{ kinds: [option] }",
      "{ kinds: [option }",
      /^lockstep\.yaml:21: expected YAML .* every quote, bracket and brace closed, found a fault that YAML calls BAD_INDENT$/,
    ],
    ["copies:", "---\ncopies:", /^lockstep\.yaml:\d+: expected one document, found another after ---$/],
  ])("%s -> %s", (piece, replacement, said) => {
    expect(saidOf(piece, replacement)[0]).toMatch(said);
  });
});

test("every problem is named, in the order of the lines, and not only the first", () => {
  const spoilt = FILE.replace("port: 8420", "prt: 8420")
    .replace("ratio: 0.5", "ratio: half")
    .replace("follower: kavya", "follower: nobody")
    .replace("maxAge: 5s", "interference: adopt");
  expect(sentences(spoilt)).toEqual([
    "lockstep.yaml:2: server.prt: unknown key, did you mean port?",
    'lockstep.yaml:20: copies[0].sizing.ratio: expected a number above 0, found "half"',
    'lockstep.yaml:22: copies[0].interference: "adopt" is not available in this version; leave it out',
    'lockstep.yaml:25: copies[1].follower: expected the id of an account, found "nobody"',
  ]);
});
