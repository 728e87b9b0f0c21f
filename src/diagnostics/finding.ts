/**
 * A finding is what `lbex doctor` says of one thing that it looked at in the environment: a value, whether good or bad.
 * Where a failure ends what is going on, a finding stands beside others.
 */
import type {Failure} from './failure.js'

export type Finding = {
  /** What was looked at, kebab-case: `nginx`, `open-files`. */
  readonly check: string
  /** `unknown`: it could not be looked at. */
  readonly state: 'ok' | 'warning' | 'problem' | 'unknown'
  readonly message: string
  /** What mends it, as a command where there is one. */
  readonly fix?: string
}

/** The findings of one check are made by it. */
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

  /** What stands in the way, and would stand in the way of `lbex run`. */
  failure({message, hint}: Failure): Finding {
    return this.problem(message, hint)
  }
}
