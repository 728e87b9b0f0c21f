/**
 * A finding is the result of one check of `lbex doctor`, good or bad. Unlike a failure it is a value, so that the other checks
 * still run.
 */
import type {Failure} from './failure.js'

export type Finding = {
  /** What was checked, in kebab case: `nginx`, `open-files`. */
  readonly check: string
  /** `unknown`: it could not be checked. */
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown'
  readonly message: string
  /** How to fix it: a command if there is one. */
  readonly fix?: string
}

/** Creates the findings of one check. */
export class Check {
  constructor(readonly name: string) {}

  ok(message: string): Finding {
    return {check: this.name, state: 'ok', message}
  }

  warning(message: string, fix: string): Finding {
    return {check: this.name, state: 'warning', message, fix}
  }

  problem(message: string, fix?: string): Finding {
    return {check: this.name, state: 'problem', message, ...(fix !== undefined && {fix})}
  }

  unknown(message: string): Finding {
    return {check: this.name, state: 'unknown', message}
  }

  /** A failure that would also stop `lbex run`. */
  failure({message, hint}: Failure): Finding {
    return this.problem(message, hint)
  }
}
