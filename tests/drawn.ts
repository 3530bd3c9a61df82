/**
 * Before every test file: properties draw the same examples in every run of the suite, so that red is about the change and never about luck.
 * LOCKSTEP_RUNS, which asks for more of them, draws anew.
 */
import fc from "fast-check";

if (process.env["LOCKSTEP_RUNS"] === undefined) fc.configureGlobal({ seed: 20_261_129 });
