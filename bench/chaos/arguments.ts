/** The command line of npm run chaos. */
import {parseArgs} from 'node:util'

export const PARTS = ['faults', 'soak', 'moments', 'failover', 'memory'] as const
export type PartName = (typeof PARTS)[number]

export type ChaosOptions = {
  readonly parts: readonly PartName[]
  /** Of the soak. */
  readonly minutes: number
  /** Moments at which a program is killed. */
  readonly count: number
  /** Changes without a reload, over which memory is compared. */
  readonly changes: number
  readonly seed: number
  /** Suite of Debian whose NGINX the soak and the moments use. */
  readonly suite: 'trixie' | 'sid'
  /** What readers of the results must know. */
  readonly notes: readonly string[]
}

export const USAGE = `npm run chaos -- [PART ...] [--minutes N] [--count N] [--changes N] [--seed N] [--suite SUITE] [--note TEXT]
  faults    faults of the API server and of connections to it; what becomes of traffic
  soak      --minutes (3) of random changes and troubles; NGINX serves what a fresh render says
  moments   kill -9 of lbex and of NGINX at --count (20) moments of changes without a reload
  failover  loss of hosts with keepalived and BIRD
  memory    memory of NGINX and lbex over --changes (10,000) changes without a reload
Without a PART, all of them run. --suite: trixie or sid (Debian), the NGINX of soak and moments`

const SUITES = ['trixie', 'sid'] as const

/** Throws an Error that says what is wrong with the arguments. `seed`: the default. */
export function readArguments(argv: readonly string[], seed: number): ChaosOptions {
  const {values, positionals} = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      minutes: {type: 'string', default: '3'},
      count: {type: 'string', default: '20'},
      changes: {type: 'string', default: '10000'},
      seed: {type: 'string', default: `${seed}`},
      suite: {type: 'string', default: 'trixie'},
      note: {type: 'string', multiple: true, default: []},
    },
  })
  const parts = positionals.map((name) => oneOf('part', PARTS, name))
  return {
    parts: parts.length > 0 ? PARTS.filter((name) => parts.includes(name)) : PARTS,
    minutes: positive('--minutes', values.minutes),
    count: positiveInteger('--count', values.count),
    changes: positiveInteger('--changes', values.changes),
    seed: integer('--seed', values.seed),
    suite: oneOf('suite', SUITES, values.suite),
    notes: values.note,
  }
}

function oneOf<T extends string>(what: string, choices: readonly T[], text: string): T {
  const found = choices.find((choice) => choice === text)
  if (found !== undefined) return found
  throw new Error(`unknown ${what} ${text}: use ${choices.join(', ')}`)
}

function positive(flag: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isFinite(value)) return value
  throw new Error(`${flag} ${text}: must be a number greater than 0`)
}

function positiveInteger(flag: string, text: string): number {
  const value = Number(text)
  if (value > 0 && Number.isInteger(value)) return value
  throw new Error(`${flag} ${text}: must be an integer greater than 0`)
}

function integer(flag: string, text: string): number {
  if (/^\d+$/.test(text)) return Number(text)
  throw new Error(`${flag} ${text}: must be an integer from 0 on`)
}
