/** The one way for a test to be skipped: with a reason that says what would have to be there for it to run. */
import {spawnSync} from 'node:child_process'

/** Skips the test, or from a `before` all that follow, if there is a reason, which it prints. Without a reason, it does nothing. */
export function skipBecause(context: Mocha.Context, reason: string | undefined): void {
  if (reason === undefined) return
  console.log(`      skipped: ${reason}`)
  context.skip()
}

/** Why a program cannot be used; undefined if it can. `from`: the package of Debian that has it. */
export function whyNoProgram(program: string, from = program): string | undefined {
  return spawnSync(program, ['--version']).error && `${program} is missing: apt-get install ${from}`
}

/** The same for what only root may do. */
export function whyNotRoot(what: string): string | undefined {
  return process.geteuid?.() === 0 ? undefined : `only root can ${what}`
}
