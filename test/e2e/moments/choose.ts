/** The moments at which a program is killed: chosen by a seed, so that a run can be repeated. */
import {below, pick, randomNumbers} from '../../support/random.js'

/**
 * Steps of a change without a reload, and of the reload that writes it into the configuration:
 *
 *  push    lbex has written the change to NGINX, which does not have it yet
 *  confirm NGINX has made the change, and lbex does not know yet
 *  reload  the key that the next configuration needs is on the disk, and NGINX is just about to be told
 *  clear   all workers have the new configuration, and lbex is about to have the old entries removed
 */
export const STEPS = ['push', 'confirm', 'reload', 'clear'] as const
export type Step = (typeof STEPS)[number]

/** Of NGINX, `both` are killed at once, or the `workers` alone, or the `master` alone, which leaves orphans that serve. */
export const PROCESSES = ['both', 'workers', 'master'] as const

export type Moment = {
  /** From 1 on. */
  readonly number: number
  readonly victim: 'lbex' | 'NGINX'
  readonly step: Step
  /** Milliseconds after the begin of the step. 0: the step does not go on before the kill. */
  readonly delay: number
  /** If NGINX is the victim. */
  readonly processes: (typeof PROCESSES)[number]
  /** A listener comes or goes with the change, which takes a reload at once: without a push before it. */
  readonly withOther: boolean
  /** The cluster changes again right after the kill. */
  readonly changesMeanwhile: boolean
  /** For the servers of this moment. */
  readonly seed: number
}

/** Milliseconds: from the begin of a step until the next one is likely to have begun. */
const LENGTH: Readonly<Record<Step, number>> = {push: 5, confirm: 20, reload: 250, clear: 20}

/** Half of them for each program, and each step equally often. The moments of a seed are the first ones of a larger `count`, too. */
export function chooseMoments(seed: number, count: number): Moment[] {
  return Array.from({length: count}, (_, index) => momentAt(seed, index))
}

function momentAt(seed: number, index: number): Moment {
  const random = randomNumbers(seed + index * 7919)
  const step = STEPS[Math.floor(index / 2) % STEPS.length] as Step
  return {
    number: index + 1,
    victim: index % 2 === 0 ? 'lbex' : 'NGINX',
    step,
    delay: random() < 0.5 ? 0 : 1 + below(LENGTH[step], random),
    processes: pick(PROCESSES, random),
    withOther: random() < 0.5 && (step === 'reload' || step === 'clear'),
    changesMeanwhile: random() < 0.5,
    seed: below(2 ** 31, random),
  }
}

export function describeMoment({number, victim, step, delay, processes, withOther}: Moment): string {
  const what = victim === 'lbex' ? 'lbex' : `NGINX (${processes})`
  const when = delay === 0 ? `at ${step}` : `${delay} ms after ${step}`
  return `moment ${number}: kill -9 of ${what} ${when}${withOther ? ', with a listener that comes or goes' : ''}`
}
